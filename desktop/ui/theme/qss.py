# SPDX-License-Identifier: Apache-2.0
"""Style sheets with placeholders, `{{ name }}`.

Roles stand for colours, `space.m` and `radius.card` for pixels, `type.lead` for points.
"""

from __future__ import annotations

import re
from pathlib import Path

from desktop.ui.theme.tokens import Metrics, ThemeError, Tokens

_PLACE = re.compile(r"\{\{\s*([a-z0-9.-]+)\s*\}\}")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def values_of(tokens: Tokens, metrics: Metrics, base_pt: float) -> dict[str, str]:
    """What the placeholders stand for; `base_pt` is the system's font size in points."""
    values = dict(tokens.roles)
    values |= {f"space.{name}": f"{pixels}px" for name, pixels in metrics.space.items()}
    values |= {f"radius.{name}": f"{pixels}px" for name, pixels in metrics.radius.items()}
    values |= {f"type.{name}": f"{base_pt * ratio:.2f}pt" for name, ratio in metrics.type.items()}
    return values


def render(template: str, values: dict[str, str]) -> str:
    """Fill the placeholders; raises `ThemeError` for one that nothing stands behind."""

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise ThemeError(f"The style sheets ask for {match.group(1)}, which no theme has; reinstall Circlekeeper.")
        return values[match.group(1)]

    return _PLACE.sub(value, _COMMENT.sub("", template))


def load_styles(folder: Path) -> str:
    """All style sheets of the folder in the order of their names."""
    files = sorted(folder.glob("*.qss"))
    if not files:
        raise ThemeError("The program's style sheets are missing; reinstall Circlekeeper.")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
