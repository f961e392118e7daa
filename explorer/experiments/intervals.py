"""How exactly repeated measurements are known: confidence intervals of medians, and of ratios of paired values.

By order statistics, which assume nothing about the distribution of times: the k-th smallest and the k-th largest of n
values enclose the median with probability 1 - 2 P(B < k), B binomial with n and 1/2 (Conover 1999, "Practical
Nonparametric Statistics", section 3.2).
"""

from collections.abc import Sequence
from functools import lru_cache
from math import comb
from statistics import median
from typing import NamedTuple

CONFIDENCE_PERCENT = 95
FEWEST_VALUES = 6
"""Fewer values enclose their median with less than 95 % even by their extremes."""


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: float
    high: float

    def overlaps(self, other: "Interval") -> bool:
        """Whether a value lies in both."""
        return self.low <= other.high and other.low <= self.high

    def holds(self, value: float) -> bool:
        """Whether the value lies inside."""
        return self.low <= value <= self.high


class Estimate(NamedTuple):
    """A median and its interval."""

    value: float
    interval: Interval


@lru_cache(maxsize=1024)
def rank(count: int, percent: int = CONFIDENCE_PERCENT) -> int:
    """The largest k for which the k-th smallest and k-th largest of `count` values are an interval of `percent` %.

    0 where there is none. `rank(6)` is 1: the extremes. `rank(20)` is 6.
    """
    outside, found = 0, 0
    for k in range(1, count // 2 + 1):
        outside += comb(count, k - 1)
        # Exact integers: 2 P(B < k) <= 100 % - percent.
        if 100 * 2 * outside > (100 - percent) * 2**count:
            break
        found = k
    return found


def coverage(count: int, k: int) -> float:
    """With which probability, 0 to 1, the k-th smallest and the k-th largest of `count` values enclose the median."""
    return 1 - 2 * sum(comb(count, below) for below in range(k)) / float(2**count)


def median_interval(values: Sequence[float]) -> Interval:
    """The interval of 95 % of the median; of fewer than 6 values the extremes, which are less than that."""
    ordered = sorted(values)
    place = max(rank(len(ordered)), 1) - 1
    return Interval(ordered[place], ordered[-1 - place])


def paired_ratio(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """The median of `values[i] / others[i]`, with its interval: what disturbs both of a pair alike cancels."""
    ratios = [value / other for value, other in zip(values, others, strict=False)]
    return Estimate(median(ratios), median_interval(ratios))
