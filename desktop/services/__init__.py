# SPDX-License-Identifier: Apache-2.0
"""The use cases, without Qt: what the window and the command line do is here, once."""
