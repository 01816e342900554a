# SPDX-License-Identifier: Apache-2.0
"""No network, enforced by the operating system, and a process that leaves no core dump.

On Linux a seccomp filter refuses (EPERM) `socket` and `socketpair` for every family but AF_UNIX, and io_uring, which
could open sockets past the filter. It needs no privilege, cannot be taken back, covers all threads of the process and
is inherited by every child. The price: loopback too, so X over TCP and printing through localhost do not work. It
does not touch sockets that were open before; call it first thing. Elsewhere nothing is enforced here, and the answer
says so.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from dataclasses import dataclass

NOT_ENFORCED = "not enforced on this system"
ENFORCED = "enforced: the system refuses every network connection of this program and its children"


@dataclass(frozen=True)
class Enforcement:
    """Whether the system refuses network access, and the words for the settings page and `doctor`."""

    is_enforced: bool
    detail: str


@dataclass(frozen=True)
class _Machine:
    """What differs between processors: the kernel's name for it and the numbers of its system calls."""

    audit_arch: int
    socket: int
    socketpair: int
    seccomp: int
    has_x32: bool = False


_MACHINES = {
    "x86_64": _Machine(audit_arch=0xC000003E, socket=41, socketpair=53, seccomp=317, has_x32=True),
    "aarch64": _Machine(audit_arch=0xC00000B7, socket=198, socketpair=199, seccomp=277),
}
_IO_URING_FIRST, _IO_URING_LAST = 425, 427  # setup, enter, register: the same numbers on both

# Classic BPF instruction codes, seccomp actions, and prctl options (linux/bpf_common.h, seccomp.h, prctl.h).
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_DATA_CALL, _DATA_ARCH, _DATA_FIRST_ARGUMENT = 0, 4, 16
_X32_BIT = 0x40000000
_AF_UNIX = 1  # Linux's number; the name is not there on every system
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SECCOMP_SET_MODE_FILTER, _SECCOMP_ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def deny_network() -> Enforcement:
    """Refuse network access to this process and its future children, for good. Calling it again is harmless."""
    machine = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if machine is None or not _install(machine):
        return Enforcement(False, NOT_ENFORCED)
    return Enforcement(True, ENFORCED)


def harden_process() -> None:
    """Write no core dump, and on Linux let no other program of the same user read this process's memory."""
    if sys.platform == "win32":
        return
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _install(machine: _Machine) -> bool:
    libc = _libc()
    code = _filter(machine)
    instructions = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(instructions))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    installed = libc.syscall(
        ctypes.c_long(machine.seccomp), ctypes.c_long(_SECCOMP_SET_MODE_FILTER), ctypes.c_long(_SECCOMP_ALL_THREADS),
        ctypes.byref(program),
    )
    return bool(installed == 0)


def _filter(machine: _Machine) -> bytes:
    """The filter's instructions, 8 bytes each; jumps count the instructions to skip if (true, false)."""
    lines = [
        (_LOAD, 0, 0, _DATA_ARCH),
        (_IF_EQUAL, 1, 0, machine.audit_arch),
        (_RETURN, 0, 0, _KILL),  # another calling convention has other numbers
        (_LOAD, 0, 0, _DATA_CALL),
    ]
    if machine.has_x32:
        lines += [(_IF_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _REFUSE)]
    lines += [
        (_IF_AT_LEAST, 0, 2, _IO_URING_FIRST),
        (_IF_ABOVE, 1, 0, _IO_URING_LAST),
        (_RETURN, 0, 0, _REFUSE),
        (_IF_EQUAL, 1, 0, machine.socket),
        (_IF_EQUAL, 0, 3, machine.socketpair),
        (_LOAD, 0, 0, _DATA_FIRST_ARGUMENT),
        (_IF_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
