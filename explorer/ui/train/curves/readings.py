"""Gradient norms and branch-to-stream ratios by depth and step, gathered from a run's events for a heat map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.ui.train.curves.thinning import thinned

MOST_ROWS = 64
"""Layers or blocks of a network that are drawn; of more, evenly spaced ones."""
MOST_COLUMNS = 100
"""Readings that are drawn; of more, every second, every fourth, and so on."""


class Depth(NamedTuple):
    """Something that is read at every depth: its names, and the field of `Started` that lists where it is read."""

    label: str
    title: str
    names: str
    about: str


DEPTHS: Mapping[str, Depth] = {
    "gradient_norms": Depth(
        "Gradient norm",
        "norm of the gradient",
        "layers",
        "The norm of the loss's gradient with respect to each layer's weights, before the step is taken.",
    ),
    "branch_ratios": Depth(
        "Branch over stream",
        "deviation of branch / stream",
        "blocks",
        "At each addition, the standard deviation of what the branch adds over that of the stream that it is added to:"
        " small where a block changes little. A plain network has no additions.",
    ),
}
"""What is drawn by depth, by the name of the field of `Diagnostics`."""


@dataclass
class Readings:
    """One quantity of one run: rows from the input to the output, a column for each reading that is kept."""

    names: Sequence[str] = ()
    """Of the kept rows."""
    positions: Sequence[int] = ()
    """Of the kept rows among all, the first being 1."""
    total: int = 0
    """Rows that the run reads."""
    steps: list[int] = field(default_factory=list)
    columns: list[tuple[float, ...]] = field(default_factory=list)
    _stride: int = 1
    _seen: int = 0

    def begin(self, names: Sequence[str], step: int) -> None:
        """The run starts, or goes on after `step`: later readings are told again."""
        kept = thinned(list(enumerate(names, 1)), MOST_ROWS)
        self.positions, self.names = [number for number, _ in kept], [name for _, name in kept]
        self.total = len(names)
        known = [(at, column) for at, column in zip(self.steps, self.columns, strict=True) if at <= step]
        self.steps, self.columns = [at for at, _ in known], [column for _, column in known]

    def add(self, step: int, values: Sequence[float]) -> None:
        """Takes a reading in; one that does not fit what the run said that it reads is left out."""
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
    """A reading's norm in the first block over that in the last; None where there is none, or one is zero.

    `column` counts the kept readings; 0 is the first, -1 the newest.
    """
    inside = [number for number, name in enumerate(gradients.names) if name.startswith("layer")]
    if not gradients.columns or not inside:
        return None
    first, last = gradients.columns[column][inside[0]], gradients.columns[column][inside[-1]]
    if not (math.isfinite(first) and math.isfinite(last)) or first <= 0 or last <= 0:
        return None
    return first / last
