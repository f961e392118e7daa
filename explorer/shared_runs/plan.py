"""What a class trains together: networks, settings, a grid of cells if there is one, and runs for each seat."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from explorer.analysis.equal_cost import COST_SETTINGS
from explorer.classes.errors import ClassError
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.model import ModelSpec, SpecError
from explorer.model.errors import FieldError
from explorer.model.field_types import Real, Whole
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import NUMBERS, TrainingSettings
from explorer.shared_runs.bounds import (
    LONGEST_VALUES,
    MOST_CELLS,
    MOST_NETWORKS,
    MOST_PER_SEAT,
    MOST_STEPS,
    MOST_VALUES,
)

Trained = tuple[NamedNetwork, TrainingSettings]
DEPTH = "depth"


class Axis(NamedTuple):
    """A setting whose values make a grid: its label, its kind with the bounds, and what a value changes."""

    label: str
    kind: Whole | Real
    apply: Callable[[NamedNetwork, TrainingSettings, Any], Trained]


def _setting(name: str, label: str) -> Axis:
    def apply(network: NamedNetwork, settings: TrainingSettings, value: Any) -> Trained:
        changed: dict[str, Any] = {name: value}
        return network, replace(settings, **changed)

    return Axis(label, NUMBERS[name].kind, apply)


def _deepen(network: NamedNetwork, settings: TrainingSettings, blocks: Any) -> Trained:
    # The label is stored, in English as all names of runs.
    return NamedNetwork(f"{network.label}, {blocks} blocks", COST_SETTINGS[DEPTH].apply(network.spec, blocks)), settings


AXES: Mapping[str, Axis] = MappingProxyType(
    {
        "learning_rate": _setting("learning_rate", N_("Learning rate")),
        "batch_size": _setting("batch_size", N_("Batch size")),
        "momentum": _setting("momentum", N_("Momentum")),
        "weight_decay": _setting("weight_decay", N_("Weight decay")),
        DEPTH: Axis(N_("Depth, in blocks"), Whole(COST_SETTINGS[DEPTH].low, COST_SETTINGS[DEPTH].high), _deepen),
    }
)
"""What a grid may vary."""


@dataclass(frozen=True)
class Varied:
    """A setting of the grid, a key of AXES, with its values. Raises ClassError for a value that it cannot have."""

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        axis = AXES[self.name]
        label = sentence(axis.label)
        if not 2 <= len(self.values) <= MOST_VALUES or len(set(self.values)) < len(self.values):
            raise ClassError(
                sentence("{setting}: 2 to {most} different values make a grid.", setting=label, most=MOST_VALUES)
            )
        for value in self.values:
            try:
                axis.kind.check(self.name, value)
            except FieldError as error:
                raise ClassError(sentence("{setting}: {message}", setting=label, message=error.told)) from error


def read_values(name: str, text: str) -> Varied:
    """The values of a setting as they were typed, apart by spaces, commas or semicolons. Raises ClassError."""
    kind, texts = AXES[name].kind, text[:LONGEST_VALUES].replace(",", " ").replace(";", " ").split()
    read = int if isinstance(kind, Whole) else float
    try:
        return Varied(name, tuple(read(each) for each in texts))
    except ValueError as error:
        if isinstance(error, ClassError):
            raise
        told = sentence("{setting}: type numbers, such as 0.01 0.1 or 3 9 27.", setting=sentence(AXES[name].label))
        raise ClassError(told) from error


class Share(NamedTuple):
    """What one number of a shared run trains: its cell, counted from 0, its seed, each network with its settings."""

    cell: int
    seed: int
    trained: Sequence[Trained]


@dataclass(frozen=True)
class Plan:
    """A shared run as its teacher defined it. Without `varied` there is one cell: each seat is one seed.

    Raises ClassError for what is more than the bounds allow; `check` says whether everything can be trained.
    """

    networks: tuple[NamedNetwork, ...]
    settings: TrainingSettings
    varied: tuple[Varied, ...] = ()
    per_seat: int = 1

    def __post_init__(self) -> None:
        if not 1 <= len(self.networks) <= MOST_NETWORKS:
            raise ClassError(
                sentence(
                    "A shared run trains 1 to {most} networks for each seat, not {count}: choose fewer on Train.",
                    most=MOST_NETWORKS,
                    count=len(self.networks),
                )
            )
        if self.settings.steps > MOST_STEPS:
            raise ClassError(
                sentence("A shared run has at most {most:,} steps, so that a class sees its end.", most=MOST_STEPS)
            )
        if not 1 <= self.per_seat <= MOST_PER_SEAT:
            raise ClassError(sentence("Each seat has 1 to {most} runs.", most=MOST_PER_SEAT))
        if len({each.name for each in self.varied}) < len(self.varied):
            raise ClassError(N_("The two settings of the grid are the same: choose another one, or none."))
        if len(self.cells) > MOST_CELLS:
            raise ClassError(
                sentence("The grid has {count} cells; there may be {most}.", count=len(self.cells), most=MOST_CELLS)
            )

    @cached_property
    def cells(self) -> Sequence[tuple[float, ...]]:
        """The values of each cell, in the order of `varied`; one empty cell without a grid."""
        return list(product(*(each.values for each in self.varied)))

    def share(self, number: int) -> Share:
        """What is trained under a number, the first being 0. Raises SpecError and SettingsError.

        Cells are dealt in turn, and after each round comes another seed: so all cells are trained with the same seeds.
        """
        turn, cell = divmod(number, len(self.cells))
        seed = (self.settings.seed + turn) % 2**31
        settings = replace(self.settings, seed=seed)
        trained: list[Trained] = [(network, settings) for network in self.networks]
        for varied, value in zip(self.varied, self.cells[cell], strict=True):
            trained = [AXES[varied.name].apply(*each, value) for each in trained]
        return Share(cell, seed, trained)

    def check(self) -> None:
        """Returns where every cell can be trained on this machine. Raises ClassError, which names the network."""
        for number in range(len(self.cells)):
            try:
                for network, settings in self.share(number).trained:
                    check_trainable(network.spec, settings)
            except (SpecError, SettingsError) as error:
                networks, message = ", ".join(each.label for each in self.networks), SettingsError.of(error).message
                raise ClassError(sentence("{networks}: {message}.", networks=networks, message=message)) from error

    def to_json(self) -> str:
        """The plan as compact JSON."""
        networks = [{"label": each.label, "spec": each.spec.to_json()} for each in self.networks]
        varied = [{"name": each.name, "values": each.values} for each in self.varied]
        plan = {"networks": networks, "settings": self.settings.to_dict(), "varied": varied, "per_seat": self.per_seat}
        return json.dumps(plan, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that `to_json` wrote. Raises ValueError where this version cannot read it."""
        plan = json.loads(text)
        networks = [NamedNetwork(each["label"], ModelSpec.from_json(each["spec"])) for each in plan["networks"]]
        if unknown := {each["name"] for each in plan["varied"]} - set(AXES):
            raise ValueError(f"a grid cannot vary {unknown}")
        varied = [Varied(each["name"], tuple(each["values"])) for each in plan["varied"]]
        return cls(tuple(networks), TrainingSettings.from_dict(plan["settings"]), tuple(varied), plan["per_seat"])
