"""The state of the Compare page as plain values: the networks, and every choice that a link restores."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from explorer.analysis.equal_cost import COST_SETTINGS, HELD
from explorer.jobs.capacity import usable_cores
from explorer.language import N_, _
from explorer.model import ModelSpec, SpecError, assemble
from explorer.model.changes import plain_twin
from explorer.model.field_types import Choice, Flag, Whole
from explorer.outputs.tables.choosing import BOUNDS
from explorer.outputs.tables.reference_networks import paper_fields
from explorer.outputs.tables.sweep import QUANTITIES
from explorer.ui.common.address import AddressField, PageAddress, Problem, Query
from explorer.ui.common.address_types import CheckedText, NetworkName, OneOf, PerhapsNumber, Value
from explorer.ui.common.networks import canonical_name, network_label, network_spec
from explorer.ui.compare.measured_times import PASSES

MOST_COMPARED = 6
NETWORKS = ("net",)
"""The name of the address that the choice of networks sets."""
DEFAULT_COMPARED = ("resnet50", "resnext50_32x4d")
STAGE_QUANTITIES = {
    "params": N_("Parameters"),
    "macs": "MACs",
    "elementwise": N_("Element-wise operations"),
    "activations": N_("Activations"),
}
VIEW_LABELS = {
    "totals": N_("Totals"),
    "stages": N_("Stages"),
    "block": N_("One block"),
    "field": N_("Among known networks"),
    "time": N_("Measured time"),
    "solver": N_("Equal cost"),
    "sweep": N_("Sweep"),
}
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128)
SECONDS = (4, 10, 30, 60)
THREADS = CheckedText(
    lambda text: text in map(str, range(1, usable_cores() + 1)), N_("a number of threads that the machine has")
)


def _axes() -> list[str]:
    """The values of the vertical axis: empty for the default field, costs, passes, and fields of published errors."""
    return ["", *QUANTITIES, *PASSES, *_recipes()[1:]]


def _recipes() -> list[str]:
    """The fields of published errors: a data set and a protocol or recipe each; empty for the default one."""
    fields = [each.key for each in paper_fields()]
    return ["", *fields, "torchvision-imagenet1k_v1", "torchvision-imagenet1k_v2"]


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
        AddressField(
            "net", N_("Networks"), NetworkName(), DEFAULT_COMPARED, N_("The networks."), MOST_COMPARED, canonical_name
        ),
        _choice("show", N_("View"), VIEW_LABELS, "totals", N_("The open view.")),
        _choice("bars", N_("Quantity"), STAGE_QUANTITIES, "macs", N_("Stages: the bars' quantity.")),
        AddressField(
            "block",
            N_("Block"),
            CheckedText(_is_place, N_("a block's path, such as `layer2.3`")),
            "",
            N_("One block: which one."),
        ),
        _choice("x", N_("Horizontal axis"), (*QUANTITIES, *PASSES), "macs", N_("Known networks: the horizontal axis.")),
        AddressField("y", N_("Vertical axis"), OneOf(_axes), "", N_("Known networks: the vertical axis.")),
        AddressField(
            "recipe",
            N_("Recipe"),
            OneOf(_recipes),
            "",
            N_("Known networks: whose errors count where no axis is an error."),
        ),
        *(
            AddressField(name, bound.label, PerhapsNumber(0.0, bound.highest), None, f"Known networks: {bound.help}")
            for name, bound in BOUNDS.items()
        ),
        AddressField(
            "trail", N_("Sweep's networks"), Value(Flag()), False, N_("Known networks: the sweep's are drawn too.")
        ),
        _choice("batch", N_("Batch"), BATCHES, "1", N_("Measured time: images in a batch.")),
        AddressField("threads", N_("Threads"), THREADS, "1", N_("Measured time: threads of the measuring process.")),
        _choice("seconds", N_("Time allowed"), SECONDS, "4", N_("Measured time: seconds.")),
        _choice(
            "of", N_("Start from"), range(1, MOST_COMPARED + 1), "1", N_("Equal cost: the position of the network.")
        ),
        _choice("hold", N_("Keep equal"), HELD, "params", N_("Equal cost: the cost that stays equal.")),
        _choice("turn", N_("Change"), COST_SETTINGS, "cardinality", N_("Equal cost: the setting that is changed.")),
        _number("to", N_("to"), 32, N_("Equal cost: its new value.")),
        _choice(
            "solve", N_("Solve for"), COST_SETTINGS, "base_width", N_("Equal cost: the setting that is solved for.")
        ),
        _choice("knob", N_("Change"), COST_SETTINGS, "cardinality", N_("Sweep: the setting that is changed.")),
        _number("from", N_("from"), 1, N_("Sweep: its first value.")),
        _number("upto", N_("to"), 64, N_("Sweep: its last value.")),
        _choice("curve", N_("Vertical axis"), QUANTITIES, "macs", N_("Sweep: the curves' quantity.")),
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
        setup = cls(values.pop("net"), values, read.warnings)
        for problem, value in _misfits(setup):
            if problem.field.name in read.values:
                setup.warnings.append(problem.sentence)
            setup.choices[problem.field.name] = value
        return setup

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


def _misfits(setup: CompareSetup) -> Iterator[tuple[Problem, Any]]:
    """The values that do not fit the other values, each with the one that replaces it."""
    fields, choices = {field.name: field for field in ADDRESS.fields}, setup.choices
    count = len(setup.named_networks)
    if int(choices["of"]) > count:
        message = _("{number} is not one of the {count} networks").format(number=choices["of"], count=count)
        yield Problem(fields["of"], message, _("`{default}` is used instead").format(default=1)), "1"
    for name, turned in (("to", "turn"), ("from", "knob"), ("upto", "knob")):
        setting = COST_SETTINGS[choices[turned]]
        nearest = min(max(choices[name], setting.low), setting.high)
        if choices[name] != nearest:
            message = _("{value} is not from {low} to {high}").format(
                value=f"{choices[name]:,}", low=f"{setting.low:,}", high=f"{setting.high:,}"
            )
            yield Problem(fields[name], message, _("`{default}` is used instead").format(default=nearest)), nearest
    if choices["block"]:
        graphs = [assemble(spec) for _label, spec in setup.networks]
        places = {placed.path or stage.name for graph in graphs for stage, placed in graph.placed_blocks()}
        if choices["block"] not in places:
            message = _("none of the networks has a block {block}").format(block=repr(choices["block"]))
            yield Problem(fields["block"], message, _("the first one that differs is used instead")), ""


def suggestions(spec: ModelSpec) -> dict[str, ModelSpec]:
    """Networks that are worth a comparison with `spec`, by the button's label."""
    found: dict[str, ModelSpec] = {}
    twin = plain_twin(spec)
    if twin is not None:
        found[N_("the same without shortcuts")] = twin
    blocks = sum(spec.stage_blocks)
    changes: dict[str, Callable[[], ModelSpec]] = {
        N_("twice as deep"): lambda: COST_SETTINGS["depth"].apply(spec, 2 * blocks),
        N_("one and a half times as wide"): lambda: COST_SETTINGS["width"].apply(spec, 150),
        N_("pre-activation"): lambda: ModelSpec(**(spec.to_dict() | {"activation_order": "preact"})),
        N_("with squeeze and excitation"): lambda: ModelSpec(**(spec.to_dict() | {"attention": "se"})),
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
        N_("Plain against residual, 20 and 56 layers"): (
            "cifar_plain20",
            "cifar_plain56",
            "cifar_resnet20",
            "cifar_resnet56",
        ),
        N_("Equal cost: ResNet-50 and ResNeXt-50"): ("resnet50", "resnext50_32x4d"),
        N_("The place of the stride: the paper's ResNet-50 and torchvision's"): ("resnet50_v1", "resnet50"),
        N_("Deep or wide on CIFAR"): ("cifar_preact1001", "cifar_wrn28_10", "cifar_resnext29_8x64d"),
        N_("Original and pre-activation, 110 and 164 layers"): (
            "cifar_resnet110",
            "cifar_preact110",
            "cifar_resnet164",
            "cifar_preact164",
        ),
    }
)
"""Comparisons to start with."""
