"""Thins curves to as many points as a screen can show."""

import math
from collections.abc import Sequence
from typing import TypeVar

Value = TypeVar("Value")

MOST_POINTS = 600
"""Points of a curve that are sent to the browser; a screen cannot show more."""


def thinned(points: Sequence[Value], most: int = MOST_POINTS) -> Sequence[Value]:
    """At most about `most` of the points, evenly, the first and the last among them."""
    if len(points) <= most:
        return points
    stride = math.ceil(len(points) / most)
    kept = list(points[::stride])
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]
