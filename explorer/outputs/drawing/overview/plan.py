"""What the overview shows, before any coordinate: columns of glyphs, long runs of equal blocks folded."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from explorer.language import _
from explorer.language.present import kept_by_language
from explorer.model import Graph, Node, PlacedBlock, Stage
from explorer.model.ops import Shape, total
from explorer.outputs import formatting
from explorer.outputs.drawing.dot import block_family, block_label, blocks_text, cost_text, folded
from explorer.outputs.drawing.op_labels import op_family, op_label, output_label
from explorer.outputs.drawing.overview.signs import Sign, signs_of
from explorer.outputs.drawing.skips import Skip, skip_of
from explorer.outputs.palette import OpFamily

UNFOLDED_BLOCKS = 18
"""Networks with no more blocks than this are drawn block by block."""
MOST_SLOTS = 24
"""Blocks and folds that stand legibly side by side."""
MOST_SIGNS = 3
"""Kinds of block of one stage whose signs are drawn."""
SHOWN_OF_A_RUN = (4, 3, 2, 1)
"""How many blocks of a folded run are drawn, tried in this order until the network fits."""


@dataclass(frozen=True)
class Glyph:
    """One feature map: a box as high as its resolution and as wide as its channels."""

    key: str
    """What it is coloured by: the block's path, or the op's in stem and head."""
    path: str
    """What a click opens: a block's path, `stem`, `head`, or `` for the image."""
    stage: str
    shape: Shape
    family: OpFamily | None
    title: str
    skip: Skip | None = None
    hidden: int = 0
    """Blocks that stand folded between this one and the next; 0 for none."""


@dataclass(frozen=True)
class Run:
    """Glyphs that stand for `count` blocks in a row; more blocks than glyphs means that some are folded."""

    glyphs: tuple[Glyph, ...]
    count: int
    opened: bool = False
    """Whether all blocks of a run that would be folded are drawn, since someone asked for it."""


@dataclass(frozen=True)
class Column:
    """The image, the stem, a stage, or the head, with the lines of text below it."""

    name: str
    lines: tuple[str, ...]
    runs: tuple[Run, ...] = field(default=())
    signs: tuple[Sign, ...] = field(default=())
    """Of the kinds of block in the stage, each once."""

    @property
    def glyphs(self) -> list[Glyph]:
        return [glyph for run in self.runs for glyph in run.glyphs]


def plan(graph: Graph, opened: Collection[str] = ()) -> list[Column]:
    """The columns of the network's picture; the stages named in `opened` are not folded."""
    shown = _shown_of_a_run(graph)
    columns = [_image_column(graph)]
    for stage in graph.stages:
        if stage.blocks[0].path:
            columns.append(_stage_column(stage, shown, stage.name in opened))
        else:
            columns.append(_ops_column(stage))
    return columns


def _shown_of_a_run(graph: Graph) -> int | None:
    """Blocks drawn of every long run; None where all are."""
    stages = [stage for stage in graph.stages if stage.blocks[0].path]
    if sum(len(stage.blocks) for stage in stages) <= UNFOLDED_BLOCKS:
        return None
    counts = [count for stage in stages for _block, count in folded(stage)]
    for shown in SHOWN_OF_A_RUN:
        if sum(count if count <= shown else shown + 1 for count in counts) <= MOST_SLOTS:
            return shown
    return SHOWN_OF_A_RUN[-1]


def _image_column(graph: Graph) -> Column:
    shape = graph.input_shape
    glyph = Glyph("image", "", "image", shape, None, _("The image: {shape}").format(shape=formatting.shape(shape)))
    return Column(_("image"), (formatting.shape(shape),), (Run((glyph,), 1),))


def _stage_column(stage: Stage, shown: int | None, opened: bool) -> Column:
    lines = (formatting.shape(stage.output_shape), blocks_text(stage))
    runs = []
    position = 0
    for _block, count in folded(stage):
        runs.append(_run(stage, position, count, shown, opened))
        position += count
    return Column(stage.name, lines, tuple(runs), signs_of(placed.block for placed in stage.blocks)[:MOST_SIGNS])


def _run(stage: Stage, position: int, count: int, shown: int | None, opened: bool) -> Run:
    """`count` equal blocks from `position` on: all, or the first few and the last."""
    places = list(range(position, position + count))
    if shown is None or count <= shown + 1:
        return Run(tuple(_block_glyph(stage.name, stage.blocks[place]) for place in places), count)
    if opened:
        return Run(tuple(_block_glyph(stage.name, stage.blocks[place]) for place in places), count, opened=True)
    drawn = [*places[: shown - 1], places[-1]] if shown > 1 else places[:1]
    hidden_after = {drawn[-2]: count - len(drawn)} if shown > 1 else {}
    return Run(
        tuple(_block_glyph(stage.name, stage.blocks[place], hidden_after.get(place, 0)) for place in drawn), count
    )


@kept_by_language(maxsize=1024)
def _block_glyph(stage: str, placed: PlacedBlock, hidden: int = 0) -> Glyph:
    block, skip = placed.block, skip_of(placed.block)
    template = (
        _("{path}, {layers}: {before} to {after}; {cost}; skip connection: {skip}")
        if skip
        else _("{path}, {layers}: {before} to {after}; {cost}; no shortcut")
    )
    title = template.format(
        path=placed.path,
        layers=block_label(block),
        before=formatting.shape(block.input_shape),
        after=formatting.shape(block.output_shape),
        cost=cost_text(block.cost),
        skip=skip.label if skip else "",
    )
    return Glyph(placed.path, placed.path, stage, block.output_shape, block_family(block), title, skip, hidden)


def _ops_column(stage: Stage) -> Column:
    """Stem or head: the ops that change the shape, one glyph each."""
    glyphs = [_op_glyph(stage, nodes) for nodes in drawn_ops(stage)]
    return Column(stage.name, (output_label(stage),), (Run(tuple(glyphs), len(glyphs)),))


def drawn_ops(stage: Stage) -> Iterator[list[Node]]:
    """The ops of stem or head in groups: one that is drawn, and those after it that keep its shape."""
    group: list[Node] = []
    for node in stage.blocks[0].block.nodes:
        if op_family(node) in {"conv", "pool", "linear"}:
            if group:
                yield group
            group = []
        group.append(node)
    if group:
        yield group


def _op_glyph(stage: Stage, nodes: list[Node]) -> Glyph:
    drawn = next((node for node in nodes if op_family(node) in {"conv", "pool", "linear"}), nodes[0])
    cost = total([node.cost for node in nodes])
    title = f"{drawn.name}, {op_label(drawn.op)}: {formatting.shape(drawn.shape)}; {cost_text(cost)}"
    return Glyph(drawn.name, stage.name, stage.name, drawn.shape, op_family(drawn), title)
