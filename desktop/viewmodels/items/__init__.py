# SPDX-License-Identifier: Apache-2.0
"""Item models: lists of domain values for Qt's views."""
