"""Rows of convolutions read as residual units, and the stages' transitions."""

from itertools import islice

import pytest

from explorer.identify.bodies import MOST_PARSES, bodies
from explorer.identify.readings import Body, Convolution


def row(*convolutions: tuple[int, int, int]) -> list[Convolution]:
    """Convolutions in a row: output channels, input channels of a group, side of the kernel."""
    return [
        Convolution(place, f"layer{place}.conv", *sides, biased=False, matrix=False)
        for place, sides in enumerate(convolutions)
    ]


def read(found: list[Body], block: str) -> list[tuple[int, int, int]]:
    """Inner channels, outputs and groups of the units of the first reading as a block, without transitions."""
    body = next(each for each in found if each.block == block and not each.transitions)
    return [(unit.inner, unit.out, unit.groups) for unit in body.units]


def test_two_squares_are_a_basic_unit_and_each_may_be_a_single_one() -> None:
    found = list(bodies(row((16, 16, 3), (16, 16, 3), (32, 16, 3), (32, 32, 3)), 16))
    assert read(found, "basic") == [(16, 16, 1), (32, 32, 1)]
    assert read(found, "single") == [(16, 16, 1), (16, 16, 1), (32, 32, 1), (32, 32, 1)]
    assert not [each for each in found if each.block == "bottleneck"]


def test_an_odd_number_of_squares_is_no_row_of_pairs() -> None:
    found = list(bodies(row((16, 16, 3), (16, 16, 3), (32, 16, 3)), 16))
    assert [each.block for each in found if not each.transitions] == ["single"]


def test_a_square_and_what_reads_it_are_a_bottleneck_in_any_order_of_its_container() -> None:
    sides = ((16, 64, 1), (16, 4, 3), (64, 16, 1))
    assert read(list(bodies(row(*sides), 64)), "bottleneck") == [(16, 64, 4)]
    names = ("block.reduce", "block.middle", "block.expand")
    named = [each._replace(name=name) for each, name in zip(row(*sides), names, strict=True)]
    last_first = [named[place]._replace(place=number) for number, place in enumerate((2, 1, 0))]
    assert read(list(bodies(last_first, 64)), "bottleneck") == [(16, 64, 4)]


def test_the_projection_of_the_next_unit_does_not_end_a_bottleneck() -> None:
    sides = ((16, 64, 1), (16, 16, 3), (64, 16, 1), (32, 64, 1), (32, 32, 3), (128, 32, 1), (128, 64, 1))
    assert read(list(bodies(row(*sides), 64)), "bottleneck") == [(16, 64, 1), (32, 128, 1)]


def test_a_narrow_convolution_before_each_square() -> None:
    found = list(bodies(row((8, 16, 1), (16, 8, 3), (8, 16, 1), (16, 8, 3)), 16))
    assert read(found, "narrow_wide") == [(8, 16, 1), (8, 16, 1)]


def test_a_transition_reads_all_channels_and_units_keep_them() -> None:
    sides = ((16, 8, 3), (16, 16, 3), (16, 16, 3), (32, 16, 3), (32, 32, 3), (32, 32, 3))
    found = [each for each in bodies(row(*sides), 8) if each.transitions == (16, 32)]
    basic = next(each for each in found if each.block == "basic")
    assert basic.transition_places == (0, 1)
    assert [(unit.inner, unit.out) for unit in basic.units] == [(16, 16), (32, 32)]


@pytest.mark.parametrize("length", [40, 400])
def test_readings_with_transitions_are_few_where_many_are_possible(length: int) -> None:
    """All convolutions have the same channels, so that a transition may be anywhere."""
    found = [each for each in bodies(row(*[(16, 16, 3)] * length), 16) if each.transitions]
    assert 1 <= len(found) <= 4 * MOST_PARSES


def test_without_squares_there_are_no_units() -> None:
    assert list(islice(bodies(row((64, 64, 1), (10, 64, 1)), 64), 1)) == []
