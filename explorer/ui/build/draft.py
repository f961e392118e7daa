"""What the controls of Build hold: values that may not fit together yet, and the network that they stand for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from explorer.model import PRESETS, AssemblyError, Graph, ModelSpec, SpecError, assemble
from explorer.model.controls import CONTROLS
from explorer.model.presets.catalogue import preset_fields
from explorer.model.spec_values import DEFAULT_VALUES
from explorer.ui.common.address import AddressField, PageAddress, Query, unknown_names
from explorer.ui.common.address_types import NetworkName, Value
from explorer.ui.common.networks import network_spec


@dataclass(frozen=True)
class _PresetName(NetworkName):
    """A known network's name."""

    def read(self, name: str, text: str) -> str:
        preset_fields(text)
        return text

    def describe(self) -> str:
        return "a [known network's name](presets.md)"


ADDRESS = PageAddress(
    "",
    (
        AddressField("preset", "Known network", _PresetName(), "", "The network to start from."),
        AddressField("net", "Network", NetworkName(), "", "The same, for any network."),
        *(
            AddressField(name, declared.label, Value(declared.kind), DEFAULT_VALUES[name], declared.help)
            for name, declared in CONTROLS.items()
        ),
    ),
)
"""The network's part of Build's address. A field changes the network that `preset` or `net` names."""


@dataclass
class Draft:
    """The values of all controls, as JSON values. Unlike a ModelSpec it may be invalid: nothing typed is lost."""

    values: dict[str, Any] = field(default_factory=lambda: dict(DEFAULT_VALUES))
    refused: dict[str, str] = field(default_factory=dict)
    """Sentences about what a link asked for and could not be given, by field; `link` for the link itself."""
    proportions: list[int] | None = None
    """The blocks per stage that the depth slider scales."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Draft":
        """The draft of a known network's fields."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
        return cls(DEFAULT_VALUES | plain)

    @classmethod
    def from_query(cls, query: Query) -> "Draft":
        """The draft of a link: a known network (`preset`), a whole spec (`net`), single fields, or any of them.

        What does not fit is left out, and `refused` says so; the rest is used.
        """
        read = ADDRESS.read(query)
        values = dict(read.values)
        net, known = values.pop("net", None), values.pop("preset", None)
        if known is not None:
            draft = cls.of(preset_fields(known))
        else:
            draft = cls.of(network_spec(net).to_dict() if net else {})
        draft.values |= values
        for name, (message, *_) in read.problems.items():
            if name in CONTROLS:
                draft.refused[name] = message
            else:
                draft.refused["link"] = f"{message[:1].upper()}{message[1:]}"
        if read.unknown:
            draft.refused.setdefault("link", unknown_names(read.unknown))
        return draft

    def set(self, name: str, value: object) -> None:
        """A control was moved by hand: what a link had wanted there is history."""
        self.values[name] = list(value) if isinstance(value, tuple) else value
        self.refused.pop(name, None)
        self.refused.pop("link", None)
        if name == "stage_blocks":
            self.proportions = None

    @property
    def preset(self) -> str | None:
        """The known network that the values are, if they are one."""
        return _names_by_values().get(_key(self.values))

    @property
    def title(self) -> str:
        """What to call the network."""
        return PRESETS[self.preset].title if self.preset else "Your network"

    @property
    def file_name(self) -> str:
        """What downloads are called."""
        return self.preset or "network"

    def to_query(self) -> dict[str, list[str] | str]:
        """What the address bar shows."""
        return ADDRESS.write(self.values)


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


@lru_cache(maxsize=1)
def _names_by_values() -> dict[str, str]:
    """The known networks by their values; of two names for the same values the first counts."""
    return {_key(Draft.of(PRESETS[name].fields).values): name for name in reversed(PRESETS)}


@dataclass(frozen=True)
class Network:
    """What the page shows for a draft."""

    graph: Graph
    spec: ModelSpec | None
    """The spec, where the draft is valid."""
    error: SpecError | None = None
    """Why the draft is not valid."""
    partial: bool = False
    """Whether `graph` is the draft's own network up to the place that fails, or else another, whole one."""

    @property
    def whole(self) -> bool:
        """Whether the draft is valid and the graph is its network."""
        return self.spec is not None


def evaluate(draft: Draft, last: ModelSpec) -> Network:
    """The draft's network; where it is invalid, the part that can be built, or else that of `last`."""
    try:
        spec = ModelSpec(**draft.values)
    except SpecError as error:
        if isinstance(error, AssemblyError) and error.partial.stages:
            return Network(error.partial, None, error, partial=True)
        return Network(assemble(last), None, error)
    return Network(assemble(spec), spec)
