# SPDX-License-Identifier: Apache-2.0
"""The list of incidents with its search."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStackedWidget, QWidget

from desktop.domain.incident import Incident
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import SearchField, button
from desktop.ui.widgets.incident_row import IncidentRow
from desktop.ui.widgets.layout import centred, column, label, row, widget_of
from desktop.ui.widgets.notices import EmptyState, Notice
from desktop.viewmodels.incidents import IncidentsViewModel
from desktop.viewmodels.items.incidents import INCIDENT_ROLE

WIDTH = 980


class IncidentsPage(QWidget):
    """Follows an `IncidentsViewModel`; `chosen` carries the id of the incident to open."""

    chosen = Signal(str)
    new_asked = Signal()

    def __init__(self, theme: Theme, incidents: IncidentsViewModel) -> None:
        super().__init__()
        self._theme, self._incidents = theme, incidents
        self._build_head()
        self._build_list()
        self._build_empty()
        self._stack = QStackedWidget()
        for each in (self.list, self._empty, self._nothing_found):
            self._stack.addWidget(each)
        page = column(self._head, self.unfinished, self.search, self._count, self._stack, spacing=12)
        outer = column(centred(widget_of(page), WIDTH))
        outer.setContentsMargins(24, 24, 24, 0)
        self.setLayout(outer)
        incidents.changed.connect(self._follow)

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def _build_head(self) -> None:
        self.new_button = button(self._theme, self.tr("New incident"), "plus", "primary")
        self.new_button.setToolTip(self.tr("Ctrl+N"))
        self.new_button.clicked.connect(self.new_asked)
        self._head = widget_of(row(label(self.tr("Incidents"), "display", wraps=False), None, self.new_button))
        go_on = button(self._theme, self.tr("Go on writing"), "pencil")
        go_on.clicked.connect(self.new_asked)
        self.unfinished = Notice(self._theme, "notice", go_on)
        self.search = SearchField(self._theme, self.tr("Search in all incidents: words, names, places"))
        self.search.textChanged.connect(self._incidents.search)
        self._count = label("", "small")

    def _build_list(self) -> None:
        self.list = _List()
        self.list.setModel(self._incidents.items)
        self.list.setItemDelegate(IncidentRow(self._theme, self.list))
        self.list.setAccessibleName(self.tr("List of incidents"))
        self.list.chosen.connect(self._open)
        self.list.delete_asked.connect(self._delete)

    def _build_empty(self) -> None:
        first = button(self._theme, self.tr("Enter the first incident"), "plus", "primary")
        first.clicked.connect(self.new_asked)
        samples = button(self._theme, self.tr("Add sample incidents"))
        samples.clicked.connect(self._incidents.add_samples)
        self._empty = EmptyState(
            self._theme,
            "incidents",
            self.tr("No incidents yet"),
            self.tr(
                "Write down what happened, and get a restorative suggestion to think with. It all stays encrypted on "
                "this computer."
            ),
            first,
            samples,
        )
        clear = button(self._theme, self.tr("Show all incidents"))
        clear.clicked.connect(self.search.clear)
        self._nothing_found = EmptyState(
            self._theme,
            "search",
            self.tr("Nothing found"),
            self.tr("No incident holds all of these words. Try fewer words, or only their beginnings."),
            clear,
        )

    def _follow(self) -> None:
        count, is_search = self._incidents.items.rowCount(), bool(self._incidents.search_text.strip())
        self._stack.setCurrentWidget(self.list if count else self._nothing_found if is_search else self._empty)
        self.search.setVisible(bool(count) or is_search)
        self._count.setVisible(bool(count))
        words = self.tr("1 incident") if count == 1 else self.tr("{0} incidents").format(count)
        self._count.setText(self.tr("{0} found").format(words) if is_search else words)
        self.unfinished.tell(
            self.tr("An incident that you began is not saved yet.") if self._incidents.has_unfinished else ""
        )

    def _open(self, index: QModelIndex) -> None:
        incident = index.data(INCIDENT_ROLE)
        if isinstance(incident, Incident):
            self.chosen.emit(incident.id)

    def _delete(self, index: QModelIndex) -> None:
        incident = index.data(INCIDENT_ROLE)
        if isinstance(incident, Incident):
            self._incidents.delete(incident.id)


class _List(QListView):
    """Opens with a click or Enter, deletes with Delete (and "Undo" after it)."""

    chosen = Signal(QModelIndex)
    delete_asked = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.clicked.connect(self.chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.chosen.emit(index)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self.delete_asked.emit(index)
        else:
            super().keyPressEvent(event)
