"""The aligned blocks of several networks, before any coordinate: what is the same, changed, added and removed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, NamedTuple

from explorer.model import Block, Graph, Stage
from explorer.model.ops import Shape
from explorer.outputs.drawing.dot import blocks_text
from explorer.outputs.drawing.skips import Skip, skip_of
from explorer.outputs.tables.comparison import running_order

Status = Literal["same", "changed", "added", "removed"]
"""A block against the first network's at the same place."""

UNFOLDED_PLACES = 18
"""Networks with no more places than this are drawn place by place."""
SHORTEST_FOLD = 3


class Cell(NamedTuple):
    """One network at one place. `block` is the first network's where this one has `removed` it."""

    status: Status
    block: Block
    skip: Skip | None
    skip_changed: bool
    """Whether both networks have a block here and its skip connections differ."""


class Slot(NamedTuple):
    """`blocks` places in a row that look the same in every network; a cell for each network, None where none is due."""

    path: str
    """The first place: `layer1.0`, `stem`, `head`."""
    blocks: int
    cells: tuple[Cell | None, ...]

    @property
    def name(self) -> str:
        """`layer3.6`, or `layer3.6 to 22`."""
        stage, _, number = self.path.partition(".")
        return self.path if self.blocks == 1 else f"{stage}.{number} to {int(number) + self.blocks - 1}"


class StageSide(NamedTuple):
    """A stage in one network: its output, and whether that or its number of blocks is not the first network's."""

    output_shape: Shape
    blocks: str
    """`3 blocks`, or `pool, 2 blocks`; empty for stem and head."""
    params: int
    changed: bool


@dataclass(frozen=True)
class StageSlots:
    """A stage of all networks; a side is None where a network has no such stage."""

    name: str
    slots: tuple[Slot, ...]
    sides: tuple[StageSide | None, ...]


@dataclass(frozen=True)
class Diff:
    """Networks in rows, stages in columns. The others are compared with the first network."""

    names: tuple[str, ...]
    stages: tuple[StageSlots, ...]

    def is_plain(self, row: int) -> bool:
        """Whether a network has no skip connection."""
        cells = [slot.cells[row] for stage in self.stages for slot in stage.slots]
        return not any(cell and cell.status != "removed" and cell.skip for cell in cells)

    def count(self, row: int, status: Status) -> int:
        """How many blocks of a network have this status; stem and head count as one each."""
        return sum(
            slot.blocks
            for stage in self.stages
            for slot in stage.slots
            if (cell := slot.cells[row]) is not None and cell.status == status
        )


def plan_diff(names: Sequence[str], graphs: Sequence[Graph]) -> Diff:
    """Networks aligned by stage and by the block's number in its stage; equal neighbours folded in large networks."""
    order = sorted({stage.name for graph in graphs for stage in graph.stages}, key=running_order)
    by_name = [{stage.name: stage for stage in graph.stages} for graph in graphs]
    aligned = {name: [stages.get(name) for stages in by_name] for name in order}
    places = sum(max(len(stage.blocks) for stage in stages if stage) for stages in aligned.values())
    fold = places > UNFOLDED_PLACES + 2
    return Diff(tuple(names), tuple(_stage_slots(name, stages, fold) for name, stages in aligned.items()))


def _stage_slots(name: str, stages: Sequence[Stage | None], fold: bool) -> StageSlots:
    longest = max(len(stage.blocks) for stage in stages if stage)
    places = [
        tuple(_cell(row[0], block) for block in row)
        for row in zip_longest(*([placed.block for placed in stage.blocks] if stage else [] for stage in stages))
    ]
    paths = [
        next(stage.blocks[at].path for stage in stages if stage and at < len(stage.blocks)) or name
        for at in range(longest)
    ]
    return StageSlots(name, tuple(_slots(paths, places, fold)), _sides(stages))


def _cell(first: Block | None, block: Block | None) -> Cell | None:
    if block is None:
        return Cell("removed", first, skip_of(first), False) if first else None
    skip = skip_of(block)
    if first is None:
        return Cell("added", block, skip, False)
    # The usual case by identity: equal blocks of one network are one object.
    same = block is first or (block.kind, block.input_shape, block.nodes) == (
        first.kind,
        first.input_shape,
        first.nodes,
    )
    return Cell("same" if same else "changed", block, skip, skip != skip_of(first))


def _slots(paths: Sequence[str], places: Sequence[tuple[Cell | None, ...]], fold: bool) -> Iterator[Slot]:
    start = 0
    for end in range(1, len(places) + 1):
        if end < len(places) and _look(places[end]) == _look(places[start]):
            continue
        if fold and end - start >= SHORTEST_FOLD:
            yield Slot(paths[start], end - start, places[start])
        else:
            yield from (Slot(paths[at], 1, places[at]) for at in range(start, end))
        start = end


def _look(cells: tuple[Cell | None, ...]) -> tuple[object, ...]:
    """What makes two places look the same; by identity, for blocks that repeat are one object."""
    return tuple((cell.status, id(cell.block)) if cell else None for cell in cells)


def _sides(stages: Sequence[Stage | None]) -> tuple[StageSide | None, ...]:
    first = stages[0]

    def side(stage: Stage | None) -> StageSide | None:
        if stage is None:
            return None
        blocks = blocks_text(stage) if stage.blocks[0].path else ""
        changed = first is None or (stage.output_shape, len(stage.blocks)) != (first.output_shape, len(first.blocks))
        return StageSide(stage.output_shape, blocks, stage.cost.params, changed)

    return tuple(side(stage) for stage in stages)
