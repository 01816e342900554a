# SPDX-License-Identifier: Apache-2.0
"""Keys of the vault: how they are made, sealed and unsealed. Knows no database."""
