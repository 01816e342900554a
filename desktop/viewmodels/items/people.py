# SPDX-License-Identifier: Apache-2.0
"""The people of one incident as an editable table whose last, empty row adds a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.domain.incident import Party
from trainer.practice.case import MAX_PARTIES

Index = QModelIndex | QPersistentModelIndex
NAME, ROLE, GRADE = range(3)
_FIELDS = ("name", "role", "grade")
_NOWHERE = QModelIndex()
_BLANK = Party("", "", None)
_EDIT = Qt.ItemDataRole.EditRole
_SHOWN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class PeopleTableModel(QAbstractTableModel):
    """`edited` is emitted for what a person changed, not for `set_rows`."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Party] = [_BLANK]
        self.role_words = {
            "caused_harm": self.tr("Caused harm"),
            "harmed": self.tr("Was harmed"),
            "both": self.tr("Both"),
            "witness": self.tr("Saw it"),
            "affected": self.tr("Was affected"),
            "supporter": self.tr("Supports someone"),
            "staff": self.tr("Staff"),
        }
        self._titles = (self.tr("Name"), self.tr("Part in it"), self.tr("Grade"))
        self._hints = (self.tr("Add a person"), self.tr("Choose"), "")

    def parties(self) -> tuple[Party, ...]:
        """The people, without the empty row."""
        return tuple(party for party in self._rows if party != _BLANK)

    def set_rows(self, parties: Sequence[Party]) -> None:
        """Show these people."""
        self.beginResetModel()
        self._rows = [*parties, _BLANK]
        self.endResetModel()

    def is_blank(self, row: int) -> bool:
        """Whether this is the row that adds a person."""
        return not 0 <= row < len(self._rows) or self._rows[row] == _BLANK

    def remove(self, row: int) -> None:
        """Take a person out."""
        if self.is_blank(row):
            return
        self.beginRemoveRows(_NOWHERE, row, row)
        del self._rows[row]
        self.endRemoveRows()
        self.edited.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_FIELDS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        value = getattr(self._rows[index.row()], _FIELDS[index.column()]) or ""
        if role == _EDIT:
            return value
        if role not in _SHOWN:
            return None
        shown = self.role_words.get(value, value) if index.column() == ROLE else value
        is_asked_for = index.column() == NAME or not self.is_blank(index.row())
        return shown or (self._hints[index.column()] if is_asked_for else "")

    def is_hint(self, index: Index) -> bool:
        """Whether the cell shows what to do there, and no value."""
        return not self.data(index, _EDIT)

    def setData(self, index: Index, value: object, role: int = _EDIT) -> bool:
        if role != _EDIT or not index.isValid():
            return False
        text = str(value or "").strip()
        row, column = index.row(), index.column()
        if text == self.data(index, _EDIT):
            return True
        was_last = row == len(self._rows) - 1
        self._rows[row] = replace(self._rows[row], **{_FIELDS[column]: text or (None if column == GRADE else "")})
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(_FIELDS) - 1))
        if was_last and len(self._rows) < MAX_PARTIES:
            self.beginInsertRows(_NOWHERE, row + 1, row + 1)
            self._rows.append(_BLANK)
            self.endInsertRows()
        self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None
