"""The moving picture is true: its tensors are a block's, and their sum is the one that is drawn."""

import re
from xml.etree import ElementTree

import pytest

from explorer.outputs.palette import PALETTES, Palette
from explorer.ui.common.paths import asset
from explorer.ui.start.example import BlockExample, block_example
from explorer.ui.start.picture import CELL, FORK, MIDDLE, OVER, PLUS, description, residual_svg
from tests.texts import numbers

TILES = re.compile(r"<rect [^>]*/>")
palettes = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


def example(x: float, residual: float) -> BlockExample:
    return BlockExample("3", 20, 150, "layer1.1", 0, ((x,) * 8,) * 8, ((residual,) * 8,) * 8)


def test_the_sum_is_that_of_its_parts_at_every_pixel() -> None:
    found = block_example()
    assert [len(rows) for rows in (found.x, found.residual, found.sum)] == [8, 8, 8]
    for x, change, total in zip(found.x, found.residual, found.sum, strict=True):
        assert total == tuple(round(a + b, 2) for a, b in zip(x, change, strict=True))
    assert min(min(row) for row in found.x) >= 0, "x has passed a ReLU"
    assert min(min(row) for row in found.residual) < 0 < max(max(row) for row in found.residual)


def test_the_text_adds_up() -> None:
    change, x, total = (float(number) for number in re.findall(r"-?\d+\.\d+", description(block_example())))
    assert round(change + x, 2) == total
    assert numbers(description(example(0.5, -0.25)).partition("pixel")[2]) == ["-0.25", "0.5", "0.25"]


@palettes
def test_equal_values_have_equal_colours_wherever_they_are_drawn(palette: Palette) -> None:
    """x three times (in its place and on both ways), F(x) and the sum twice: 64 tiles each."""
    svg = ElementTree.fromstring(residual_svg(example(1.0, -0.5), palette))
    tiles = [each for each in svg.iter("{http://www.w3.org/2000/svg}rect") if each.get("width") == f"{CELL:.0f}"]
    counts: dict[str, int] = {}
    for tile in tiles:
        counts[tile.attrib["fill"]] = counts.get(tile.attrib["fill"], 0) + 1
    assert sorted(counts.values()) == [2 * 64, 2 * 64, 3 * 64]
    below = set(counts) & set(palette.diverging[:5])
    assert [counts[each] for each in below] == [2 * 64], "F(x) alone is below zero"


def test_the_ways_of_the_style_sheet_end_where_the_drawing_has_its_places() -> None:
    moves = set(re.findall(r"translate\((-?\d+)px, (\d+)(?:px)?\)", asset("views/residual.css")))
    half, rise = (PLUS - FORK) / 2, MIDDLE - OVER
    assert {(f"{-half:.0f}", f"{rise:.0f}"), (f"{half:.0f}", f"{rise:.0f}")} <= moves
