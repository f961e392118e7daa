"""Two noises to compare gradients along a line with, and how alike neighbours in a row of vectors are.

White noise has independent steps; brown noise is the running sum of white noise, a random walk (Balduzzi et al. 2017,
section 1 and Fig. 1).
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import mul

Vector = Sequence[float]


@dataclass(frozen=True)
class Noise:
    """A row of random vectors: the cosine of two of them by their distance, and the first component of each.

    `correlations[k - 1]` is the mean cosine of vectors that are k steps apart.
    """

    correlations: tuple[float, ...]
    first: tuple[float, ...]


def cosine(one: Vector, other: Vector) -> float:
    """The cosine of the angle between two vectors, -1 to 1; NaN where one of them is 0."""
    product = math.hypot(*one) * math.hypot(*other)
    return sum(map(mul, one, other)) / product if product else math.nan


def by_distance(row: Sequence[Vector], most: int) -> tuple[float, ...]:
    """The mean cosine of vectors in `row` that are 1, 2, ..., `most` steps apart."""
    found = []
    for steps in range(1, most + 1):
        values = [cosine(one, other) for one, other in zip(row, row[steps:], strict=False)]
        found.append(sum(values) / len(values))
    return tuple(found)


@lru_cache(maxsize=64)
def white_noise(points: int, size: int, most: int, seed: int) -> Noise:
    """Independent vectors of `size` standard normal numbers, one at each of `points`."""
    return _noise(_steps(points, size, seed), most)


@lru_cache(maxsize=64)
def brown_noise(points: int, size: int, most: int, seed: int) -> Noise:
    """The running sum of the same vectors."""
    columns = [tuple(accumulate(column)) for column in zip(*_steps(points, size, seed), strict=True)]
    return _noise(list(zip(*columns, strict=True)), most)


def _steps(points: int, size: int, seed: int) -> list[tuple[float, ...]]:
    draw = random.Random(f"noise {seed}")  # noqa: S311  (a comparison, no secret)
    return [tuple(draw.gauss(0.0, 1.0) for _ in range(size)) for _ in range(points)]


def _noise(row: Sequence[Vector], most: int) -> Noise:
    return Noise(by_distance(row, most), tuple(vector[0] for vector in row))
