# SPDX-License-Identifier: Apache-2.0
"""Reads themes and metrics and checks them: same roles everywhere, text readable on every surface it stands on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import KnownError

NAMES = ("light", "dark")
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
_SURFACES = ("page", "card", "sunken", "field", "hover")
_LEVELS = ("stop", "hold", "caution", "clear")
#: (text role, surface role): at least TEXT_CONTRAST.
TEXT_ON = (
    *((text, surface) for text in ("text", "muted", "accent", "danger", *_LEVELS) for surface in _SURFACES),
    *((text, f"{level}-soft") for level in _LEVELS for text in ("text", "muted", level)),
    ("text", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("text", "selection"),
    ("muted", "selection"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("danger", "danger-soft"),
)
#: (role of a line or shape, surface role): at least SHAPE_CONTRAST.
SHAPE_ON = (
    ("border-strong", "card"),
    ("border-strong", "field"),
    ("border-strong", "page"),
    ("focus", "page"),
    ("focus", "card"),
    *((f"chart-{number}", "card") for number in range(1, 6)),
)
_HEX = re.compile(r"#[0-9a-f]{6}")


class ThemeError(KnownError):
    """A theme file is not usable."""

    code = "theme"
    sentence = "The program's theme files are broken; reinstall Circlekeeper."


@dataclass(frozen=True)
class Tokens:
    """One theme: `roles` maps a role to its colour as #rrggbb."""

    name: str
    roles: Mapping[str, str]


@dataclass(frozen=True)
class Metrics:
    """Spaces and radii in logical pixels, types as multiples of the system's font size."""

    space: Mapping[str, int]
    radius: Mapping[str, int]
    type: Mapping[str, float]


def load_tokens(folder: Path, name: str) -> Tokens:
    """Read one theme; raises `ThemeError` that names the file."""
    data = _read(folder / f"{name}.toml")
    palette = data.get("palette", {})
    roles = {role: str(palette.get(colour, "")) for role, colour in data.get("roles", {}).items()}
    broken = [role for role, colour in roles.items() if not _HEX.fullmatch(colour)]
    if broken or not roles:
        raise ThemeError(
            f"The theme {name}.toml has no colour for {', '.join(broken) or 'anything'}; reinstall Circlekeeper."
        )
    return Tokens(name, roles)


def load_metrics(folder: Path) -> Metrics:
    """Read the sizes."""
    data = _read(folder / "metrics.toml")
    return Metrics(data["space"], data["radius"], data["type"])


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours as the WCAG defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ThemeError(f"The theme file {file.name} cannot be read; reinstall Circlekeeper.") from None
