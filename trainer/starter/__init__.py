# SPDX-License-Identifier: Apache-2.0
"""Builds the starter model from nothing: corpus, tokenizer, pre-training, export, model card.

Run as `python -m trainer.starter.build`. Nothing here is used by the app or by a training run.
"""
