"""The curves of a shared run, read from the events of its runs, and what those of many seeds say together."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from explorer.runs.events import Evaluation, Event, Started, Step
from explorer.runs.records import HELD, RunRecord
from explorer.shared_runs.bounds import FEWEST_FOR_BAND

QUANTITIES = ("train_loss", "train_error", "test_error", "test_loss")
"""What is drawn: the names of the events' fields. Losses are cross-entropies in nats, errors are in percent."""
SHOWN = ("finished", "diverged", "queued", *HELD)
"""States of the runs that belong to a band. One that was stopped or failed does not: its seed is dealt again."""
Curve = Mapping[int, float]
"""Values by step."""


class Curves:
    """The curves of many runs by quantity and step, read as events come in."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, dict[int, float]]] = {}

    def add(self, run_id: str, event: Event) -> None:
        """Adds an event of a run. One that goes on from a checkpoint drops the steps after it: they are repeated."""
        curves = self._values.setdefault(run_id, {name: {} for name in QUANTITIES})
        if isinstance(event, Started):
            for name, curve in curves.items():
                curves[name] = {step: value for step, value in curve.items() if step <= event.step}
        elif isinstance(event, Step | Evaluation):
            for name, curve in curves.items():
                value = getattr(event, name, math.nan)
                if math.isfinite(value):
                    curve[event.step] = value

    def of(self, run_id: str, quantity: str) -> Curve:
        """A run's curve so far; an empty one where it has not begun."""
        return self._values.get(run_id, {}).get(quantity, {})


class Band(NamedTuple):
    """Curves as one: at each step the median over those that have come so far, and its quartiles.

    `low` and `high`, the 25 % and 75 % quantiles, are empty where there are too few curves for them.
    """

    steps: Sequence[int]
    middle: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    curves: int = 0
    """How many there are."""


def band(curves: Iterable[Curve]) -> Band:
    """The band of some curves. It ends where fewer curves come than a band needs, or than there are if those are less.

    So the last steps of the fastest run alone are not taken for those of the class.
    """
    begun = [curve for curve in curves if curve]
    at: dict[int, list[float]] = defaultdict(list)
    for curve in begun:
        for step, value in curve.items():
            at[step].append(value)
    fewest = min(FEWEST_FOR_BAND, len(begun))
    steps = sorted(step for step, values in at.items() if len(values) >= fewest)
    middle = [median(at[step]) for step in steps]
    if len(begun) < FEWEST_FOR_BAND:
        return Band(steps, middle, curves=len(begun))
    quarters = [quartiles(at[step]) for step in steps]
    return Band(steps, middle, [low for low, _high in quarters], [high for _low, high in quarters], len(begun))


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """The 25 % and 75 % quantiles, between neighbouring values in proportion."""
    low, _middle, high = quantiles(values, n=4, method="inclusive")
    return low, high


class Count(NamedTuple):
    """How many runs of a network, with the settings of one cell, are in which state."""

    finished: int
    running: int
    waiting: int
    diverged: int
    stopped: int


STATES: Mapping[str, int] = {
    **dict.fromkeys(HELD, 1),
    "finished": 0,
    "queued": 2,
    "interrupted": 2,
    "paused": 2,
    "diverged": 3,
}
"""The place in Count of each state of a run; every other one counts as stopped."""


def count(runs: Iterable[RunRecord]) -> Count:
    """The runs counted by state."""
    places = [0] * len(Count._fields)
    for run in runs:
        places[STATES.get(run.state, len(places) - 1)] += 1
    return Count(*places)
