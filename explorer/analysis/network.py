"""What a network costs, layer by layer: the rows that tables, pictures and the command line are made of.

Only arithmetic here, no words and no formatting. Identical blocks are analysed once and placed as often as they
occur. All counts are for one example (batch 1), bytes for 32-bit floats.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from explorer.analysis.memory import Memory, measure_memory, saved_by_layer
from explorer.analysis.op_memory import FLOAT_BYTES
from explorer.analysis.path_lengths import path_lengths
from explorer.analysis.receptive_field import ReceptiveField, receptive_fields
from explorer.model import Block, Cost, Graph, Stage
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import ELEMENTWISE_CATEGORIES, Shape, total

WINDOW_FIELDS = ("kernel_size", "stride", "padding", "dilation", "groups")
"""Fields of ops that layer rows repeat; an op without one has None."""


class LayerRow(NamedTuple):
    """One op at its place in the network. Shapes are `(channels, height, width)` or `(features,)`."""

    path: str
    """As in a `state_dict`: `layer1.0.conv1`."""
    stage: str
    block: str
    """Path of its block; empty in stem and head."""
    name: str
    """Path inside the block: `conv1`, `downsample.0`."""
    op: str
    """Class name of the op, which is torch's: `Conv2d`."""
    role: str
    """`branch`, `shortcut`, `gate`, `attention`, `merge`, `after`, `stem` or `head`."""
    input_shape: Shape
    output_shape: Shape
    kernel: int | None
    stride: int | None
    padding: int | None
    dilation: int | None
    groups: int | None
    params: int
    """Trainable parameters."""
    buffers: int
    """Running means and variances."""
    macs: int
    """Multiply-adds of convolutions and linear layers."""
    elementwise: int
    """Element-wise operations, of the category `elementwise_category`."""
    activations: int
    """Elements of the outputs of convolutions and linear layers (Radosavovic et al. 2020, section 3.1)."""
    elementwise_category: str

    @property
    def output_bytes(self) -> int:
        """The output alone, while it lives during inference."""
        return FLOAT_BYTES * prod(self.output_shape)

    @property
    def flops(self) -> int:
        """Two per multiply-add."""
        return 2 * self.macs


class SumRow(NamedTuple):
    """The sum over a stage's or a block's ops."""

    path: str
    """The stage's name, or the block's path (the stage's name in stem and head)."""
    stage: str
    kind: str
    """`stem`, `head`, or what the blocks are: `basic`, `bottleneck`."""
    shortcut: str
    """The block's shortcut: `identity`, `projection`, `pad`, ..., `none`; a stage's are joined by `, `."""
    blocks: int
    """Blocks in the row; stem, head and transitions are not counted."""
    input_shape: Shape
    output_shape: Shape
    params: int
    buffers: int
    macs: int
    elementwise: int
    activations: int
    elementwise_by_category: tuple[int, ...]
    """`elementwise` by category, in the order of `ELEMENTWISE_CATEGORIES`."""

    @property
    def flops(self) -> int:
        """Two per multiply-add."""
        return 2 * self.macs

    @property
    def elementwise_counts(self) -> dict[str, int]:
        """Element-wise operations by category: norm, activation, add, pool, gate."""
        return dict(zip(ELEMENTWISE_CATEGORIES, self.elementwise_by_category, strict=True))


@dataclass(frozen=True)
class Analysis:
    """Every row of a network. Receptive fields, memory and paths are computed on first use."""

    graph: Graph
    stages: tuple[SumRow, ...]
    layers: tuple[LayerRow, ...]
    total: SumRow

    @cached_property
    def blocks(self) -> tuple[SumRow, ...]:
        """One row per placed block, stem and head among them."""
        return tuple(_block_rows(self.graph))

    @cached_property
    def receptive(self) -> dict[str, ReceptiveField]:
        """Each layer's receptive field in the image, by path."""
        return receptive_fields(self.graph)

    @cached_property
    def saved(self) -> dict[str, int]:
        """Bytes that autograd keeps of each layer until the backward pass, by path. See `memory.saved_by_layer`."""
        return saved_by_layer(self.graph)

    @cached_property
    def memory(self) -> Memory:
        """Bytes needed to run and to train one example."""
        return measure_memory(self.graph)

    @cached_property
    def path_lengths(self) -> tuple[int, ...]:
        """How many paths through the network pass 0, 1, 2, ... residual branches (Veit et al. 2016, section 3)."""
        return path_lengths(self.graph)

    @cached_property
    def layers_inside(self) -> Mapping[str, Sequence[LayerRow]]:
        """The ops of every stage by its name, of every block by its path, and of the whole network as `total`."""
        inside: dict[str, list[LayerRow]] = {self.total.path: list(self.layers)}
        for row in self.layers:
            for path in {row.stage, row.block or row.stage}:
                inside.setdefault(path, []).append(row)
        return inside

    @property
    def receptive_field(self) -> ReceptiveField:
        """The field of a value of the last map, before the head pools it."""
        rows = [row for row in self.layers if row.stage != "head"]
        return self.receptive[rows[-1].path] if rows else ReceptiveField(1, 1, 1, 0)

    def share(self, row: LayerRow | SumRow, quantity: str) -> float:
        """The row's part of the network's total of `quantity` (`params`, `macs`, ...), 0 to 1."""
        whole = getattr(self.total, quantity)
        return getattr(row, quantity) / whole if whole else 0.0


