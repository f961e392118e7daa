"""The network in Graphviz's language, at three levels: its stages, its blocks (repeats folded), or every op.

Skip connections are drawn at each level, in a colour of their own, and carry a class that begins with `skip`. What is
written here needs no `dot` program; `picture_files.draw` makes pictures of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import NamedTuple

from explorer.language import _, ngettext, sentence
from explorer.model import Block, Cost, Graph, Node, PlacedBlock, Stage
from explorer.model.errors import FieldError
from explorer.model.graph import BLOCK_INPUT, TRANSITION
from explorer.model.ops import Conv2d, Shape
from explorer.outputs import formatting
from explorer.outputs.drawing.dot_writer import DotWriter, SkipEnds
from explorer.outputs.drawing.op_labels import op_family, op_label
from explorer.outputs.drawing.skips import Skip, skip_of
from explorer.outputs.palette import LIGHT, OpFamily, Palette

BLOCK_OUTPUT = "y"
"""The name of the node after a block that is drawn alone."""
MOST_NODES = 4_000
"""Nodes that `dot` lays out in a few seconds."""


class DrawingError(FieldError):
    """A picture that cannot be made: `level`, `format` or `block` is at fault; the message says the way out."""


def dot_source(graph: Graph, level: str = "block", theme: Palette = LIGHT) -> str:
    """The network at `level` (`stage`, `block` or `op`).

    Raises DrawingError for an unknown level, and for more nodes than can be laid out.
    """
    if level not in LEVELS:
        raise DrawingError("level", f"{level[:40]!r} is not one of {', '.join(LEVELS)}.")
    count = LEVELS[level].count(graph)
    if count > MOST_NODES:
        names = list(LEVELS)
        coarser = [f"`{name}`" for name in names[: names.index(level)]] or [_("a smaller network")]
        raise DrawingError(
            "level",
            sentence(
                "{count} nodes are {more} more than the {most} that can be laid out; draw a coarser level ({levels}).",
                count=formatting.whole(count),
                more=formatting.whole(count - MOST_NODES),
                most=formatting.whole(MOST_NODES),
                levels=_(" or ").join(coarser),
            ),
        )
    writer = DotWriter(theme, LEVELS[level].direction, f"{level} level")
    LEVELS[level].draw(graph, writer)
    return writer.text()


def block_dot(placed: PlacedBlock, theme: Palette = LIGHT) -> str:
    """One block, op by op, from its input `x` to its output `y`."""
    writer = DotWriter(theme, "TB", placed.path or placed.block.kind)
    draw_block(writer, placed)
    return writer.text()


def draw_block(writer: DotWriter, placed: PlacedBlock) -> None:
    """One block, op by op, with a node for its input and one for its output."""
    writer.node(BLOCK_INPUT, f"x\n{formatting.shape(placed.block.input_shape)}", "plain", _("the block's input"))
    last = _draw_ops(writer, placed.block, BLOCK_INPUT, lambda node: node.name)
    writer.node(BLOCK_OUTPUT, f"y\n{formatting.shape(placed.block.output_shape)}", "plain", _("the block's output"))
    writer.edge(last, BLOCK_OUTPUT)


def find_block(graph: Graph, path: str) -> PlacedBlock:
    """The block at a path; stem and head go by their stage's name. Raises DrawingError where there is none."""
    for stage, placed in graph.placed_blocks():
        if path == (placed.path or stage.name):
            return placed
    raise DrawingError("block", sentence("there is no block called {path} in this network.", path=repr(path[:40])))


# Ops ----------------------------------------------------------------------------------------------------------------


def _draw_op_level(graph: Graph, writer: DotWriter) -> None:
    before = _draw_input(graph, writer)
    for number, stage in enumerate(graph.stages):
        if number > 1:
            writer.end_column(before)
        for placed in stage.blocks:
            with writer.cluster(placed.path or stage.name):
                before = _draw_ops(writer, placed.block, before, placed.node_path)


