# SPDX-License-Identifier: Apache-2.0
"""Where nothing can be enforced, the answer says so."""

from __future__ import annotations

import platform
import sys

import pytest

from desktop import offline


def test_other_systems_say_that_nothing_is_enforced(monkeypatch: pytest.MonkeyPatch) -> None:
    for system, machine in (("darwin", "arm64"), ("win32", "AMD64"), ("linux", "riscv64")):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        assert offline.deny_network() == offline.Enforcement(False, "not enforced on this system")
