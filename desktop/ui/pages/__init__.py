# SPDX-License-Identifier: Apache-2.0
"""The pages of the window, one file each."""