def _draw_ops(writer: DotWriter, block: Block, source: str, name_of: Callable[[Node], str]) -> str:
    """The block's nodes and edges; `source` makes its input. Returns the node that makes its output."""
    ids = {BLOCK_INPUT: source} | {node.name: name_of(node) for node in block.nodes}
    for node in block.nodes:
        label = op_label(node.op)
        if node is block.merge:
            writer.sum(ids[node.name], _tooltip(node.name, node.shape, node.cost))
        else:
            text = f"{node.name}\n{label}\n{formatting.shape(node.shape)}"
            writer.node(ids[node.name], text, op_family(node), _tooltip(node.name, node.shape, node.cost))
    skip = skip_of(block)
    on_shortcut = {node.name for node in block.nodes if node.role == "shortcut"}
    merge = block.merge.name if block.merge else None
    for edge in block.edges:
        if edge.skip and skip:
            ends = SkipEnds(leaves=edge.source not in on_shortcut, enters=edge.target == merge)
            writer.skip_edge(ids[edge.source], ids[edge.target], skip, ends)
        else:
            writer.edge(ids[edge.source], ids[edge.target])
    return ids[block.nodes[-1].name] if block.nodes else source


# Blocks -------------------------------------------------------------------------------------------------------------


def _draw_block_level(graph: Graph, writer: DotWriter) -> None:
    before = _draw_input(graph, writer)
    for stage in graph.stages:
        with writer.cluster(stage.name) if stage.blocks[0].path else nullcontext():
            for placed, count in folded(stage):
                before = _draw_run(writer, stage, placed, count, before)


def _draw_run(writer: DotWriter, stage: Stage, placed: PlacedBlock, count: int, before: str) -> str:
    """A block, or a run of equal ones as one node, with the sum that its skip connection leads to."""
    block, skip, name = placed.block, skip_of(placed.block), placed.path or stage.name
    times = f" {formatting.TIMES} {count}" if count > 1 else ""
    cost = Cost(*(count * amount for amount in block.cost))
    text = f"{name}{times}\n{block_label(block)}\n{formatting.shape(block.output_shape)}"
    writer.node(name, text, block_family(block), _tooltip(name + times, block.output_shape, cost))
    writer.edge(before, name)
    if skip is None:
        return name
    writer.sum(f"{name}.sum", f"{name}: F(x) + h(x)")
    writer.edge(name, f"{name}.sum")
    writer.skip_edge(before, f"{name}.sum", skip, SkipEnds(label=f"{skip.label}{times}"))
    return f"{name}.sum"


def folded(stage: Stage) -> Iterator[tuple[PlacedBlock, int]]:
    """Runs of blocks that look the same, though stochastic depth may give each a rate of its own."""
    start, count, look = stage.blocks[0], 0, None
    for placed in stage.blocks:
        block = placed.block
        mine = (block.kind, block.input_shape, block.output_shape, block.shortcut, block.cost)
        if count and mine != look:
            yield start, count
            start, count = placed, 0
        look, count = mine, count + 1
    yield start, count


def block_label(block: Block) -> str:
    """What a block is made of: `bottleneck: 1 × 1, 3 × 3, 1 × 1, 32 groups`; stem and head by their ops."""
    if block.kind in BLOCK_FAMILY:
        return "\n".join(op_label(node.op) for node in block.nodes if op_family(node) in {"conv", "pool", "linear"})
    convs = [node.op for node in block.nodes if node.role == "branch" and isinstance(node.op, Conv2d)]
    if not convs:
        return f"{_(block.kind)}: {', '.join(op_label(node.op) for node in block.nodes)}"
    kernels = ", ".join(f"{op.kernel_size} {formatting.TIMES} {op.kernel_size}" for op in convs)
    groups = max((op.groups for op in convs), default=1)
    text = f"{_(block.kind)}: {kernels}"
    return f"{text}, {_('{count} groups').format(count=groups)}" if groups > 1 else text


