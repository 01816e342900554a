# SPDX-License-Identifier: Apache-2.0
"""The list of incidents."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.domain.incident import Incident

Index = QModelIndex | QPersistentModelIndex
INCIDENT_ROLE = Qt.ItemDataRole.UserRole + 1
_NOWHERE = QModelIndex()


class IncidentListModel(QAbstractListModel):
    """One row per incident; `INCIDENT_ROLE` gives the domain value."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Incident, ...] = ()

    def set_rows(self, incidents: Sequence[Incident]) -> None:
        """Show these incidents."""
        self.beginResetModel()
        self._rows = tuple(incidents)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        incident = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return incident.title
        return incident if role == INCIDENT_ROLE else None
