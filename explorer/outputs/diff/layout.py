"""Where everything in the diff picture stands: one x for a place in all rows, one y for a row in all stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from explorer.language import ngettext
from explorer.outputs import formatting
from explorer.outputs.diff.plan import Diff, Slot, StageSide, StageSlots
from explorer.outputs.drawing.overview.layout import text_width

MARGIN = 16.0
NAME_WIDTH = 156.0
"""Room for the networks' names, left of the first stage."""
BOX_WIDTH, BOX_HEIGHT = 27.0, 28.0
GAP, STAGE_GAP = 15.0, 20.0
ARCH_HEIGHT = 20.0
"""From a box's upper edge to the top of its arch."""
HEADING, NAME_SIZE, TEXT_SIZE, LINE = 15.0, 14.0, 13.0, 16.0
ROW_HEIGHT = ARCH_HEIGHT + BOX_HEIGHT + 2 * LINE + 22.0
ROWS_TOP = MARGIN + HEADING + 14.0


class Place(NamedTuple):
    """A slot's box: the same left edge and width in every row."""

    slot: Slot
    x: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


class StagePlace(NamedTuple):
    """A stage's boxes, and the room it takes."""

    stage: StageSlots
    places: tuple[Place, ...]
    left: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    def middle_of(self, row: int) -> float:
        """The middle of what a network has here, moved so far that the text below it stays in the stage's room."""
        own = [place for place in self.places if place.slot.cells[row] is not None]
        side = self.stage.sides[row]
        if not own or side is None:
            return self.middle
        half = max(text_width(line, TEXT_SIZE) for line in side_lines(side)) / 2
        return min(max((own[0].x + own[-1].right) / 2, self.left + half), self.left + self.width - half)


@dataclass(frozen=True)
class Layout:
    """The picture's width and its stages from left to right."""

    width: float
    stages: tuple[StagePlace, ...]


def axis(row: int) -> float:
    """Height of a row's main way, through the middle of its boxes."""
    return ROWS_TOP + row * ROW_HEIGHT + ARCH_HEIGHT + BOX_HEIGHT / 2 + 6


def rows_bottom(rows: int) -> float:
    """Where the last row ends."""
    return ROWS_TOP + rows * ROW_HEIGHT


def side_lines(side: StageSide) -> tuple[str, ...]:
    """The text below a stage: its output, its blocks."""
    shape = side.output_shape
    output = formatting.shape(shape) if len(shape) > 1 else _outputs(shape[0])
    return (output, side.blocks) if side.blocks else (output,)


def lay_out(diff: Diff) -> Layout:
    """Stages side by side, each as wide as its boxes or its text."""
    x = MARGIN + NAME_WIDTH
    stages = []
    for stage in diff.stages:
        width = max(_content(stage.slots), _text_width(stage))
        stages.append(StagePlace(stage, _places(stage.slots, x + (width - _content(stage.slots)) / 2), x, width))
        x += width + STAGE_GAP
    return Layout(x - STAGE_GAP + MARGIN, tuple(stages))


def _box_width(slot: Slot) -> float:
    return BOX_WIDTH if slot.blocks == 1 else text_width(f"≠ {formatting.TIMES} {slot.blocks:,}", NAME_SIZE) + 14


def _content(slots: Sequence[Slot]) -> float:
    return sum(_box_width(slot) + GAP for slot in slots) - GAP


def _places(slots: Sequence[Slot], left: float) -> tuple[Place, ...]:
    places = []
    for slot in slots:
        places.append(Place(slot, left, _box_width(slot)))
        left += _box_width(slot) + GAP
    return tuple(places)


def _text_width(stage: StageSlots) -> float:
    lines = [line for side in stage.sides if side for line in side_lines(side)]
    return max(text_width(stage.name, HEADING) * 1.1, *(text_width(line, TEXT_SIZE) * 1.05 for line in lines))


def _outputs(count: int) -> str:
    return ngettext("{count} output", "{count} outputs", count).format(count=formatting.whole(count))
