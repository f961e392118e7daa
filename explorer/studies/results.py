"""What the runs of a study say together: medians of cells, differences of pairs, and curves along each factor.

Errors are in percent, losses cross-entropies in nats. An interval reaches from the k-th smallest to the k-th largest
value, with the largest k with which it encloses the median with at least 90 % (`explorer/experiments/intervals`).
Differences are paired: both runs of a pair have the same seed, so the same order of the data. A cell in which a run
diverged has no interval and no differences: the runs that are left were chosen by their results.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from explorer.experiments.intervals import Interval, coverage, rank
from explorer.runs.events import Finished
from explorer.runs.records import RunRecord
from explorer.studies.bounds import CONFIDENCE_PERCENT
from explorer.studies.conducting import Progress
from explorer.studies.study import Cell

QUANTITIES = ("test_error", "train_error", "test_loss", "train_loss")
"""Of the end of a run: the names of the event's fields."""


@dataclass(frozen=True)
class Middle:
    """The median of some values; `interval` is None where they are too few for one."""

    values: Mapping[int, float]
    """By seed."""
    interval: Interval | None
    coverage: float = 0.0
    """With which probability, 0 to 1, the interval encloses the median of all possible seeds."""

    @property
    def median(self) -> float:
        """NaN where there is no value."""
        return median(self.values.values()) if self.values else math.nan


def middle(values: Mapping[int, float], *, whole: bool = True) -> Middle:
    """The median of values by seed; without an interval where the values are not `whole`, since runs diverged."""
    ordered, k = sorted(values.values()), rank(len(values), CONFIDENCE_PERCENT)
    if not k or not whole:
        return Middle(values, None)
    return Middle(values, Interval(ordered[k - 1], ordered[-k]), coverage(len(ordered), k))


@dataclass(frozen=True)
class CellResult:
    """A cell, the states of its runs, and the median of each quantity over those that finished."""

    cell: Cell
    states: Mapping[str, int]
    middles: Mapping[str, Middle]


@dataclass(frozen=True)
class Difference:
    """How much more `cell` has of each quantity than `base`, seed by seed."""

    cell: Cell
    base: Cell
    middles: Mapping[str, Middle]


@dataclass(frozen=True)
class Curve:
    """Cells that differ in one factor only, by its values."""

    factor: str
    name: str
    points: Sequence[tuple[float | str, CellResult]]


@dataclass(frozen=True)
class StudyResult:
    """Everything that is told of a study."""

    cells: Sequence[CellResult]
    differences: Sequence[Difference]
    curves: Sequence[Curve]


def result_of(progress: Progress) -> StudyResult:
    """The result of the runs that have finished so far."""
    cells = [_cell_result(cell, runs) for cell, runs in progress.cells]
    return StudyResult(cells, _differences(cells), _curves(cells))


def _cell_result(cell: Cell, runs: Sequence[RunRecord]) -> CellResult:
    ends = {run.seed: run.result for run in runs if run.state == "finished"}
    states = {state: len(list(group)) for state, group in groupby(sorted(run.state for run in runs))}
    whole = "diverged" not in states
    middles = {}
    for name in QUANTITIES:
        values = {seed: getattr(end, name) for seed, end in ends.items() if isinstance(end, Finished)}
        finite = {seed: value for seed, value in values.items() if math.isfinite(value)}
        middles[name] = middle(finite, whole=whole and len(finite) == len(values))
    return CellResult(cell, states, middles)


def _differences(cells: Sequence[CellResult]) -> list[Difference]:
    """Each network against the first one at the same place of the grid; with one network, each value against the first.

    A cell without a partner has none.
    """
    several = len({each.cell.network for each in cells}) > 1
    found: list[Difference] = []
    bases: dict[object, CellResult] = {}
    for each in cells:
        key = each.cell.factors if several else ()
        base = bases.setdefault(key, each)
        if base is not each and not {"diverged"} & {*base.states, *each.states}:
            found.append(Difference(each.cell, base.cell, {name: _paired(each, base, name) for name in QUANTITIES}))
    return found


def _paired(one: CellResult, other: CellResult, quantity: str) -> Middle:
    values, others = one.middles[quantity].values, other.middles[quantity].values
    return middle({seed: value - others[seed] for seed, value in values.items() if seed in others})


def _curves(cells: Sequence[CellResult]) -> list[Curve]:
    """For each factor the cells that differ in nothing else, where there are two or more."""
    found: dict[tuple[str, str], list[tuple[float | str, CellResult]]] = {}
    for each in cells:
        for factor, value in each.cell.factors:
            others = [f"{name} {one}" for name, one in each.cell.factors if name != factor]
            found.setdefault((factor, ", ".join([each.cell.network, *others])), []).append((value, each))
    return [Curve(factor, name, points) for (factor, name), points in found.items() if len(points) > 1]
