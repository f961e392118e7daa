"""What the Compare page shows, as plain values: the networks, and every choice that a link must bring back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from explorer.analysis.equal_cost import HELD, KNOBS
from explorer.model import ModelSpec, SpecError, assemble
from explorer.outputs.tables.reference_networks import paper_fields
from explorer.outputs.tables.sweep import QUANTITIES
from explorer.ui.common.networks import network_label, network_name, network_spec, plain_twin
from explorer.ui.compare.measured_times import PASSES

MOST_COMPARED = 6
DEFAULT_COMPARED = ("resnet50", "resnext50_32x4d")
STAGE_QUANTITIES = {
    "params": "Parameters",
    "macs": "MACs",
    "elementwise": "Element-wise operations",
    "activations": "Activations",
}
VIEWS = {
    "totals": "Totals",
    "stages": "Stages",
    "block": "One block",
    "field": "Among known networks",
    "time": "Measured time",
    "solver": "Equal cost",
    "sweep": "Sweep",
}
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128)
SECONDS = (4, 10, 30, 60)


@dataclass(frozen=True)
class Choice:
    """A choice of the page: what it is at first, and whether a link's text may stand for it."""

    first: str
    allows: Callable[[str], bool]


def _one_of(options: Sequence[object] | Mapping[str, object]) -> Callable[[str], bool]:
    return lambda text: text in [str(option) for option in options]


def _whole(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high


def _is_axis(text: str) -> bool:
    fields = {each.key for each in paper_fields()} | {"torchvision-imagenet1k_v1", "torchvision-imagenet1k_v2"}
    return text in ("", *QUANTITIES, *PASSES) or text in fields


def _is_place(text: str) -> bool:
    stage, dot, number = text.removeprefix("layer").partition(".")
    return text in ("", "stem", "head") or (bool(dot) and stage.isdigit() and number.isdigit() and len(text) < 16)


CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "show": Choice("totals", _one_of(VIEWS)),
        "bars": Choice("macs", _one_of(STAGE_QUANTITIES)),
        "block": Choice("", _is_place),
        "x": Choice("macs", _one_of([*QUANTITIES, *PASSES])),
        "y": Choice("", _is_axis),
        "batch": Choice("1", _one_of(BATCHES)),
        "seconds": Choice("4", _one_of(SECONDS)),
        "of": Choice("1", _whole(1, MOST_COMPARED)),
        "hold": Choice("params", _one_of(HELD)),
        "turn": Choice("cardinality", _one_of(KNOBS)),
        "to": Choice("32", _whole(1, 1024)),
        "solve": Choice("base_width", _one_of(KNOBS)),
        "knob": Choice("cardinality", _one_of(KNOBS)),
        "from": Choice("1", _whole(1, 1024)),
        "upto": Choice("64", _whole(1, 1024)),
        "curve": Choice("macs", _one_of(QUANTITIES)),
    }
)
"""By the name in the address bar."""


@dataclass
class CompareSetup:
    """Networks by name or link, and the choices as text."""

    named_networks: list[str] = field(default_factory=lambda: list(DEFAULT_COMPARED))
    choices: dict[str, str] = field(default_factory=lambda: {name: choice.first for name, choice in CHOICES.items()})
    refused: list[str] = field(default_factory=list)
    """Sentences about what a link asked for and could not be given."""

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> "CompareSetup":
        """The page of a link: `net` for each network, and the choices by name."""
        entry = cls()
        if "net" in query:
            entry.named_networks = []
            for name in query["net"]:
                if not entry.add(name):
                    break
            if entry.refused and not entry.named_networks:
                entry.named_networks = list(DEFAULT_COMPARED)
        for name, choice in CHOICES.items():
            if name in query and query[name][-1] != choice.first:
                entry._read(name, query[name][-1])
        unknown = [name for name in query if name != "net" and name not in CHOICES]
        if unknown:
            names = ", ".join(repr(name[:30]) for name in unknown[:3])
            entry.refused.append(f"The link sets {names}, which this page does not know.")
        return entry

    def add(self, name: str) -> bool:
        """Takes a network in; says in `refused` why not. False where there is no room for any more."""
        if len(self.named_networks) >= MOST_COMPARED:
            self.refused.append(f"At most {MOST_COMPARED} networks are compared at a time; the first ones are here.")
            return False
        try:
            spec = network_spec(name)
            assemble(spec)
        except SpecError as error:
            self.refused.append(f"A network of this link cannot be used: {error.message}")
            return True
        plain_name = network_name(spec) if name not in self.named_networks else name
        if name not in self.named_networks and plain_name not in self.named_networks:
            self.named_networks.append(name)
        return True

    def _read(self, name: str, text: str) -> None:
        if CHOICES[name].allows(text):
            self.choices[name] = text
        else:
            self.refused.append(f"{text[:40]!r} cannot stand for {name!r} in a link; the usual value does.")

    def to_query(self) -> dict[str, list[str] | str]:
        """What the address bar shows: only what differs from the page at first."""
        query: dict[str, list[str] | str] = {}
        if tuple(self.named_networks) != DEFAULT_COMPARED:
            query["net"] = list(self.named_networks) or [""]
        return query | {name: text for name, text in self.choices.items() if text != CHOICES[name].first}

    def number(self, name: str) -> int:
        """A choice that is a number."""
        return int(self.choices[name])

    @property
    def networks(self) -> list[tuple[str, ModelSpec]]:
        """Label and spec of every network; labels are made different where they are not."""
        found: list[tuple[str, ModelSpec]] = []
        for name in self.named_networks:
            label = network_label(name)
            twins = sum(known == label or known.startswith(f"{label} (") for known, _ in found)
            found.append((f"{label} ({twins + 1})" if twins else label, network_spec(name)))
        return found


def suggestions(spec: ModelSpec) -> dict[str, ModelSpec]:
    """Networks that are worth a comparison with a given one, by what a button says."""
    found: dict[str, ModelSpec] = {}
    twin = plain_twin(spec)
    if twin is not None:
        found["the same without shortcuts"] = twin
    blocks = sum(spec.stage_blocks)
    changes: dict[str, Callable[[], ModelSpec]] = {
        "twice as deep": lambda: KNOBS["depth"].turn(spec, 2 * blocks),
        "one and a half times as wide": lambda: KNOBS["width"].turn(spec, 150),
        "pre-activation": lambda: ModelSpec(**(spec.to_dict() | {"activation_order": "preact"})),
        "with squeeze and excitation": lambda: ModelSpec(**(spec.to_dict() | {"attention": "se"})),
    }
    for words, change in changes.items():
        try:
            other = change()
            assemble(other)
        except SpecError:
            continue
        if other != spec:
            found[words] = other
    return found


STARTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Plain against residual, 20 and 56 layers": (
            "cifar_plain20",
            "cifar_plain56",
            "cifar_resnet20",
            "cifar_resnet56",
        ),
        "Equal cost: ResNet-50 and ResNeXt-50": ("resnet50", "resnext50_32x4d"),
        "Where the stride is: the paper's ResNet-50 and torchvision's": ("resnet50_v1", "resnet50"),
        "Deep or wide on CIFAR": ("cifar_preact1001", "cifar_wrn28_10", "cifar_resnext29_8x64d"),
        "Original and pre-activation, 110 and 164 layers": (
            "cifar_resnet110",
            "cifar_preact110",
            "cifar_resnet164",
            "cifar_preact164",
        ),
    }
)
"""Comparisons to begin with."""
