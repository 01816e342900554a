# SPDX-License-Identifier: Apache-2.0
"""The fixtures of this folder; they live in a module of their own name, so that tests can import from it too."""

from vault_desk import closed, core, desk, practice

__all__ = ["closed", "core", "desk", "practice"]
