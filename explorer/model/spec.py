"""The specification of a network: one frozen, validated value that everything else is derived from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from explorer.language import sentence
from explorer.model.assembly.network import assemble
from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.json_reader import parse_json, unknown_field
from explorer.model.presets.catalogue import preset_fields
from explorer.model.rules import check_combination
from explorer.model.spec_values import DEFAULT_VALUES, SpecValues


@dataclass(frozen=True)
class ModelSpec(SpecValues):
    """A network of the residual family. The defaults are torchvision's `resnet50`.

    Every ModelSpec that exists is valid: its values are within bounds, fit together, and its network can be assembled.
    Raises SpecError(field, message) otherwise; an AssemblyError where the network fails half-way.
    """

    def __post_init__(self) -> None:
        for name, declared in CONTROLS.items():
            object.__setattr__(self, name, declared.check(name, getattr(self, name)))
        check_combination(self)
        assemble(self)  # finds what only shows once shapes are known

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """The spec of a JSON object, which may name a `preset` to start from. Raises SpecError."""
        if not isinstance(values, Mapping):
            raise SpecError(
                "spec", sentence("a spec is a JSON object such as {example}.", example='{"preset": "resnet50"}')
            )
        given = dict(values)
        start: dict[str, Any] = {}
        if "preset" in given:
            start = preset_fields(given.pop("preset"))
        for name in given:
            if name not in CONTROLS:
                raise unknown_field(name, CONTROLS)
        return cls(**(start | given))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The spec in a JSON text. Raises SpecError, also for text that is no JSON or too long."""
        return cls.from_dict(parse_json(text, (*CONTROLS, "preset")))

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values, in the order of declaration."""
        return {name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in CONTROLS}

    def to_json(self) -> str:
        """All fields as JSON; `from_json` gives an equal spec."""
        return json.dumps(self.to_dict())

    def changes(self, other: "ModelSpec | None" = None) -> dict[str, Any]:
        """The fields whose values differ from `other`'s (default: from torchvision's resnet50), as JSON values."""
        base = DEFAULT_VALUES if other is None else other.to_dict()
        return {name: value for name, value in self.to_dict().items() if value != base[name]}

    @property
    def depth(self) -> int:
        """Layers with weights, as the papers count them. See `Graph.depth`."""
        return assemble(self).depth


@lru_cache(maxsize=256)
def preset(name: str) -> ModelSpec:
    """The spec of a known network. Raises SpecError("preset") for an unknown name."""
    return ModelSpec(**preset_fields(name))
