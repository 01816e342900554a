# SPDX-License-Identifier: Apache-2.0
"""Gives llama.cpp a path to an adapter that must not lie on a disk in the clear.

On Linux the path leads into a sealed memory file. Elsewhere it is a file that only this user can read, in the user's
own temporary folder, gone again as soon as the library has read it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def readable_path(data: bytes) -> Iterator[str]:
    """A path under which `data` can be read inside the block."""
    if sys.platform == "linux":
        fd = _sealed(data)
        try:
            yield f"/proc/self/fd/{fd}"
        finally:
            os.close(fd)
        return
    fd, path = tempfile.mkstemp(prefix="ck-")  # mkstemp makes it 0600
    try:
        with open(fd, "wb") as file:
            file.write(data)
        yield path
    finally:
        os.unlink(path)


def _sealed(data: bytes) -> int:
    import fcntl  # not on Windows

    fd = os.memfd_create("adapter", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
