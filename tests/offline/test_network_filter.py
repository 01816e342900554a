# SPDX-License-Identifier: Apache-2.0
"""The network filter, in processes of its own because it cannot be taken back (Linux)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROBE = """
import socket, subprocess, sys, threading
from desktop.offline import deny_network, harden_process

def probe():
    for name in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX"):
        try:
            socket.socket(getattr(socket, name), socket.SOCK_DGRAM).close()
            print(name, "allowed")
        except PermissionError:
            print(name, "denied")

go, older = threading.Event(), []
thread = threading.Thread(target=lambda: (go.wait(), probe()))
if "deny" in sys.argv:
    thread.start()
    print(deny_network().is_enforced, deny_network().is_enforced)
    go.set(); thread.join()
if "in-child" in sys.argv:
    print(subprocess.run([sys.executable, "-c", sys.argv[2]], capture_output=True, text=True).stdout)
else:
    probe()
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
"""
URING = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.syscall(425, 1, None), ctypes.get_errno())"
DENIED = ["AF_INET denied", "AF_INET6 denied", "AF_NETLINK denied", "AF_UNIX allowed"]
ALLOWED = [line.replace("denied", "allowed") for line in DENIED]

CHECKOUT = Path(__file__).parents[2]


def run(code: str, *arguments: str) -> list[str]:
    """Standard output of a fresh interpreter, by line."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=CHECKOUT)
    return done.stdout.split("\n")[:-1]


def test_without_the_filter_the_probe_finds_every_family() -> None:
    assert run(PROBE) == ALLOWED


def test_filter_denies_all_but_unix_sockets_in_every_thread() -> None:
    assert run(PROBE, "deny") == ["True True", *DENIED, *DENIED]


def test_filter_is_inherited_by_a_child() -> None:
    child = PROBE.replace("from desktop.offline import deny_network, harden_process", "")
    assert run(PROBE, "deny", child, "in-child")[5:9] == DENIED


def test_io_uring_is_denied() -> None:
    denied = "from desktop.offline import deny_network; deny_network(); "
    assert run(denied + URING) == ["-1 1"]
    assert run(URING) != ["-1 1"] or _uring_is_off()


def test_process_leaves_no_core_and_is_not_dumpable() -> None:
    report = "import ctypes, resource; print(resource.getrlimit(4), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    assert run("from desktop.offline import harden_process; harden_process(); " + report) == ["(0, 0) 0"]
    assert run(report)[0].endswith(" 1")


def _uring_is_off() -> bool:
    with open("/proc/sys/kernel/io_uring_disabled", encoding="ascii") as setting:
        return setting.read().strip() != "0"
