# SPDX-License-Identifier: Apache-2.0
"""The values of the application: incidents, suggestions, policies, adapters, changes. Standard library only."""