def analyse(graph: Graph) -> Analysis:
    """All layer rows, stage rows and totals of `graph`, which may end early (`AssemblyError.partial`)."""
    facts: dict[int, _BlockFacts] = {}
    stage_rows: list[SumRow] = []
    layer_rows: list[LayerRow] = []
    for stage in graph.stages:
        used: list[_BlockFacts] = []
        for path, block in stage.blocks:
            found = facts.get(id(block))
            if found is None:
                found = facts[id(block)] = _analyse_block(block)
            used.append(found)
            prefix = f"{path}." if path else ""
            layer_rows += [LayerRow(prefix + name, stage.name, path, name, *rest) for name, rest in found.layers]
        stage_rows.append(_stage_row(stage, used))
    return Analysis(graph, tuple(stage_rows), tuple(layer_rows), _total_row(graph, stage_rows))


class _BlockFacts(NamedTuple):
    """A distinct block's rows without their place, and its sums."""

    layers: tuple[tuple[str, tuple[Any, ...]], ...]
    cost: Cost
    elementwise_by_category: tuple[int, ...]


def _analyse_block(block: Block) -> _BlockFacts:
    shapes = {BLOCK_INPUT: block.input_shape}
    amounts = dict.fromkeys(ELEMENTWISE_CATEGORIES, 0)
    layers = []
    for name, op, inputs, role, shape, cost, _ in block.nodes:
        shapes[name] = shape
        if op.elementwise_category != "none":
            amounts[op.elementwise_category] += cost.elementwise
        window = (getattr(op, field, None) for field in WINDOW_FIELDS)
        facts = (type(op).__name__, role, shapes[inputs[0]], shape, *window, *cost, op.elementwise_category)
        layers.append((name, facts))
    return _BlockFacts(tuple(layers), total([node.cost for node in block.nodes]), tuple(amounts.values()))


def _stage_row(stage: Stage, used: Sequence[_BlockFacts]) -> SumRow:
    first = stage.blocks[0]
    shortcuts = ", ".join(dict.fromkeys([placed.block.shortcut for placed in stage.blocks]))
    return SumRow(
        stage.name,
        stage.name,
        next(iter(stage.units), first).block.kind,
        shortcuts,
        len(stage.units),
        first.block.input_shape,
        stage.output_shape,
        *total([facts.cost for facts in used]),
        tuple(map(sum, zip(*[facts.elementwise_by_category for facts in used], strict=True))),
    )


def _total_row(graph: Graph, stages: Sequence[SumRow]) -> SumRow:
    nothing = (0,) * len(ELEMENTWISE_CATEGORIES)
    return SumRow(
        "total",
        "",
        "",
        ", ".join(dict.fromkeys([row.shortcut for row in stages if row.blocks])),
        sum(row.blocks for row in stages),
        graph.input_shape,
        graph.output_shape,
        *total([Cost(row.params, row.buffers, row.macs, row.elementwise, row.activations) for row in stages]),
        tuple(map(sum, zip(nothing, *[row.elementwise_by_category for row in stages], strict=True))),
    )


def _block_rows(graph: Graph) -> Iterator[SumRow]:
    known: dict[int, _BlockFacts] = {}
    for stage, placed in graph.placed_blocks():
        block = placed.block
        if id(block) not in known:
            known[id(block)] = _analyse_block(block)
        facts = known[id(block)]
        yield SumRow(
            placed.path or stage.name,
            stage.name,
            block.kind,
            block.shortcut,
            int(placed.is_unit),
            block.input_shape,
            block.output_shape,
            *facts.cost,
            facts.elementwise_by_category,
        )
