# SPDX-License-Identifier: Apache-2.0
"""The launcher: our own `trainer` is found first, the network is gone, and other programs cannot read the process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json, os, socket, sys, trainer
def refused(family):
    try:
        socket.socket(family).close()
    except OSError as error:
        return error.errno == 1
    return False
print(json.dumps({"name": __name__, "file": trainer.__file__, "inet": refused(socket.AF_INET),
                  "inet6": refused(socket.AF_INET6), "unix": refused(socket.AF_UNIX), "argv": sys.argv,
                  "nice": os.nice(0), "score": open("/proc/self/oom_score_adj").read().strip()}))
"""


def test_the_launcher_becomes_our_trainer_without_a_network(tmp_path: Path) -> None:
    for name in ("__init__.py", "offline.py", "training/__init__.py", "training/launch.py"):
        name = f"desktop/{name}"
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "__init__.py").touch()
    (tmp_path / "trainer" / "__main__.py").write_text(PROBE, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", str(tmp_path / "desktop" / "training" / "launch.py")],
        capture_output=True, text=True, check=True, timeout=60,
    )
    seen = json.loads(ended.stdout)
    assert seen["name"] == "__main__" and Path(seen["file"]) == tmp_path / "trainer" / "__init__.py"
    assert len(seen["argv"]) == 1
    if sys.platform == "linux":
        assert seen["inet"] and seen["inet6"] and not seen["unix"]
        assert seen["score"] == "500" and seen["nice"] >= 10
