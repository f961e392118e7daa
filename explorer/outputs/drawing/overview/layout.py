"""The place of everything in the overview. Lengths are in units of the picture's view box."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from explorer.outputs.drawing.overview.plan import Column, Glyph
from explorer.outputs.drawing.overview.signs import Sign

WIDTH = 1000.0
"""Of a network that fits; a wider one is drawn as wide as it needs."""
MARGIN = 18.0
TALLEST, LOWEST = 190.0, 9.0
"""Heights of the largest resolution, and the least that is visible."""
AXIS = TALLEST / 2
"""Height of the main path; the largest map's upper edge is at zero."""
ARCH_LIFT = 13.0
"""From a box to the top of its arch."""
COUNT_LIFT = 29.0
"""From there to the upper edge of a folded run's count."""
LABELS = AXIS + TALLEST / 2 + 30
"""Base line of the first line of text below the columns."""
NARROWEST = 4.0
ROOMINESS_STEPS = 40
CROWDED, WIDEST = 0.16, 46.0
"""Width of a box per square root of its channels where room is short; width of the widest box where it is not."""
GAP = (13.0, 40.0)
"""Between two boxes: crowded, roomy."""
COLUMN_GAP = (9.0, 14.0)
"""Between two columns, beside the gap."""
LARGEST_SPREAD = 60.0
"""Room that may be added between two columns."""
NAME_SIZE, TEXT_SIZE = 15.0, 13.0
EM = {" ": 0.32, ",": 0.32, ".": 0.32, ":": 0.34, "×": 0.84, "i": 0.28, "l": 0.28, "t": 0.4, "m": 0.98, "w": 0.82}
"""Widths of DejaVu Sans, the widest of the usual fonts: what fits in it fits."""


class Box(NamedTuple):
    """A glyph's place: its front face, and the points on the axis where its skip connection leaves and arrives."""

    glyph: Glyph
    x: float
    width: float
    height: float
    leaves: float
    arrives: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return AXIS - self.height / 2


class RunPlace(NamedTuple):
    """The boxes of a run, and how many blocks it has in all."""

    boxes: tuple[Box, ...]
    blocks: int
    opened: bool = False

    @property
    def has_bracket(self) -> bool:
        """Whether its count stands above it: it is folded, or was opened and can be folded again."""
        return self.opened or self.blocks > len(self.boxes)


class ColumnPlace(NamedTuple):
    """A column's boxes, and where its text is centred."""

    column: Column
    runs: tuple[RunPlace, ...]
    middle: float


@dataclass(frozen=True)
class Layout:
    """The whole picture but its legend."""

    width: float
    gap: float
    columns: tuple[ColumnPlace, ...]

    @property
    def top(self) -> float:
        """Upper edge of what is drawn."""
        places = [(run, box) for column in self.columns for run in column.runs for box in run.boxes]
        return min(
            box.top - (ARCH_LIFT if box.glyph.skip else 5.0) - (COUNT_LIFT if run.has_bracket else 0.0)
            for run, box in places
        )

    @property
    def boxes(self) -> list[Box]:
        """All boxes from left to right."""
        return [box for column in self.columns for run in column.runs for box in run.boxes]


class _Scale(NamedTuple):
    thickness: float
    gap: float
    column_gap: float
    tallest: int

    def width_of(self, glyph: Glyph) -> float:
        return max(NARROWEST, self.thickness * sqrt(glyph.shape[0]))

    def height_of(self, glyph: Glyph) -> float:
        resolution = glyph.shape[1] if len(glyph.shape) > 1 else 1
        return max(LOWEST, TALLEST * sqrt(resolution / self.tallest))

    def content(self, column: Column) -> float:
        """Width of a column's boxes with a gap after each, and a second gap for what is folded."""
        folds = sum(glyph.hidden > 0 for glyph in column.glyphs)
        return sum(map(self.width_of, column.glyphs)) + self.gap * (len(column.glyphs) + 1.4 * folds)


