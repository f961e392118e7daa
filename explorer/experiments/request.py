"""What is asked of a probe: one frozen, validated value that fits in a line of JSON and has a name of its own."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from explorer.analysis.memory import measure_memory
from explorer.experiments.catalogue import CATALOGUE, ExperimentFacts
from explorer.experiments.networks import QUICK_TRAINING
from explorer.experiments.parameters import checked
from explorer.jobs.capacity import GIB, memory_bytes
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec, assemble
from explorer.runs.limits import check_trainable
from explorer.runs.settings import TrainingSettings

FORMAT = 1
"""Raised when the same request would give another answer than before, so that kept results are not mistaken."""
LONGEST_LABEL = 80
RUN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Subject:
    """A network under its label. `run` names a finished run whose weights are taken; else it is trained first."""

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
class ExperimentRequest:
    """A probe, its networks, how they are trained, and its settings (those not given take their defaults).

    Raises SettingsError or SpecError (ValueErrors with `field` and `message`) for what cannot be asked.
    """

    experiment: str
    networks: tuple[Subject, ...]
    training: TrainingSettings = QUICK_TRAINING
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.experiment not in CATALOGUE:
            raise SettingsError(
                "probe", f"there is no probe called {str(self.experiment)[:40]!r}; {', '.join(CATALOGUE)}"
            )
        least, most = self.facts.networks
        if not least <= len(self.networks) <= most:
            raise SettingsError("networks", f"{self.facts.label} takes {least} to {most} networks")
        if len({each.label for each in self.networks}) < len(self.networks):
            raise SettingsError("networks", "two networks have the same label")
        values = checked(self.facts.parameters, self.parameters)
        object.__setattr__(self, "parameters", MappingProxyType(values))
        for each in self.networks:
            if self.facts.trains:
                check_trainable(each.spec, self.training)
            else:
                _check_size(each.spec, values)

    @property
    def facts(self) -> ExperimentFacts:
        """The probe's entry in the catalogue."""
        return CATALOGUE[self.experiment]

    @property
    def key(self) -> str:
        """A name for the answer: equal for equal requests of this version, different for others."""
        return hashlib.sha256(f"{FORMAT} {self.to_json()}".encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """The request as one line of JSON, every setting spelled out."""
        values = {
            "probe": self.experiment,
            "networks": [each.to_dict() for each in self.networks],
            "training": self.training.to_dict() if self.facts.trains else None,
            "parameters": dict(self.parameters),
        }
        return json.dumps(values, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ExperimentRequest":
        """The request in a line of JSON. Raises SettingsError or SpecError."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingsError("request", f"this is not JSON: {str(error)[:80]}") from None
        if not isinstance(values, dict) or not isinstance(values.get("networks"), list):
            raise SettingsError("request", "an object with `probe`, `networks` and perhaps more is expected")
        training, parameters = values.get("training"), values.get("parameters") or {}
        if not isinstance(training, dict | None) or not isinstance(parameters, dict):
            raise SettingsError("request", "`training` and `parameters` are objects of names and values")
        return cls(
            experiment=str(values.get("probe")),
            networks=tuple(_subject(each) for each in values["networks"]),
            training=QUICK_TRAINING if training is None else TrainingSettings.from_dict(training),
            parameters=parameters,
        )


def _check_size(spec: ModelSpec, values: Mapping[str, Any]) -> None:
    """Raises SettingsError on `batch` where one training step at the spec's own size is too much for this machine."""
    batch, optimizer, precision = values["batch"], values.get("optimiser", "momentum"), values.get("precision", "fp32")
    memory = measure_memory(assemble(spec), batch, optimizer=optimizer, precision=precision)
    need, allowed = memory.training, memory_bytes() // 2
    if need > allowed:
        raise SettingsError(
            "batch",
            f"a step with {batch} images takes about {need / GIB:,.1f} GiB; {allowed / GIB:,.1f} GiB may be used here",
        )


def _subject(values: object) -> Subject:
    if not isinstance(values, dict):
        raise SettingsError("networks", "each network is an object with `label` and `spec`")
    return Subject(str(values.get("label", "")), ModelSpec.from_dict(values.get("spec")), str(values.get("run") or ""))
