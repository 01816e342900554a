# SPDX-License-Identifier: Apache-2.0
"""Values in words and figures, for more than one page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from desktop.domain.incident import Incident


def tr(text: str) -> str:
    """A text in the user's language, where no widget is at hand."""
    return QCoreApplication.translate("words", text)


def local_time(iso_utc: str) -> str:
    """A stored time as the user's clock and calendar show it, to the minute."""
    moment = QDateTime.fromString(iso_utc.split(".")[0].rstrip("Z") + "Z", Qt.DateFormat.ISODate).toLocalTime()
    locale = QLocale()
    day = locale.toString(moment.date(), "d MMM yyyy")
    return f"{day}, {locale.toString(moment.time(), QLocale.FormatType.ShortFormat)}"


def incident_details(incident: Incident) -> str:
    """Where, which grades, how many people: what is known, joined by dots."""
    people = len(incident.parties)
    parts = [
        incident.location or "",
        tr("Grades {0}").format(incident.grade_band) if incident.grade_band else "",
        (tr("1 person") if people == 1 else tr("{0} people").format(people)) if people else "",
    ]
    return " · ".join(part for part in parts if part) or tr("No details yet")


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return tr("{0} seconds").format(max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("{0} minutes").format(minutes)
    return tr("{0} h {1:02d} min").format(minutes // 60, minutes % 60)


def level_word(level: str) -> str:
    """The gate's level as a word and what it means."""
    return {
        "STOP": tr("Stop: act on this first"),
        "HOLD": tr("Hold: others decide first"),
        "CAUTION": tr("Caution: look at this first"),
        "CLEAR": tr("No flag found"),
    }[level]


def chance(p_value: float) -> str:
    """What a p-value says, in a sentence."""
    if p_value < 0.01:
        figure = "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"
        return tr("Chance hardly explains the difference (p\u00a0{0}).").format(figure.replace(" ", "\u00a0"))
    if p_value < 0.05:
        return tr("Chance is an unlikely explanation (p = {0}).").format(f"{p_value:.3f}")
    return tr("The difference may well be chance (p = {0}).").format(f"{p_value:.2f}")
