"""The state of the Compare page as plain values: the networks, and every choice that a link restores."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from explorer.analysis.equal_cost import COST_SETTINGS, HELD
from explorer.model import ModelSpec, SpecError, assemble
from explorer.model.changes import plain_twin
from explorer.model.field_types import Choice, Whole
from explorer.outputs.tables.reference_networks import paper_fields
from explorer.outputs.tables.sweep import QUANTITIES
from explorer.ui.common.address import AddressField, PageAddress, Query
from explorer.ui.common.address_types import CheckedText, NetworkName, OneOf, Value
from explorer.ui.common.networks import network_label, network_name, network_spec
from explorer.ui.compare.measured_times import PASSES

MOST_COMPARED = 6
DEFAULT_COMPARED = ("resnet50", "resnext50_32x4d")
STAGE_QUANTITIES = {
    "params": "Parameters",
    "macs": "MACs",
    "elementwise": "Element-wise operations",
    "activations": "Activations",
}
VIEW_LABELS = {
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


def _axes() -> list[str]:
    """The values of the vertical axis: empty for the default field, costs, passes, and fields of published errors."""
    fields = [each.key for each in paper_fields()]
    return ["", *QUANTITIES, *PASSES, *fields, "torchvision-imagenet1k_v1", "torchvision-imagenet1k_v2"]


def _is_place(text: str) -> bool:
    stage, dot, number = text.removeprefix("layer").partition(".")
    return text in ("", "stem", "head") or (bool(dot) and stage.isdigit() and number.isdigit() and len(text) < 16)


def _choice(name: str, label: str, options: Iterable[object], default: str, help: str) -> AddressField:
    return AddressField(name, label, Value(Choice({str(option): option for option in options})), default, help)


def _number(name: str, label: str, default: int, help: str) -> AddressField:
    return AddressField(name, label, Value(Whole(1, 1024)), default, help)


ADDRESS = PageAddress(
    "compare",
    (
        AddressField("net", "Networks", NetworkName(), DEFAULT_COMPARED, "The networks.", most=MOST_COMPARED),
        _choice("show", "View", VIEW_LABELS, "totals", "The open view."),
        _choice("bars", "Quantity", STAGE_QUANTITIES, "macs", "Stages: the bars' quantity."),
        AddressField(
            "block", "Block", CheckedText(_is_place, "a block's path, such as `layer2.3`"), "", "One block: which one."
        ),
        _choice("x", "Horizontal axis", (*QUANTITIES, *PASSES), "macs", "Known networks: the horizontal axis."),
        AddressField("y", "Vertical axis", OneOf(_axes), "", "Known networks: the vertical axis."),
        _choice("batch", "Batch", BATCHES, "1", "Measured time: images in a batch."),
        _choice("seconds", "Time allowed", SECONDS, "4", "Measured time: seconds."),
        _choice("of", "Start from", range(1, MOST_COMPARED + 1), "1", "Equal cost: the position of the network."),
        _choice("hold", "Keep equal", HELD, "params", "Equal cost: the cost that stays equal."),
        _choice("turn", "Change", COST_SETTINGS, "cardinality", "Equal cost: the setting that is changed."),
        _number("to", "to", 32, "Equal cost: its new value."),
        _choice("solve", "Solve for", COST_SETTINGS, "base_width", "Equal cost: the setting that is solved for."),
        _choice("knob", "Change", COST_SETTINGS, "cardinality", "Sweep: the setting that is changed."),
        _number("from", "from", 1, "Sweep: its first value."),
        _number("upto", "to", 64, "Sweep: its last value."),
        _choice("curve", "Vertical axis", QUANTITIES, "macs", "Sweep: the curves' quantity."),
    ),
)


def _default_choices() -> dict[str, Any]:
    return {name: value for name, value in ADDRESS.defaults().items() if name != "net"}


@dataclass
class CompareSetup:
    """Networks by name or link, and every other value of the address by name."""

    named_networks: list[str] = field(default_factory=lambda: list(DEFAULT_COMPARED))
    choices: dict[str, Any] = field(default_factory=_default_choices)
    warnings: list[str] = field(default_factory=list)
    """Sentences about the values of a link that could not be used."""

    @classmethod
    def from_query(cls, query: Query) -> "CompareSetup":
        """The setup of a link; each network once."""
        read = ADDRESS.read(query)
        values = {**ADDRESS.defaults(), **read.values}
        once: dict[str, str] = {}
        for name in values.pop("net"):
            once.setdefault(network_name(network_spec(name)), name)
        return cls([*once.values()], values, read.warnings)

    def to_query(self) -> dict[str, list[str] | str]:
        """The query for the address bar: only values that differ from the defaults."""
        return ADDRESS.write({"net": self.named_networks, **self.choices})

    def replace(self, names: Iterable[str]) -> None:
        """Compares these networks instead of the present ones."""
        self.named_networks = list(names)
        self.warnings.clear()

    def add(self, name: str) -> None:
        """Adds a network, if there is room and it is not compared yet."""
        self.warnings.clear()
        if name not in self.named_networks and len(self.named_networks) < MOST_COMPARED:
            self.named_networks.append(name)

    @property
    def networks(self) -> list[tuple[str, ModelSpec]]:
        """Label and spec of every network; equal labels get a number."""
        found: list[tuple[str, ModelSpec]] = []
        for name in self.named_networks:
            label = network_label(name)
            twins = sum(known == label or known.startswith(f"{label} (") for known, _ in found)
            found.append((f"{label} ({twins + 1})" if twins else label, network_spec(name)))
        return found


def suggestions(spec: ModelSpec) -> dict[str, ModelSpec]:
    """Networks that are worth a comparison with `spec`, by the button's label."""
    found: dict[str, ModelSpec] = {}
    twin = plain_twin(spec)
    if twin is not None:
        found["the same without shortcuts"] = twin
    blocks = sum(spec.stage_blocks)
    changes: dict[str, Callable[[], ModelSpec]] = {
        "twice as deep": lambda: COST_SETTINGS["depth"].apply(spec, 2 * blocks),
        "one and a half times as wide": lambda: COST_SETTINGS["width"].apply(spec, 150),
        "pre-activation": lambda: ModelSpec(**(spec.to_dict() | {"activation_order": "preact"})),
        "with squeeze and excitation": lambda: ModelSpec(**(spec.to_dict() | {"attention": "se"})),
    }
    for label, change in changes.items():
        try:
            other = change()
            assemble(other)
        except SpecError:
            continue
        if other != spec:
            found[label] = other
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
        "The place of the stride: the paper's ResNet-50 and torchvision's": ("resnet50_v1", "resnet50"),
        "Deep or wide on CIFAR": ("cifar_preact1001", "cifar_wrn28_10", "cifar_resnext29_8x64d"),
        "Original and pre-activation, 110 and 164 layers": (
            "cifar_resnet110",
            "cifar_preact110",
            "cifar_resnet164",
            "cifar_preact164",
        ),
    }
)
"""Comparisons to start with."""
