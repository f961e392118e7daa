"""What the controls of Build hold: values that may not fit together yet, and the network that they stand for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from explorer.analysis.network import Analysis, analyse
from explorer.language import N_, _, told
from explorer.model import PRESETS, AssemblyError, Graph, ModelSpec, SpecError, assemble
from explorer.model.changes import share_blocks
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
        AddressField("preset", N_("Known network"), _PresetName(), "", "The network to start from.", sets_others=True),
        AddressField("net", N_("Network"), NetworkName(), "", "The same, for any network.", is_control=False),
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
    """What a link asked for and could not be given, by field; under `link` the sentences on what has no control."""
    proportions: list[int] | None = None
    """The blocks per stage that the depth slider scales."""
    base: str = "resnet50"
    """The known network that these values began as."""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Draft":
        """The draft of a known network's fields."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
        return cls(DEFAULT_VALUES | plain)

    @classmethod
    def of_known(cls, name: str) -> "Draft":
        """The draft of a known network. Raises SpecError("preset") where there is none of this name."""
        draft = cls.of(preset_fields(name))
        draft.base = name
        return draft

    @classmethod
    def from_query(cls, query: Query) -> "Draft":
        """The draft of a link: a known network (`preset`), a whole spec (`net`), single fields, or any of them.

        What does not fit is left out, and `refused` says so; the rest is used.
        """
        read = ADDRESS.read(query)
        values = dict(read.values)
        net, known = values.pop("net", None), values.pop("preset", None)
        if known is not None:
            draft = cls.of_known(known)
            draft.values |= values
        else:
            draft = cls.of(network_spec(net).to_dict() if net else {})
            draft.values |= values
            draft.base = _nearest(draft.values)
        draft.refused = {name: problem.message for name, problem in read.problems.items() if name in CONTROLS}
        sentences = [problem.sentence for name, problem in read.problems.items() if name not in CONTROLS]
        if read.unknown:
            sentences.append(unknown_names(read.unknown))
        if sentences:
            draft.refused["link"] = " ".join(sentences)
        return draft

    def set(self, name: str, value: object) -> None:
        """A control was moved by hand: what a link had wanted there is history."""
        self.values[name] = list(value) if isinstance(value, tuple) else value
        self.refused.pop(name, None)
        self.refused.pop("link", None)
        if name == "stage_blocks":
            self.proportions = None

    def set_depth(self, count: int) -> None:
        """Changes the blocks per stage to `count` blocks in all, in the proportions of before the first such change.

        Among known networks that differ in their blocks only, a count that one of them has gives that network.
        """
        proportions = self.proportions or stages_of(self.values)
        relatives = _relatives_by_values().get(_key(self.values | {"stage_blocks": None}), [])
        known = [blocks for blocks in relatives if sum(blocks) == count] if proportions in relatives else []
        self.set("stage_blocks", known[0] if known else share_blocks(count, proportions))
        self.proportions = proportions

    def copy(self) -> "Draft":
        """Another draft with the same values."""
        return replace(self, values=dict(self.values), refused=dict(self.refused))

    @property
    def changes(self) -> list[str]:
        """The fields whose values are not those of the known network they began as."""
        return _differences(self.values, self.base)

    @property
    def preset(self) -> str | None:
        """The known network that the values are, if they are one."""
        return _names_by_values().get(_key(self.values))

    @property
    def title(self) -> str:
        """What to call the network."""
        return told(PRESETS[self.preset].told_title) if self.preset else _("Your network")

    @property
    def file_name(self) -> str:
        """What downloads are called."""
        return self.preset or "network"

    def to_query(self) -> dict[str, list[str] | str]:
        """What the address bar shows."""
        return ADDRESS.write(self.values)


def stages_of(values: Mapping[str, Any]) -> list[int]:
    """A draft's blocks per stage, or one stage where what was typed is no list."""
    blocks = values["stage_blocks"]
    return blocks if isinstance(blocks, list) and blocks else [1]


def _key(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


@lru_cache(maxsize=512)
def _known_values(name: str) -> Mapping[str, Any]:
    return Draft.of(PRESETS[name].fields).values


def _differences(values: Mapping[str, Any], name: str) -> list[str]:
    return [field for field, value in _known_values(name).items() if values[field] != value]


def _nearest(values: Mapping[str, Any]) -> str:
    """The known network with the fewest other values."""
    return min(PRESETS, key=lambda name: len(_differences(values, name)))


@lru_cache(maxsize=1)
def _names_by_values() -> dict[str, str]:
    """The known networks by their values; of two names for the same values the first counts."""
    return {_key(_known_values(name)): name for name in reversed(PRESETS)}


@lru_cache(maxsize=1)
def _relatives_by_values() -> dict[str, list[list[int]]]:
    """The blocks per stage of all known networks that have equal values elsewhere."""
    found: dict[str, list[list[int]]] = {}
    for values in map(_known_values, PRESETS):
        found.setdefault(_key({**values, "stage_blocks": None}), []).append(values["stage_blocks"])
    return found


@dataclass(frozen=True, eq=False)
class Network:
    """What the page shows for a draft. A valid spec's is the same object for all visitors: see `_network_of`."""

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

    @cached_property
    def analysis(self) -> Analysis:
        """The network's rows and totals."""
        return analyse(self.graph)


def evaluate(draft: Draft, last: ModelSpec) -> Network:
    """The draft's network; where it is invalid, the part that can be built, or else that of `last`."""
    try:
        spec = ModelSpec(**draft.values)
    except SpecError as error:
        if isinstance(error, AssemblyError) and error.partial.stages:
            return Network(error.partial, None, error, partial=True)
        return Network(assemble(last), None, error)
    return _network_of(spec)


@lru_cache(maxsize=16)
def _network_of(spec: ModelSpec) -> Network:
    """Kept, since the students of a class come to the same network one after the other."""
    return Network(assemble(spec), spec)
