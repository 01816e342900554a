# SPDX-License-Identifier: Apache-2.0
"""The fixtures of this folder; they live in a module of their own name, so that tests can import from it too."""

from window_launch import app, home, made_vault, opened, qapp_args, start, theme

__all__ = ["app", "home", "made_vault", "opened", "qapp_args", "start", "theme"]
