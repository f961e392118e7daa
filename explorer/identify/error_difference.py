"""Whether one network is wrong more often than another on the same images, and by how much."""

from math import sqrt
from typing import NamedTuple

DEVIATIONS = 2.576
"""Of the normal distribution: an interval of 99 %, since a file has several rivals."""


class ErrorDifference(NamedTuple):
    """How many percent more one network gets wrong, from `low` to `high`."""

    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether one of the two is wrong more often, beyond chance."""
        return self.low > 0 or self.high < 0


def error_difference(only_first: int, only_second: int, images: int) -> ErrorDifference:
    """The interval of the difference of two errors, first minus second, on the same images, in percent.

    `only_first` images are wrong for the first network alone, `only_second` for the second alone. Wald's interval with
    half an image added to each of the four counts (Agresti & Min 2005, "Simple improved confidence intervals for
    comparing matched proportions", Statistics in Medicine 24, section 3), which holds for small counts too.
    """
    first, second, count = only_first + 0.5, only_second + 0.5, images + 2
    difference = (first - second) / count
    spread = DEVIATIONS * sqrt(max(first + second - (first - second) ** 2 / count, 0.0)) / count
    return ErrorDifference(100 * (difference - spread), 100 * (difference + spread))
