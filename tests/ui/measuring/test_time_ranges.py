"""Ranges of time: rounded outwards to numbers that people say, and refined while the work runs."""

import pytest

from explorer.runs.estimates import TimeRange
from explorer.ui.measuring.time_ranges import range_left, range_text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.2, 0.9, "under 1 s"),
        (0.5, 2.2, "up to 3 s"),
        (21.0, 39.0, "20 to 40 s"),
        (20.0, 20.0, "about 20 s"),
        (45.0, 100.0, "40 s to 2 min"),
        (100.0, 290.0, "1 to 5 min"),
        (4000.0, 9000.0, "60 min to 3 h"),
        (9000.0, 900_000.0, "2 to 250 h"),
    ],
)
def test_ranges_as_people_say_them(low: float, high: float, text: str) -> None:
    assert range_text(TimeRange(low, high)) == text


def test_at_first_the_estimate_counts_down_then_the_work_itself_says_more() -> None:
    before = TimeRange(20.0, 40.0)
    assert range_left(before, 5.0, 0.0) == (15.0, 35.0)
    late = range_left(before, 50.0, 0.15)
    assert 0 < late.low < late.high, "more than was estimated is over, and little is done"
    half, almost = range_left(before, 50.0, 0.5), range_left(before, 90.0, 0.9)
    assert half.low < 50.0 < half.high, "slower than estimated"
    assert almost.low < 10.0 < almost.high
    assert almost.high / almost.low < half.high / half.low