def block_family(block: Block) -> OpFamily:
    """The family that gives the block its colour: a transition may be a pool only."""
    return BLOCK_FAMILY.get(block.kind, "conv" if any(isinstance(node.op, Conv2d) for node in block.nodes) else "pool")


def blocks_text(stage: Stage) -> str:
    """`3 blocks`; a transition is named apart: `pool, 2 blocks`, or what it is alone."""
    count = len(stage.units)
    blocks = ngettext("{count} block", "{count} blocks", count).format(count=formatting.whole(count)) if count else ""
    return ", ".join(filter(None, (_(transition_name(stage)), blocks)))


def transition_name(stage: Stage) -> str:
    """What stands before the blocks of a stage: `pool` or `transition`; empty where nothing does."""
    first = stage.blocks[0].block
    return "" if first.kind != TRANSITION else "pool" if block_family(first) == "pool" else TRANSITION


# Stages -------------------------------------------------------------------------------------------------------------


def _draw_stage_level(graph: Graph, writer: DotWriter) -> None:
    before = _draw_input(graph, writer)
    for stage in graph.stages:
        kind = f", {_(stage.units[0].block.kind)}" if stage.units else ""
        inside = f"\n{blocks_text(stage)}{kind}" if stage.blocks[0].path else ""
        text = f"{stage.name}{inside}\n{formatting.shape(stage.output_shape)}"
        family = BLOCK_FAMILY.get(stage.blocks[0].block.kind, "conv")
        writer.node(stage.name, text, family, _tooltip(stage.name, stage.output_shape, stage.cost))
        writer.edge(before, stage.name)
        skips = Counter(skip for placed in stage.blocks if (skip := skip_of(placed.block)))
        before = _draw_stage_skip(writer, stage.name, before, skips) if skips else stage.name


def _draw_stage_skip(writer: DotWriter, name: str, before: str, skips: Mapping[Skip, int]) -> str:
    """One edge round the stage for all the skip connections inside, to the point where it leaves the stage."""
    after = f"{name}.out"
    writer.junction(after)
    writer.edge(name, after)
    label = ", ".join(f"{count} {formatting.TIMES} {skip.label}" for skip, count in skips.items())
    kinds = tuple(dict.fromkeys(kind for skip in skips for kind in skip.kinds))
    most = max(skips, key=lambda skip: skips[skip])
    writer.skip_edge(before, after, most, SkipEnds(label=label), Skip(kinds).css)
    return after


# Shared -------------------------------------------------------------------------------------------------------------


def _draw_input(graph: Graph, writer: DotWriter) -> str:
    writer.node("input", f"{_('image')}\n{formatting.shape(graph.input_shape)}", "plain", _("the input image"))
    return "input"


def _tooltip(name: str, shape: Shape, cost: Cost) -> str:
    """Shape, parameters and multiply-adds in one line."""
    return f"{name}: {formatting.shape(shape)}; {cost_text(cost)}"


def cost_text(cost: Cost) -> str:
    """`1,728 parameters, 1,769,472 MACs`."""
    counts = {"params": formatting.whole(cost.params), "macs": formatting.whole(cost.macs)}
    return _("{params} parameters, {macs} MACs").format(**counts)


BLOCK_FAMILY: Mapping[str, OpFamily] = {"stem": "conv", "head": "linear"}


class Level(NamedTuple):
    """One level of detail: how it is drawn, how many nodes that takes, and which way it runs."""

    draw: Callable[[Graph, DotWriter], None]
    count: Callable[[Graph], int]
    direction: str


LEVELS: Mapping[str, Level] = {
    "stage": Level(_draw_stage_level, lambda graph: 3 * len(graph.stages) + 1, "LR"),
    "block": Level(_draw_block_level, lambda graph: 1 + sum(2 * len([*folded(s)]) for s in graph.stages), "TB"),
    "op": Level(_draw_op_level, lambda graph: 1 + sum(len(p.block.nodes) for _, p in graph.placed_blocks()), "TB"),
}
"""The levels of detail, from coarse to fine."""
