# SPDX-License-Identifier: Apache-2.0
"""The deterministic part of the rubric C1 to C12: yes/no items over the language of an answer.

Entry: `trainer.practice.rubric.score.score`. Every item is a pure function from a `Reading` to a verdict; an item
that could be met by a stock phrase asks for a tie to the report instead, so that the same text for every incident
earns little. Weights, penalties and the -1 rule live in `score`, `penalties` and `trainer.rewards`.
"""
