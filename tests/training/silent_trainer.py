# SPDX-License-Identifier: Apache-2.0
"""A trainer that never says anything and never reads anything."""

import time

time.sleep(600)
