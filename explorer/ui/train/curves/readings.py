"""Gradient norms and branch-to-stream ratios by depth and step, collected from a run's events for a heat map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from explorer.language import N_

Value = TypeVar("Value")

MOST_ROWS = 64
"""Rows of a heat map; of more layers or blocks, evenly spaced ones are drawn."""
MOST_COLUMNS = 100
"""Columns of a heat map; of more readings, every second, every fourth, and so on is drawn."""
MOST_POINTS = 600
"""Points of a curve that are sent to the browser; a screen cannot show more."""


class Depth(NamedTuple):
    """A quantity measured at every depth: label, title, and the field of `Started` that lists where it is measured."""

    label: str
    title: str
    names: str
    about: str


DEPTHS: Mapping[str, Depth] = {
    "gradient_norms": Depth(
        N_("Gradient norm"),
        N_("norm of the gradient"),
        "layers",
        N_("The norm of the loss's gradient with respect to each layer's weights, before the step."),
    ),
    "branch_ratios": Depth(
        N_("Branch over stream"),
        N_("deviation of branch / stream"),
        "blocks",
        N_(
            "At each addition, the standard deviation of the branch divided by that of the stream it is added to. It is"
            " small where a block changes little. A plain network has no additions."
        ),
    ),
}
"""The quantities by the name of the field of `Diagnostics`."""


@dataclass
class Readings:
    """One quantity of one run: rows from the input to the output, a column for each reading that is kept."""

    names: Sequence[str] = ()
    """Names of the kept rows."""
    positions: Sequence[int] = ()
    """Positions of the kept rows among all rows, counted from 1."""
    total: int = 0
    """Rows of the run, kept or not."""
    steps: list[int] = field(default_factory=list)
    columns: list[tuple[float, ...]] = field(default_factory=list)
    _stride: int = 1
    _seen: int = 0

    def begin(self, names: Sequence[str], step: int) -> None:
        """Starts the run, or resumes it after `step`: later readings are dropped, since they are repeated."""
        kept = thinned(list(enumerate(names, 1)), MOST_ROWS)
        self.positions, self.names = [number for number, _ in kept], [name for _, name in kept]
        self.total = len(names)
        known = [(at, column) for at, column in zip(self.steps, self.columns, strict=True) if at <= step]
        self.steps, self.columns = [at for at, _ in known], [column for _, column in known]

    def add(self, step: int, values: Sequence[float]) -> None:
        """Adds a reading; one whose length is not that of the announced rows is left out."""
        if not self.names or len(values) != self.total:
            return
        if self._seen % self._stride == 0:
            self.steps.append(step)
            self.columns.append(tuple(values[position - 1] for position in self.positions))
        self._seen += 1
        if len(self.steps) > MOST_COLUMNS:
            self.steps, self.columns = self.steps[::2], self.columns[::2]
            self._stride *= 2

    def rows(self) -> list[list[float]]:
        """A list for each kept layer or block, with a value for each of `steps`."""
        return [list(row) for row in zip(*self.columns, strict=True)] if self.columns else [[] for _ in self.names]


def backward_growth(gradients: Readings, column: int = 0) -> float | None:
    """The gradient norm of the first block divided by that of the last; None where there is none, or one is zero.

    `column` counts the kept readings; 0 is the first, -1 the newest.
    """
    inside = [number for number, name in enumerate(gradients.names) if name.startswith("layer")]
    if not gradients.columns or not inside:
        return None
    first, last = gradients.columns[column][inside[0]], gradients.columns[column][inside[-1]]
    if not (math.isfinite(first) and math.isfinite(last)) or first <= 0 or last <= 0:
        return None
    return first / last


def thinned(points: Sequence[Value], most: int = MOST_POINTS) -> Sequence[Value]:
    """At most about `most` of the points, evenly, the first and the last among them."""
    if len(points) <= most:
        return points
    stride = math.ceil(len(points) / most)
    kept = list(points[::stride])
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]
