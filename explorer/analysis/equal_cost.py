"""Equal cost, another shape: change one setting of a network and solve for another so that its cost stays.

Reproduces the way ResNeXt's Table 2 was made (Xie et al. 2017, section 3.3 and Table 2: cardinality 1, 2, 4, 8, 32
against a bottleneck width of 64, 40, 24, 14, 4 at about 70 thousand parameters a block).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from explorer.language import N_, sentence
from explorer.model import CONTROLS, Cost, ModelSpec, SpecError, assemble
from explorer.model.changes import with_blocks
from explorer.model.field_types import Whole

WIDEST_FACTOR_PERCENT = 800


@dataclass(frozen=True)
class CostSetting:
    """A whole number that sets one dimension of a network; more of it never costs less."""

    label: str
    unit: str
    help: str
    low: int
    high: int
    read: Callable[[ModelSpec], int]
    """The setting's value in a spec; for a factor, 100 per cent."""
    apply: Callable[[ModelSpec, int], ModelSpec]
    """The spec with the setting at a value. Raises SpecError where there is no such network."""


@dataclass(frozen=True)
class Solution:
    """The network found, the value of the setting that was solved for, and how near its cost came."""

    spec: ModelSpec
    value: int
    cost: Cost
    ratio: float
    """Cost held, over the cost aimed at; 1.0 is exactly equal."""


def _field(name: str) -> CostSetting:
    control = CONTROLS[name]
    assert isinstance(control.kind, Whole)
    return CostSetting(
        label=control.label,
        unit="",
        help=control.help,
        low=control.kind.low,
        high=control.kind.high,
        read=lambda spec: int(getattr(spec, name)),
        apply=lambda spec, value: _with(spec, name, value),
    )


def _with(spec: ModelSpec, name: str, value: int) -> ModelSpec:
    fields: dict[str, Any] = {name: value}
    return replace(spec, **fields)


def with_width_percent(spec: ModelSpec, percent: int) -> ModelSpec:
    """The spec with every stage's width at `percent` of what it is, rounded to a multiple of the cardinality."""
    step = spec.cardinality
    widths = tuple(max(step, round(width * percent / 100 / step) * step) for width in spec.stage_widths)
    return replace(spec, stage_widths=widths)


COST_SETTINGS: Mapping[str, CostSetting] = MappingProxyType(
    {
        "cardinality": _field("cardinality"),
        "base_width": _field("base_width"),
        "depth": CostSetting(
            label=N_("Depth"),
            unit=N_("blocks"),
            help=N_("Blocks in all, shared out over the stages in the proportions they have."),
            low=1,
            high=1000,
            read=lambda spec: sum(spec.stage_blocks),
            apply=with_blocks,
        ),
        "width": CostSetting(
            label=N_("Width"),
            unit=N_("% of now"),
            help=N_("A factor on every stage's width."),
            low=1,
            high=WIDEST_FACTOR_PERCENT,
            read=lambda spec: 100,
            apply=with_width_percent,
        ),
    }
)

HELD: Mapping[str, Callable[[Cost], int]] = MappingProxyType(
    {"params": lambda cost: cost.params, "macs": lambda cost: cost.macs}
)
"""What can be held: trainable parameters or MACs of the whole network."""


def solve(spec: ModelSpec, target: int, held: str, solved: str) -> Solution:
    """The value of the setting `solved` at which `spec`'s cost comes nearest to `target`.

    Bisects, since a setting's cost only grows; values with no network (a cardinality that divides nothing) are passed
    over upwards. Raises SpecError naming the setting where no value gives a network.
    """
    setting = COST_SETTINGS[solved]
    measure = HELD[held]
    low, high = setting.low, setting.high
    candidates: dict[int, ModelSpec] = {}
    while low <= high:
        middle = (low + high) // 2
        found = next(_networks(spec, setting, middle, high), None)
        if found is None:
            high = middle - 1
            continue
        value, candidate = found
        candidates[value] = candidate
        if measure(assemble(candidate).cost) < target:
            low = value + 1
        else:
            high = middle - 1
    if not candidates:
        raise SpecError(
            solved, sentence("no value from {low} to {high} gives a network here.", low=setting.low, high=setting.high)
        )
    value, nearest = min(candidates.items(), key=lambda item: abs(measure(assemble(item[1]).cost) - target))
    cost = assemble(nearest).cost
    return Solution(nearest, value, cost, measure(cost) / target)


def solve_equal_cost(spec: ModelSpec, turned: str, value: int, solved: str, held: str) -> Solution:
    """Set one setting to `value`, and solve for another so that the cost `held` stays `spec`'s. Raises SpecError."""
    if turned == solved:
        raise SpecError(turned, sentence("one setting cannot be both changed and solved for; choose two."))
    target = HELD[held](assemble(spec).cost)
    return solve(COST_SETTINGS[turned].apply(spec, value), target, held, solved)


def _networks(spec: ModelSpec, setting: CostSetting, start: int, end: int) -> Iterator[tuple[int, ModelSpec]]:
    for value in range(start, end + 1):
        try:
            yield value, setting.apply(spec, value)
        except SpecError:
            continue
