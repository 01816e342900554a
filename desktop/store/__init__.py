# SPDX-License-Identifier: Apache-2.0
"""The vault on disk: two SQLCipher files, their schema, and typed access to what they hold.

Every call here belongs on the one store thread (`desktop.tasks`); a lock makes a mistake slow rather than harmful.
"""
