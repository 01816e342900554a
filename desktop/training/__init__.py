# SPDX-License-Identifier: Apache-2.0
"""The near side of training: starts the trainer in its own environment, feeds it, reads it, and ends it."""
