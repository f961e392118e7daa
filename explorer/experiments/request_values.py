"""The fields of a request before it is checked, and the small networks and short training with which a lab starts.

Descriptions of experiments read the fields; `ExperimentRequest` checks them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings

QUICK_TRAINING = TrainingSettings(
    steps=150, batch_size=32, device="cpu", precision="fp32", evaluate_every=0, diagnose_every=0
)
"""The cheapest training in which plain and residual networks still part: at depth 20, over three seeds, losses of
0.25 to 0.50 against 0.06 to 0.11; at depth 56 of 1.7 to 2.0 against 0.06 to 0.11."""
LONGEST_LABEL = 80
RUN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Subject:
    """A network under its label. `run` is the id of a finished run whose weights are used; empty: it is trained first.

    Raises SettingsError on `label` or `run`.
    """

    label: str
    spec: ModelSpec
    run: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.label) <= LONGEST_LABEL:
            raise SettingsError("label", sentence("a label has 1 to {most} characters", most=LONGEST_LABEL))
        if self.run and not RUN_ID.fullmatch(self.run):
            raise SettingsError("run", sentence("this is not the name of a run"))

    def to_dict(self) -> dict[str, Any]:
        """The subject as JSON values."""
        return {"label": self.label, "spec": self.spec.to_dict(), "run": self.run}


@dataclass(frozen=True)
class RequestValues:
    """The name of an experiment, its networks, how they are trained, and its parameters by name."""

    experiment: str
    networks: tuple[Subject, ...]
    training: TrainingSettings = QUICK_TRAINING
    parameters: Mapping[str, Any] = field(default_factory=dict)


def small_network(depth: int = 20, *, plain: bool = False, **changes: Any) -> ModelSpec:
    """A CIFAR network of He et al. 2015, section 4.2 with half the width: 8, 16, 32 channels, 6n + 2 layers.

    `changes` are fields of the spec. Raises SpecError where they do not go together.
    """
    blocks = max(1, (depth - 2) // 6)
    fields: dict[str, Any] = {
        "block": "basic",
        "stage_blocks": (blocks, blocks, blocks),
        "stage_widths": (8, 16, 32),
        "stem": "cifar",
        "stem_width": 8,
        "shortcut": "none" if plain else "pad",
        "in_channels": 1,
        "image_size": 8,
        "num_classes": 10,
    }
    return ModelSpec(**(fields | changes))
