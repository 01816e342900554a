# SPDX-License-Identifier: Apache-2.0
"""Widgets that pages are put together from."""
