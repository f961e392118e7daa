"""A request for an experiment: one frozen, validated value that is written as a line of JSON and has a key."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from explorer.analysis.memory import measure_memory
from explorer.experiments.catalogue import CATALOGUE
from explorer.experiments.description import ExperimentDescription, Parameter
from explorer.experiments.request_values import QUICK_TRAINING, RequestValues, Subject
from explorer.jobs.capacity import GIB, memory_bytes
from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import ModelSpec, assemble
from explorer.model.errors import FieldError
from explorer.runs.limits import check_batch, check_trainable
from explorer.runs.settings import TrainingSettings

FORMAT = 2
"""Raised when the same request would give another answer than before: then no stored result is used."""


@dataclass(frozen=True)
class ExperimentRequest(RequestValues):
    """A valid request: parameters that are not given take their defaults.

    Raises SettingsError or SpecError (ValueErrors with `field` and `message`) for what cannot be computed.
    """

    def __post_init__(self) -> None:
        if self.experiment not in CATALOGUE:
            told = sentence(
                "there is no experiment called {name!r}; {known}",
                name=str(self.experiment)[:40],
                known=", ".join(CATALOGUE),
            )
            raise SettingsError("probe", told)
        least, most = self.description.networks
        if not least <= len(self.networks) <= most:
            label = sentence(self.description.label)
            told = sentence("{experiment} takes {least} to {most} networks", experiment=label, least=least, most=most)
            raise SettingsError("networks", told)
        if len({each.label for each in self.networks}) < len(self.networks):
            raise SettingsError("networks", sentence("two networks have the same label"))
        values = checked(self.description.parameters, self.parameters)
        object.__setattr__(self, "parameters", MappingProxyType(values))
        for each in self.networks:
            if self.description.trains:
                check_trainable(each.spec, self.training)
        if not self.description.trains:
            _check_size([each.spec for each in self.networks], values)

    @property
    def description(self) -> ExperimentDescription:
        """The experiment's entry in the catalogue."""
        return CATALOGUE[self.experiment]

    @property
    def key(self) -> str:
        """The name of the stored answer, 32 hexadecimal digits: equal for equal requests of this version only."""
        return hashlib.sha256(f"{FORMAT} {self.to_json()}".encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """The request as one line of JSON, every parameter included."""
        values = {
            "probe": self.experiment,
            "networks": [each.to_dict() for each in self.networks],
            "training": self.training.to_dict() if self.description.trains else None,
            "parameters": dict(self.parameters),
        }
        return json.dumps(values, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ExperimentRequest":
        """The request in a line of JSON. Raises SettingsError or SpecError."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingsError("request", sentence("this is not JSON: {error}", error=str(error)[:80])) from None
        if not isinstance(values, dict) or not isinstance(values.get("networks"), list):
            raise SettingsError("request", sentence("an object with `probe`, `networks` and perhaps more is expected"))
        training, parameters = values.get("training"), values.get("parameters") or {}
        if not isinstance(training, dict | None) or not isinstance(parameters, dict):
            raise SettingsError("request", sentence("`training` and `parameters` are objects of names and values"))
        return cls(
            experiment=str(values.get("probe")),
            networks=tuple(_subject(each) for each in values["networks"]),
            training=QUICK_TRAINING if training is None else TrainingSettings.from_dict(training),
            parameters=parameters,
        )


def checked(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Every parameter with a valid value, given or default; SettingsError on the one that is not."""
    for name in given:
        if name not in parameters:
            known = ", ".join(parameters) or sentence("none")
            raise SettingsError(str(name)[:40], sentence("there is no such setting; there are {known}", known=known))
    try:
        return {name: each.kind.check(name, given.get(name, each.default)) for name, each in parameters.items()}
    except FieldError as error:
        raise SettingsError.of(error) from None


def _check_size(specs: Sequence[ModelSpec], values: Mapping[str, Any]) -> None:
    """Raises SettingsError where this machine cannot run the networks at their own sizes, on `batch` or `networks`.

    They are in memory together, since they are timed in turn: all weights and batches, and the training step of one.
    """
    batch, optimizer, precision = values["batch"], values.get("optimiser", "momentum"), values.get("precision", "fp32")
    allowed, idle, extra = memory_bytes() // 2, 0, 0
    for spec in specs:
        if "optimiser" in values:  # others run forward alone, where batch norm has its stored statistics
            check_batch("batch", spec, batch)
        memory = measure_memory(assemble(spec), batch, optimizer=optimizer, precision=precision)
        if memory.training > allowed:
            told = sentence(
                "a step with {batch} images takes about {need} GiB; {allowed} GiB may be used here",
                batch=batch,
                need=_gib(memory.training),
                allowed=_gib(allowed),
            )
            raise SettingsError("batch", told)
        weights_and_images = memory.weights + memory.buffers + memory.image
        idle += weights_and_images
        extra = max(extra, memory.training - weights_and_images)
    if idle + extra > allowed:
        told = sentence(
            "together these networks take about {need} GiB; {allowed} GiB may be used here; choose fewer",
            need=_gib(idle + extra),
            allowed=_gib(allowed),
        )
        raise SettingsError("networks", told)


def _gib(amount: int) -> str:
    return f"{amount / GIB:,.1f}"


def _subject(values: object) -> Subject:
    if not isinstance(values, dict):
        raise SettingsError("networks", sentence("each network is an object with `label` and `spec`"))
    return Subject(str(values.get("label", "")), ModelSpec.from_dict(values.get("spec")), str(values.get("run") or ""))
