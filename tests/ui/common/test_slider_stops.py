"""Stops of sliders, and lists that grow and shrink."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.common.slider_stops import FINE, extended, roomy, stops


@given(st.integers(1, 50), st.integers(51, 100_000), st.lists(st.integers(1, 100_000), max_size=4))
def test_stops_rise_and_hold_both_ends_and_the_present_values(low: int, high: int, current: list[int]) -> None:
    found = stops(low, high, current)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (low, high)
    assert {value for value in current if low <= value <= high} <= set(found)
    assert set(range(low, min(high, FINE) + 1)) <= set(found)


def test_the_papers_values_are_stops() -> None:
    assert {4, 14, 24, 32, 40, 64, 128, 256} <= set(stops(1, 1024))
    assert {32, 64, 224, 256, 320, 384, 448} <= set(stops(4, 2048))


def test_a_slider_has_room_above_the_present_value() -> None:
    assert roomy(1, 1000, [3, 4, 6, 3], 24)[-1] == 24
    assert roomy(1, 1000, [3, 4, 36, 3], 24)[-1] == 72
    assert roomy(1, 1000, [900], 24)[-1] == 1000


def test_a_list_goes_on_as_it_began() -> None:
    assert extended([64, 128, 256], 5, 8192) == [64, 128, 256, 512, 1024]
    assert extended([3, 4, 6, 3], 5, 1000) == [3, 4, 6, 3, 3]
    assert extended([3, 4, 6, 3], 2, 1000) == [3, 4]
    assert extended([4096, 8192], 3, 8192) == [4096, 8192, 8192]
