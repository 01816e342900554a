# SPDX-License-Identifier: Apache-2.0
"""The values that scoring returns, and the shape of an item and of a penalty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.practice.rubric.reading import Reading

#: What an item says: whether it passed, and the words that decided (may be "").
Verdict = tuple[bool, str]


@dataclass(frozen=True)
class Item:
    """One yes/no item as judged; `evidence` is the words of the answer that decided, "" when there are none."""

    criterion: str
    name: str
    passed: bool
    evidence: str


@dataclass(frozen=True)
class Penalty:
    """A deduction; `share` is the part of the whole (0 to 1) that it takes."""

    name: str
    share: float
    evidence: str


@dataclass(frozen=True)
class RubricScore:
    """The score of one answer.

    `criteria` maps the criteria that the form due is scored on ("C1".."C12") to 0..4; `total` is 0..100.
    """

    criteria: dict[str, float]
    items: tuple[Item, ...]
    total: float
    penalties: tuple[Penalty, ...]


@dataclass(frozen=True)
class Rule:
    """An item before judging. A `decisive` one that fails takes its whole criterion to 0 (the anchor 0 of the rubric).

    `applies` tells whether the item is asked at all for this case.
    """

    criterion: str
    check: Callable[[Reading], Verdict]
    decisive: bool = False
    applies: Callable[[Reading], bool] | None = None

    @property
    def name(self) -> str:
        return self.check.__name__
