# SPDX-License-Identifier: Apache-2.0
"""The language model in a process of its own: `engine` is the app's end, `worker` is the child."""
