"""The fields of a request before it is checked. Descriptions of experiments read them; `ExperimentRequest` checks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.experiments.networks import QUICK_TRAINING
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings

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
            raise SettingsError("label", f"a label has 1 to {LONGEST_LABEL} characters")
        if self.run and not RUN_ID.fullmatch(self.run):
            raise SettingsError("run", "this is not the name of a run")

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
