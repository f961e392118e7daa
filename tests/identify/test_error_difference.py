"""The interval of the difference of two errors on the same images."""

import pytest

from explorer.identify.error_difference import error_difference


def test_the_interval_is_agresti_and_mins() -> None:
    """(8.5 - 2.5) / 102 and 2.576 times the root of (11 - 36/102), divided by 102, in percent."""
    found = error_difference(8, 2, 100)
    assert found.low == pytest.approx(5.88235 - 8.24069, abs=1e-4)
    assert found.high == pytest.approx(5.88235 + 8.24069, abs=1e-4)
    assert not found.decided


@pytest.mark.parametrize(("alone", "other", "decided"), [(0, 0, False), (3, 3, False), (30, 3, True), (3, 30, True)])
def test_a_difference_is_decided_only_beyond_chance(alone: int, other: int, *, decided: bool) -> None:
    assert error_difference(alone, other, 250).decided is decided
