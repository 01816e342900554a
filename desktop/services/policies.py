# SPDX-License-Identifier: Apache-2.0
"""What a school teaches its model with: policies, and scenarios to practise on. Called on the vault's thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from desktop.domain.library import Policy, policy_id
from desktop.errors import ImportFileError
from desktop.services.vault import VaultService
from trainer.practice.citations import Passage, split_policy
from trainer.practice.generator import generate, load_banks

MAX_POLICY_BYTES = 2 * 1024 * 1024
SCENARIOS_WRITTEN, SCENARIOS_SEED = 250, 1


class PoliciesService:
    """Policies and scenarios of the library compartment."""

    def __init__(self, vault: VaultService, assets: Path) -> None:
        self._vault, self._assets = vault, assets

    def policies(self) -> list[Policy]:
        """All policies, in the order in which they were added."""
        return self._vault.library.policies()

    def passages(self) -> list[Passage]:
        """All policies, cut into the passages that can be cited."""
        return self._vault.library.passages()

    def add_sample_school(self) -> int:
        """Load the invented school's policies and return how many; a policy with the same id is replaced."""
        folder = self._assets / "sample-school"
        try:
            entries = json.loads((folder / "school.json").read_text(encoding="utf-8"))["policies"]
            policies = [Policy(e["id"], e["name"], (folder / e["file"]).read_text(encoding="utf-8")) for e in entries]
        except (OSError, ValueError, KeyError):
            raise ImportFileError(
                "The sample school's policies are not there; reinstall Circlekeeper.", code="samples-missing"
            ) from None
        for policy in policies:
            self._vault.library.save_policy(policy)
        return len(policies)

    def add_files(self, files: Sequence[Path]) -> int:
        """Add policy documents in Markdown or plain text and return how many; none is added when one is unusable."""
        texts = [(file, _read_policy(file)) for file in files]
        taken = [policy.id for policy in self.policies()]
        for file, text in texts:
            taken.append(policy_id(file.stem, taken))
            name = file.stem.replace("-", " ").replace("_", " ").strip().capitalize()
            self._vault.library.save_policy(Policy(taken[-1], name, text))
        return len(texts)

    def remove(self, policy: str) -> None:
        """Remove the policy with this id."""
        self._vault.library.delete_policy(policy)

    def scenario_count(self) -> int:
        """How many scenarios there are to practise on."""
        return len(self._vault.library.scenario_lines())

    def write_scenarios(self) -> int:
        """Let the program write scenarios, in the place of those that were there; returns how many."""
        banks = load_banks(self._assets / "practice" / "scenarios")
        scenarios = generate(banks, SCENARIOS_WRITTEN, "train", SCENARIOS_SEED)
        self._vault.library.clear_scenarios()
        self._vault.library.add_scenarios(scenario.to_line() for scenario in scenarios)
        return len(scenarios)


def _read_policy(file: Path) -> str:
    try:
        with open(file, "rb") as opened:
            data = opened.read(MAX_POLICY_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError:
        raise ImportFileError(f"{file.name} could not be read; check that it is still there.") from None
    except UnicodeDecodeError:
        raise ImportFileError(f"{file.name} is not plain text; save it as Markdown (.md) or text in UTF-8.") from None
    if len(data) > MAX_POLICY_BYTES:
        raise ImportFileError(f"{file.name} is larger than 2 MB; split it into several policies.")
    if not split_policy("policy", text):
        raise ImportFileError(f"{file.name} holds no text; choose another file.")
    return text
