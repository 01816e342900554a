# SPDX-License-Identifier: Apache-2.0
"""The trainer: GRPO in its own process and environment, and the stdlib-only rim it shares with the app.

`protocol.py` and `practice/` import the standard library only and are used by both programs. Everything else here
needs the trainer's environment (torch, trl, unsloth, llama.cpp) and nothing of `desktop`.
"""
