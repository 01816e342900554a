# SPDX-License-Identifier: Apache-2.0
"""The people of an incident, edited in place: type a name in the last row to add somebody."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import Choice
from desktop.viewmodels.items.people import GRADE, NAME, ROLE, PeopleTableModel

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, ROWS_SHOWN = 36, 7


class PeopleTable(QTableView):
    """A small table that grows with its rows. `Delete` removes a person."""

    height_changed = Signal()

    def __init__(self, theme: Theme, people: PeopleTableModel) -> None:
        super().__init__()
        self._people = people
        self.setModel(people)
        self.setItemDelegate(_PeopleDelegate(theme, people, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.clicked.connect(self.edit)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("People in the incident"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self._shape_columns()
        for signal in (people.rowsInserted, people.rowsRemoved, people.modelReset):
            signal.connect(self._fit)
        self._fit()

    def remove_current(self) -> None:
        """Take the person of the current row out."""
        self._people.remove(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab goes from cell to cell, and after the last one out of the table: nobody is caught in it."""
        at = self.currentIndex()
        is_last = at.row() == self._people.rowCount() - 1 and at.column() == GRADE
        is_out = hint == QAbstractItemDelegate.EndEditHint.EditNextItem and is_last
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint if is_out else hint)
        if is_out:
            self.focusNextChild()

    def _shape_columns(self) -> None:
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(60)
        for column, mode in (
            (NAME, QHeaderView.ResizeMode.Stretch),
            (ROLE, QHeaderView.ResizeMode.Stretch),
            (GRADE, QHeaderView.ResizeMode.Fixed),
        ):
            header.setSectionResizeMode(column, mode)
        header.resizeSection(GRADE, 76)

    def _fit(self) -> None:
        rows = min(ROWS_SHOWN, self._people.rowCount())
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * ROW_HEIGHT + 3)
        self.height_changed.emit()


class _PeopleDelegate(QStyledItemDelegate):
    """Roles are chosen from a list, the rest is typed; hints are muted."""

    def __init__(self, theme: Theme, people: PeopleTableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._people = theme, people

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        if index.column() != ROLE:
            editor = super().createEditor(parent, option, index)
            editor.setAccessibleName(str(self._people.headerData(index.column(), Qt.Orientation.Horizontal)))
            return editor
        choice = Choice(self._theme, parent)
        choice.addItem(self.tr("Choose"), "")
        for code, words in self._people.role_words.items():
            choice.addItem(words, code)
        choice.setAccessibleName(self.tr("Part in it"))
        choice.activated.connect(lambda: (self.commitData.emit(choice), self.closeEditor.emit(choice)))
        QTimer.singleShot(0, choice, choice.showPopup)
        return choice

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, Choice):
            editor.choose(index.data(Qt.ItemDataRole.EditRole))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, Choice):
            model.setData(index, editor.value())
        else:
            super().setModelData(editor, model, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if self._people.is_hint(index):
            option.palette.setColor(option.palette.ColorRole.Text, self._theme.colour("muted"))

    def eventFilter(self, editor: QWidget, event: QEvent) -> bool:
        """A list of roles that is open is not closed by losing the focus to its own popup."""
        if event.type() == QEvent.Type.FocusOut and isinstance(editor, Choice) and editor.view().isVisible():
            return False
        return super().eventFilter(editor, event)
