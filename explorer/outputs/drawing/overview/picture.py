"""The overview: the whole network to scale of its feature maps, as one SVG picture.

Boxes stand from left to right, as high as the square root of their resolution and as wide as the square root of their
channels. A skip connection is an arch over its block, from the main way to the addition, with a colour and dashes of
its kind; long runs of equal blocks are folded.
"""

from collections import Counter
from collections.abc import Collection

from explorer.analysis.network import analyse
from explorer.language import _, ngettext
from explorer.model import Graph
from explorer.outputs import formatting
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.dot import transition_name
from explorer.outputs.drawing.op_labels import output_label
from explorer.outputs.drawing.overview import folds as fold
from explorer.outputs.drawing.overview import parts as part
from explorer.outputs.drawing.overview.colouring import Colouring, colouring
from explorer.outputs.drawing.overview.layout import LABELS, MARGIN, WIDTH, lay_out
from explorer.outputs.drawing.overview.legend import legend
from explorer.outputs.drawing.overview.plan import MOST_SIGNS, plan
from explorer.outputs.drawing.overview.signs import signs_in
from explorer.outputs.palette import LIGHT, Palette


def overview_svg(
    graph: Graph,
    theme: Palette = LIGHT,
    colour_by: Colouring | str | None = None,
    *,
    opened: Collection[str] = (),
    failure: str = "",
) -> str:
    """The picture of `graph`.

    `colour_by` is one of `colouring.METRICS` or values of one's own (a measured time, say); the stages named in
    `opened` are drawn block by block; `failure` says what is wrong after the last stage of a network that ends early
    (`AssemblyError.partial`). Groups of class `block` carry `data-path`, every skip connection a class with `skip`.
    """
    colours = colouring(analyse(graph), colour_by) if isinstance(colour_by, str) else colour_by
    layout = lay_out(plan(graph, opened), part.FAILURE_ROOM if failure else 0.0, plan(graph) if opened else ())
    key = legend(graph, theme, colours, WIDTH if opened else layout.width, LABELS + part.depth_of_texts(layout))
    top = layout.top - MARGIN
    height = key.bottom - top
    return svg.picture(
        _("The network from the image to {end}").format(end=_end(graph)),
        summary(graph),
        (0, top, layout.width, height),
        svg.element("rect", y=top, width=layout.width, height=height, fill=theme.background),
        *part.main_way(layout, theme),
        part.boxes(layout, theme, colours),
        *part.skips(layout, theme),
        *(element for column in layout.columns for element in part.texts(column, theme)),
        *(element for column in layout.columns for run in column.runs for element in fold.labels(run, theme)),
        *key.parts,
        *(part.failure_text(layout, failure, theme) if failure else ()),
        data_home=WIDTH if opened and layout.width > WIDTH else None,
    )


def _end(graph: Graph) -> str:
    """Where the network ends: at its classes, its features, or where it cannot be assembled further."""
    return output_label(graph.stages[-1]) if len(graph.output_shape) == 1 else _("where it fails")


def summary(graph: Graph) -> str:
    """The network in sentences, for those who cannot see the picture."""
    sentences = [_("Image {shape}.").format(shape=formatting.shape(graph.input_shape))]
    for stage in graph.stages:
        shapes = _("{before} to {after}").format(
            before=formatting.shape(stage.blocks[0].block.input_shape), after=formatting.shape(stage.output_shape)
        )
        if not stage.blocks[0].path:
            sentences.append(_("{stage}: {shapes}.").format(stage=stage.name, shapes=shapes))
            continue
        shortcuts = [placed.block.shortcut for placed in stage.units]
        kinds = ", ".join(f"{shortcuts.count(kind)} {_(kind)}" for kind in dict.fromkeys(shortcuts))
        counts = Counter(placed.block.kind for placed in stage.units).items()
        named = (
            _(transition_name(stage)),
            *(
                ngettext("{count} {kind} block", "{count} {kind} blocks", count).format(
                    count=formatting.whole(count), kind=_(kind)
                )
                for kind, count in counts
            ),
        )
        template = (
            _("{stage}: {blocks}, {shapes}; shortcuts: {kinds}.") if shortcuts else _("{stage}: {blocks}, {shapes}.")
        )
        blocks = ", ".join(filter(None, named))
        sentences.append(template.format(stage=stage.name, blocks=blocks, shapes=shapes, kinds=kinds))
    sentences += [f"{formatting.capitalised(sign.text)}." for sign in signs_in(graph)[:MOST_SIGNS]]
    return " ".join(sentences)
