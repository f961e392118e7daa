"""Intervals of medians by order statistics: known ranks, coverage, and what is said of two networks."""

import random
from statistics import median

import pytest

from explorer.experiments.catalogue.measure import Timing
from explorer.experiments.intervals import Interval, median_interval, paired_ratio, rank


@pytest.mark.parametrize(("count", "k"), [(5, 0), (6, 1), (8, 1), (9, 2), (20, 6), (50, 18), (100, 40)])
def test_ranks_of_the_printed_tables(count: int, k: int) -> None:
    """Conover 1999, Table A3, and the well-known 40th and 61st of 100."""
    assert rank(count) == k


def test_the_interval_encloses_the_median_95_times_of_100() -> None:
    chance = random.Random(1)
    for count in (6, 15, 40):
        found = [median_interval([chance.expovariate(1.0) for _ in range(count)]) for _ in range(2000)]
        share = sum(each.holds(0.6931) for each in found) / len(found)
        assert 0.94 <= share <= 0.99, count


def test_few_values_give_their_extremes() -> None:
    assert median_interval([3.0, 1.0]) == Interval(1.0, 3.0)


def test_what_slows_both_of_a_pair_cancels() -> None:
    load = [1.0, 5.0, 1.0, 9.0, 2.0, 1.0, 3.0, 1.0, 1.0, 7.0]
    one, other = [1.2 * each for each in load], load
    found = paired_ratio(one, other)
    assert found.value == pytest.approx(1.2)
    assert found.interval == pytest.approx((1.2, 1.2))
    assert median_interval(one).overlaps(median_interval(other)), "the times alone could not tell them apart"


def test_the_summary_of_known_times() -> None:
    found = Timing("forward", 8, (4.0, 1.0, 3.0, 2.0, 100.0), (2.0, 1.0, 3.0, 2.0, 3.0))
    assert (found.repeats, found.median, found.quartiles) == (5, 3.0, (2.0, 4.0))
    assert found.images_per_second == pytest.approx(8 / 3)
    assert found.processor_share == pytest.approx(11 / 110)
    assert found.busy
    assert not Timing("forward", 8, (1.0, 1.0), (0.95, 0.95)).busy
    assert not Timing("forward", 8, (1.0, 1.0)).busy, "a graphics card does not say"


def test_the_middle_of_an_interval() -> None:
    values = [float(each) for each in range(20)]
    low, high = median_interval(values)
    assert (low, high) == (5.0, 14.0)
    assert low < median(values) < high
