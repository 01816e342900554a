# SPDX-License-Identifier: Apache-2.0
"""Reward functions of the training: pure, from a scenario and a completion to a number. Entry: `reward.reward`."""
