"""The curves of a training comparison, collected from its events: one growing set per run."""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.language import N_, _
from explorer.outputs.formatting import whole
from explorer.runs.events import Diagnostics, Evaluation, Event, Interrupted, Started, Step
from explorer.runs.records import STATES, RunRecord, StoredEvent
from explorer.ui.train.curves.readings import DEPTHS, Readings, thinned

RECENT_READINGS = 5
"""Readings of the mean speed: few enough to follow a busy machine, enough for a steady number."""


class Point(NamedTuple):
    """A value at a step and a time in seconds of training."""

    step: int
    seconds: float
    value: float


class Quantity(NamedTuple):
    """A quantity of the chart: label, title with unit, and whether it has values only where the network was tested."""

    label: str
    title: str
    percent: bool
    sparse: bool


QUANTITIES: Mapping[str, Quantity] = {
    "train_loss": Quantity(N_("Training loss"), N_("training loss (cross-entropy)"), False, False),
    "train_error": Quantity(N_("Training error"), N_("training error (%)"), True, False),
    "test_error": Quantity(N_("Test error"), N_("test error (%)"), True, True),
    "test_loss": Quantity(N_("Test loss"), N_("test loss (cross-entropy)"), False, True),
}
"""The quantities of the chart, by the name of the event's field."""


CURVE_KINDS = ("started", "step", "evaluation")
"""Kinds of events with the points of curves."""
ALL_KINDS = (*CURVE_KINDS, "diagnostics", "interrupted")
"""Kinds of events that the page of a training comparison needs."""


class Pace:
    """Steps and seconds of the last few readings; time spent on the test images is left out."""

    def __init__(self, batch_size: int = 0) -> None:
        self._batch_size = batch_size
        self._last: tuple[int, float] | None = None
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT_READINGS)

    def note(self, step: int, seconds: float, *, stepped: bool) -> None:
        """Notes that the run is at `step` after `seconds` of training; not `stepped`: the network was tested there."""
        if stepped and self._last is not None and step > self._last[0]:
            self._recent.append((step - self._last[0], seconds - self._last[1]))
        self._last = (step, seconds)

    @property
    def seconds_a_step(self) -> float | None:
        """Seconds per step, mean over the last readings; None before the second one."""
        steps, seconds = (sum(column) for column in zip(*self._recent, strict=True)) if self._recent else (0, 0.0)
        return seconds / steps if steps and seconds > 0 else None

    @property
    def images_a_second(self) -> float | None:
        """Training images per second; None before the second reading."""
        pace = self.seconds_a_step
        return self._batch_size / pace if pace and self._batch_size else None


@dataclass
class RunCurves:
    """The curves of one run by quantity, its readings by depth, its speed, and how its worker was lost."""

    points: dict[str, list[Point]] = field(default_factory=lambda: {name: [] for name in QUANTITIES})
    opening: Started | None = None
    """The last start or resumption of the run."""
    memory_bytes: int = 0
    pace: Pace = field(default_factory=Pace)
    depth: dict[str, Readings] = field(default_factory=lambda: {name: Readings() for name in DEPTHS})
    lost: Interrupted | None = None
    """The last loss of the run's worker."""
    resumed: bool = False
    """Whether another worker has resumed the run since."""

    def add(self, event: Event) -> None:
        """Adds an event."""
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Step | Evaluation):
            self._point(event)
        elif isinstance(event, Diagnostics):
            for name, readings in self.depth.items():
                readings.add(event.step, getattr(event, name))
        elif isinstance(event, Interrupted):
            self.lost, self.resumed = event, False

    def _begin(self, event: Started) -> None:
        """Starts or resumes the run. A resumed run repeats the steps after its checkpoint: the old ones are dropped."""
        self.opening, self.resumed = event, True
        self.pace = Pace(event.batch_size)
        for name, known in self.points.items():
            self.points[name] = [point for point in known if point.step <= event.step]
        for name, facts in DEPTHS.items():
            self.depth[name].begin(getattr(event, facts.names), event.step)

    def _point(self, event: Step | Evaluation) -> None:
        self.pace.note(event.step, event.seconds, stepped=isinstance(event, Step))
        if isinstance(event, Step):
            self.memory_bytes = event.peak_memory_bytes or self.memory_bytes
        for name, known in self.points.items():
            value = getattr(event, name, None)
            if value is not None and math.isfinite(value):
                known.append(Point(event.step, event.seconds, value))


@dataclass
class TrainingCurves:
    """The curves of a training comparison, and how far its events have been read."""

    comparison_id: str
    runs: dict[str, RunCurves] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def after(self, run_ids: Iterable[str]) -> dict[str, int]:
        """The id of the last known event of each run; the store is asked for the events after it."""
        return {run_id: self.last.get(run_id, 0) for run_id in run_ids}

    def add(self, news: Iterable[StoredEvent]) -> None:
        """Adds new events."""
        for stored in news:
            self.runs.setdefault(stored.run_id, RunCurves()).add(stored.event)
            self.last[stored.run_id] = stored.id

    def keep(self, run_ids: Iterable[str]) -> None:
        """Drops the curves of all other runs."""
        for gone in set(self.last) - set(run_ids):
            self.runs.pop(gone, None)
            del self.last[gone]

    def of(self, run_id: str) -> RunCurves:
        """The curves of a run; empty ones where it has not begun."""
        return self.runs.get(run_id) or RunCurves()

    def points(self, run_id: str, quantity: str) -> Sequence[Point]:
        """The points of a run's curve so far."""
        return self.runs[run_id].points[quantity] if run_id in self.runs else ()


class Band(NamedTuple):
    """Several curves as one: mean, smallest and largest value at every x of any of them."""

    x: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]


def stopped_text(run: RunRecord) -> str:
    """In which state and where a run stopped: `diverged at step 120`."""
    return _("{state} at step {step}").format(state=_(STATES[run.state].label), step=whole(run.step))


def band(curves: Iterable[Sequence[tuple[float, float]]]) -> Band:
    """The band of curves given as (x, y) with growing x; between its points a curve is a straight line.

    It is thinned like a curve. At every x it is taken over the curves that reach that x, so a run that is slower, or
    has ended early, does not shorten the band.
    """
    present = [curve for curve in curves if curve]
    found = Band([], [], [], [])
    for x in thinned(sorted({point[0] for curve in present for point in curve})):
        values = [value for curve in present if (value := _at(curve, x)) is not None]
        found.x.append(x)
        found.mean.append(sum(values) / len(values))
        found.low.append(min(values))
        found.high.append(max(values))
    return found


def _at(curve: Sequence[tuple[float, float]], x: float) -> float | None:
    """The value of a curve at x; None before its first point and after its last."""
    after = bisect_right(curve, x, key=lambda point: point[0])
    if after == 0:
        return None
    left_x, left = curve[after - 1]
    if left_x == x:
        return left
    if after == len(curve):
        return None
    right_x, right = curve[after]
    return left + (right - left) * (x - left_x) / (right_x - left_x)