FIRST_IDEOGRAPH = "\u2e80"
"""From this character on they are as wide as high."""


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """At least as wide as `text` is in any usual sans-serif font of `size`."""
    return size * sum(EM.get(letter, 1.0 if letter >= FIRST_IDEOGRAPH else 0.64) for letter in text)


def lay_out(columns: Sequence[Column], room_after: float = 0.0, folded: Sequence[Column] = ()) -> Layout:
    """Places all columns, as roomy as the picture's width allows; `room_after` is left free at the right.

    Where runs of `columns` are opened, `folded` are the same columns with all runs folded: these set the scale, so
    that opening a run moves what stands after it and changes nothing else.
    """
    available = WIDTH - 2 * MARGIN - room_after
    scale = _roomiest(folded or columns, available)
    needed = _needed(columns, scale)
    spread = min(max(available - needed, 0.0) / len(columns), LARGEST_SPREAD)
    width = max(WIDTH, needed + 2 * MARGIN + room_after)
    x = (width - room_after - needed - spread * (len(columns) - 1)) / 2
    places = []
    for column, closed in zip(columns, folded or columns, strict=True):
        room = _column_width(column, scale)
        # An opened stage keeps its words where they were: the middle of 200 blocks may be far off.
        place = _place_column(column, scale, x, room)
        places.append(place._replace(middle=x + _column_width(closed, scale) / 2))
        x += room + scale.column_gap + spread
    return Layout(width, scale.gap, tuple(places))


def _roomiest(columns: Sequence[Column], available: float) -> _Scale:
    """The roomiest scale at which the columns need no more than the available width, or else the most crowded."""
    glyphs = [glyph for column in columns for glyph in column.glyphs]
    tallest = max(glyph.shape[1] for glyph in glyphs if len(glyph.shape) > 1)
    thickness = (CROWDED, max(CROWDED, WIDEST / sqrt(max(glyph.shape[0] for glyph in glyphs))))
    steps = range(ROOMINESS_STEPS + 1)
    # The needed width grows with every step, so the roomiest one that fits is found by bisection.
    fitting = bisect_right(
        steps, available, key=lambda step: _needed(columns, _scale(step / ROOMINESS_STEPS, thickness, tallest))
    )
    return _scale(max(fitting - 1, 0) / ROOMINESS_STEPS, thickness, tallest)


def _scale(roominess: float, thickness: tuple[float, float], tallest: int) -> _Scale:
    """Between crowded (0) and roomy (1)."""
    per_root, gap, column_gap = (low + roominess * (high - low) for low, high in (thickness, GAP, COLUMN_GAP))
    return _Scale(per_root, gap, column_gap, tallest)


def _column_width(column: Column, scale: _Scale) -> float:
    return max(scale.content(column), _width_of_texts(column.name, column.lines, column.signs))


@lru_cache(maxsize=1024)
def _width_of_texts(name: str, lines: tuple[str, ...], signs: tuple[Sign, ...]) -> float:
    """What a column's name, lines and signs take, at any scale of its boxes."""
    texts = [text_width(name, NAME_SIZE) * 1.1, *(text_width(line, TEXT_SIZE) for line in lines)]
    return max(*texts, *(sign.width for sign in signs))


def _needed(columns: Sequence[Column], scale: _Scale) -> float:
    return sum(_column_width(column, scale) + scale.column_gap for column in columns)


def _place_column(column: Column, scale: _Scale, left: float, room: float) -> ColumnPlace:
    """Boxes side by side in the middle of their room. A skip connection leaves shortly before its box."""
    x = left + (room - scale.content(column) + scale.gap) / 2
    runs = []
    for run in column.runs:
        boxes = []
        for glyph in run.glyphs:
            width = scale.width_of(glyph)
            arrives = x + width + 0.45 * scale.gap
            boxes.append(Box(glyph, x, width, scale.height_of(glyph), x - 0.22 * scale.gap, arrives))
            x += width + scale.gap * (2.4 if glyph.hidden else 1.0)
        runs.append(RunPlace(tuple(boxes), run.count, run.opened))
    return ColumnPlace(column, tuple(runs), left + room / 2)
