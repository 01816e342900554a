# SPDX-License-Identifier: Apache-2.0
"""What the trainer's tests say to `python -m trainer`: scenarios with a canary, a quick recipe, a conversation."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.protocol import chunks_of

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
CANARY = "zanzibarine"
PASSAGES = [
    {"id": "P-1", "heading": "Property", "text": "A student who damages the property of another helps to repair it."},
    {"id": "P-2", "heading": "Meeting", "text": "No student is made to join a meeting; willingness comes first."},
]
#: What the tiny model is taught, so that its rewards are not all the same.
ANSWER = "<reasoning>x</reasoning>\n## Safety check\nCalm.\n## What is known\nx"
#: A recipe that is over in seconds.
QUICK: dict[str, Any] = {
    "prompts_per_step": 2, "answers_per_prompt": 2, "answers_per_pass": 2, "max_completion_tokens": 40, "max_steps": 3,
    "checkpoint_every": 2, "precision": "float32", "lora_rank": 4, "lora_alpha": 8, "learning_rate": 1e-2,
    "minutes": 0.0,
}


def scenario_json(number: int) -> dict[str, Any]:
    """A scenario as it travels; its report holds the canary."""
    return {
        "id": f"s-{number}", "seed": number, "category": 13, "severity": 1, "split": "train", "family": "13-a",
        "case": {
            "narrative": f"Student A took the {CANARY} pencil case {number} of Student B in the east hallway.",
            "grade_band": "6-8", "location": "hallway",
            "parties": [{"name": "Student A", "role": "caused_harm"}, {"name": "Student B", "role": "harmed"}],
        },
        "gold": {"level": "CLEAR", "codes": [], "responses": ["restorative chat"], "need": "",
                 "parties": ["Student A", "Student B"], "particulars": {"place": "east hallway"}},
    }


@dataclass
class Conversation:
    """A running `python -m trainer`: what it said so far, and its private folder."""

    process: subprocess.Popen[bytes]
    temporary: Path
    events: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0

    def send(self, kind: str, **values: Any) -> None:
        assert self.process.stdin is not None
        line = json.dumps({"type": kind, "seq": self.sent, **values}) + "\n"
        self.sent += 1
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()

    def start(
        self, model: Path, gguf: Path, *, recipe: dict[str, Any] = QUICK, scenarios: Iterable[int] = range(4),
        evaluate: Iterable[str] = (), blobs: dict[str, bytes] | None = None, **extra: Any,
    ) -> None:
        """Send a whole job; `extra` replaces fields of `start`."""
        for number in scenarios:
            self.send("scenario", scenario=scenario_json(number))
        for passage in PASSAGES:
            self.send("passage", **passage)
        for name, data in (blobs or {}).items():
            self._send_blob(name, data)
        usual = {"model_dir": str(model), "base_gguf": str(gguf), "assets_dir": str(ASSETS), "seed": 7, "minutes": 0.0,
                 "resume": False, "samples": 1}
        self.send("start", recipe=recipe, evaluate=list(evaluate), **(usual | extra))

    def _send_blob(self, name: str, data: bytes) -> None:
        for chunk in chunks_of(name, data):
            self.send("blob", name=name, index=chunk.index, last=chunk.last, sha256=chunk.sha256,
                      data=base64.b64encode(chunk.data).decode())

    def follow(self) -> Iterator[dict[str, Any]]:
        """The events as they come, until the trainer's stdout ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            yield self.events[-1]

    def finish(self) -> int:
        """Read to the end; the exit status."""
        for _ in self.follow():
            continue
        return self.process.wait(timeout=60)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    def blob(self, name: str) -> bytes:
        """The last whole binary of that name."""
        pieces: list[bytes] = []
        for chunk in self.of("blob"):
            if chunk["name"] == name:
                pieces = [] if chunk["index"] == 0 else pieces
                pieces.append(base64.b64decode(chunk["data"]))
        return b"".join(pieces)
