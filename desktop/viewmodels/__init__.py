# SPDX-License-Identifier: Apache-2.0
"""State, signals and commands for every page; QtCore only, so that all of it is tested without a window."""
