# SPDX-License-Identifier: Apache-2.0
"""Colours, sizes, style sheets and icons, from the files in assets."""
