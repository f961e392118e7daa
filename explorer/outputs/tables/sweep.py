"""One setting taken through its values: what the network costs at each, and the value of another at equal cost."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, Solution, solve_equal_cost
from explorer.analysis.network import Analysis, analyse
from explorer.language import N_, sentence
from explorer.model import ModelSpec, SpecError, assemble
from explorer.outputs.tables.table import Cell, Ratio, Table

MOST_VALUES = 64
"""Values that are tried in one sweep."""


@dataclass(frozen=True)
class Quantity:
    """What can be drawn against the setting."""

    label: str
    unit: str
    value: Callable[[Analysis], int]


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "params": Quantity(N_("Parameters"), "", lambda found: found.total.params),
        "macs": Quantity("MACs", "", lambda found: found.total.macs),
        "activations": Quantity(
            N_("Activation memory, running"), "B", lambda found: found.memory.inference_activations
        ),
        "saved": Quantity(N_("Activation memory, training"), "B", lambda found: found.memory.saved_activations),
        "depth": Quantity(N_("Layers with weights"), "", lambda found: found.graph.depth),
    }
)
"""Counts for one image; memory in bytes of 32-bit floats."""

USUAL_VALUES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "cardinality": (1, 2, 4, 8, 16, 32, 64),
        "base_width": (4, 8, 14, 24, 40, 64, 128),
        "depth": (8, 12, 16, 24, 33, 50, 66),
        "width": (25, 50, 75, 100, 150, 200, 300),
    }
)
"""The values of a setting for which an equal-cost table is made."""


@dataclass(frozen=True)
class Point:
    """The network at one value of the setting."""

    value: int
    spec: ModelSpec
    amounts: Mapping[str, int]
    """By the keys of QUANTITIES."""


@lru_cache(maxsize=512)
def amounts_of(spec: ModelSpec) -> Mapping[str, int]:
    """Every quantity of a network. Raises SpecError where its shapes do not fit."""
    found = analyse(assemble(spec))
    return MappingProxyType({key: quantity.value(found) for key, quantity in QUANTITIES.items()})


def sweep(spec: ModelSpec, setting: str, values: Iterable[int]) -> tuple[Point, ...]:
    """The network at each value of the setting, at most MOST_VALUES; values without a network are left out."""
    points = []
    for value in list(values)[:MOST_VALUES]:
        with suppress(SpecError):
            changed = COST_SETTINGS[setting].apply(spec, value)
            points.append(Point(value, changed, amounts_of(changed)))
    return tuple(points)


def spread(low: int, high: int) -> list[int]:
    """Whole numbers from `low` to `high`, all of them or, where there are too many, MOST_VALUES evenly spread."""
    if high - low < MOST_VALUES:
        return list(range(low, high + 1))
    return sorted({low + round(step * (high - low) / (MOST_VALUES - 1)) for step in range(MOST_VALUES)})


def sweep_around(spec: ModelSpec, setting: str, low: int, high: int) -> tuple[Point, ...]:
    """The sweep from `low` to `high`; the network's own value is among the points where it lies between them."""
    values, own = spread(low, high), COST_SETTINGS[setting].read(spec)
    if low <= own <= high and own not in values:
        values[values.index(min(values, key=lambda value: abs(value - own)))] = own
    return sweep(spec, setting, values)


SETTING_NAMES: Mapping[str, str] = MappingProxyType(
    {"cardinality": N_("cardinality"), "base_width": N_("base width"), "depth": N_("depth"), "width": N_("width")}
)
"""The settings of `COST_SETTINGS` in headings and titles."""


def sweep_table(names: Iterable[str], sweeps: Iterable[tuple[Point, ...]], setting: str) -> Table:
    """Every point of every network as a row, all quantities as columns."""
    keys = ("network", column_of(setting), *QUANTITIES)
    label = SETTING_NAMES[setting]
    labels = ("network", label, *(_with_unit(quantity) for quantity in QUANTITIES.values()))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, point.value, *point.amounts.values())
        for name, points in zip(names, sweeps, strict=True)
        for point in points
    )
    return Table(sentence("Turning {setting}", setting=sentence(label)), keys, labels, rows)


def column_of(setting: str) -> str:
    """The column of a setting: its name, or its unit where a quantity has that name."""
    return COST_SETTINGS[setting].unit if setting in QUANTITIES else setting


def _with_unit(quantity: Quantity) -> str:
    return f"{quantity.label.lower()}, bytes" if quantity.unit else quantity.label


def equal_cost_solutions(spec: ModelSpec, turned: str, solved: str, held: str) -> tuple[tuple[int, Solution], ...]:
    """For the usual values of `turned`: what `solved` must be so that the cost `held` stays. Unsolvable ones left out.

    With `resnet50`, cardinality turned, base width solved and parameters held this is ResNeXt's Table 2 (Xie et al.
    2017). Raises SpecError where both settings are the same.
    """
    if turned == solved:
        raise SpecError(turned, sentence("one setting cannot be both changed and solved for; choose two."))
    solutions = []
    for value in USUAL_VALUES[turned]:
        with suppress(SpecError):
            solutions.append((value, solve_equal_cost(spec, turned, value, solved, held)))
    return tuple(solutions)


def equal_cost_table(found: Iterable[tuple[int, Solution]], turned: str, solved: str, held: str) -> Table:
    """The table of `equal_cost_solutions`: the setting changed, the one solved for, the cost, and how near it comes."""
    keys = (turned, solved, *HELD, "ratio")
    asked, answered = COST_SETTINGS[turned].label, SETTING_NAMES[solved]
    cost = sentence(QUANTITIES[held].label)
    solved_label = sentence("{setting}, solved", setting=sentence(answered))
    labels = (
        SETTING_NAMES[turned],
        solved_label,
        N_("parameters"),
        N_("MACs"),
        sentence("{cost} against the aim", cost=cost),
    )
    rows: list[tuple[Cell, ...]] = [
        (value, each.value, each.cost.params, each.cost.macs, Ratio(each.ratio)) for value, each in found
    ]
    title = sentence(
        "{asked} against {answered} at equal {cost}", asked=sentence(asked), answered=sentence(answered), cost=cost
    )
    return Table(title, keys, labels, tuple(rows))
