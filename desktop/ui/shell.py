# SPDX-License-Identifier: Apache-2.0
"""What is there once the vault is open: the navigation and the pages, each built when it is first visited."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QPushButton, QSizePolicy, QStackedWidget, QWidget

from desktop.domain.incident import IncidentId
from desktop.ui.pages.incident import IncidentPage
from desktop.ui.pages.incidents import IncidentsPage
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, frame, label, restyle, row, widget_of
from desktop.viewmodels.window import ViewModels

NAV_WIDTH, NAV_NARROW, NARROW_BELOW = 244, 64, 1000
INCIDENTS, INCIDENT, TRAINING, SETTINGS = "incidents", "incident", "training", "settings"


class Shell(QWidget):
    """`told` carries a sentence and what undoes it (or None); `lock_asked` comes from the button."""

    told = Signal(str, object)
    lock_asked = Signal()

    def __init__(self, theme: Theme, models: ViewModels, version: Callable[[], str]) -> None:
        super().__init__()
        self._theme, self._models, self._version = theme, models, version
        self._pages = QStackedWidget()
        self._built: dict[str, QWidget] = {}
        self._build: dict[str, Callable[[], QWidget]] = {
            INCIDENTS: self._build_incidents,
            INCIDENT: self._build_incident,
            TRAINING: self._build_training,
            SETTINGS: self._build_settings,
        }
        self.current = ""
        body = row(self._build_nav(), self._pages, spacing=0)
        body.setStretch(1, 1)
        self.setLayout(body)
        models.incidents.told.connect(
            lambda text, can_undo: self.told.emit(text, models.incidents.undo if can_undo else None)
        )
        self.go(INCIDENTS)

    def page(self, name: str) -> QWidget:
        """A page, built if nobody has been there yet."""
        if name not in self._built:
            self._built[name] = self._build[name]()
            self._pages.addWidget(self._built[name])
        return self._built[name]

    def go(self, name: str) -> None:
        """Show a page, with what it shows read anew."""
        if self.current == INCIDENT and name != INCIDENT:
            self._models.incident.leave()
        self._pages.setCurrentWidget(self.page(name))
        self.current = name
        self.nav[INCIDENTS if name == INCIDENT else name].setChecked(True)
        if name == INCIDENTS:
            self._models.incidents.refresh()
        elif name == TRAINING:
            self._models.training.refresh()
        elif name == SETTINGS:
            self._models.settings.refresh()

    def new_incident(self) -> None:
        """Begin an incident."""
        self.go(INCIDENT)
        self._models.incident.start_new()

    def open_incident(self, incident_id: str) -> None:
        """Show an incident."""
        self.go(INCIDENT)
        self._models.incident.open(IncidentId(incident_id))

    def save(self) -> None:
        """Save what the page shows."""
        if self.current == INCIDENT:
            self._models.incident.save()

    def suggest(self) -> None:
        """Ask for a suggestion."""
        page = self.page(INCIDENT) if self.current == INCIDENT else None
        if isinstance(page, IncidentPage):
            page.suggest()

    def search(self) -> None:
        """Go to the search."""
        self.go(INCIDENTS)
        page = self.page(INCIDENTS)
        if isinstance(page, IncidentsPage):
            page.focus_search()

    def _build_nav(self) -> QWidget:
        self._group = QButtonGroup(self)
        self.nav: dict[str, QPushButton] = {}
        for name, icon, words in (
            (INCIDENTS, "incidents", self.tr("Incidents")),
            (TRAINING, "training", self.tr("Train on our policies")),
            (SETTINGS, "settings", self.tr("Settings")),
        ):
            self.nav[name] = self._nav_button(words, icon)
            self.nav[name].setCheckable(True)
            self._group.addButton(self.nav[name])
            self.nav[name].clicked.connect(lambda _=False, each=name: self.go(each))
        self.lock_button = self._nav_button(self.tr("Lock"), "lock")
        self.lock_button.clicked.connect(self.lock_asked)
        mark = QLabel()
        self._theme.dress(mark, "circle", "accent", 28)
        self._brand = label("Circlekeeper", "lead", wraps=False)
        brand = row(mark, self._brand, None, spacing=10)
        brand.setContentsMargins(8, 6, 0, 14)
        self._nav = frame(
            "nav", column(widget_of(brand), *self.nav.values(), None, self.lock_button, spacing=4, margin=12)
        )
        self._nav.setFixedWidth(NAV_WIDTH)
        return self._nav

    def _nav_button(self, words: str, icon: str) -> QPushButton:
        made = button(self._theme, words, icon, "nav")
        made.setProperty("words", words)
        made.setToolTip(words)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        self._nav.setFixedWidth(NAV_NARROW if is_narrow else NAV_WIDTH)
        self._brand.setVisible(not is_narrow)
        for each in (*self.nav.values(), self.lock_button):
            each.setText("" if is_narrow else str(each.property("words")))
            self._theme.dress(each, str(each.property("iconName")))
            restyle(each, compact=is_narrow)

    def _build_incidents(self) -> QWidget:
        page = IncidentsPage(self._theme, self._models.incidents)
        page.chosen.connect(self.open_incident)
        page.new_asked.connect(self.new_incident)
        return page

    def _build_incident(self) -> QWidget:
        page = IncidentPage(self._theme, self._models.incident, self._models.suggestion)
        page.left.connect(lambda: self.go(INCIDENTS))
        page.delete_asked.connect(self._delete)
        page.told.connect(lambda text: self.told.emit(text, None))
        return page

    def _build_training(self) -> QWidget:
        from desktop.ui.pages.training import TrainingPage  # built, and imported, on the first visit only

        page = TrainingPage(self._theme, self._models.training, self._models.compare)
        page.told.connect(lambda text: self.told.emit(text, None))
        return page

    def _build_settings(self) -> QWidget:
        from desktop.ui.pages.settings import SettingsPage  # built, and imported, on the first visit only

        page = SettingsPage(self._theme, self._models.settings, self._version())
        page.told.connect(lambda text: self.told.emit(text, None))
        return page

    def _delete(self, incident_id: str) -> None:
        self._models.incident.leave()
        self.go(INCIDENTS)
        self._models.incidents.delete(IncidentId(incident_id))
