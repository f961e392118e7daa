"""The overview's key: kinds of skip connection, marks of blocks, the scale of colours, what the boxes' sizes mean."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from explorer.language import _
from explorer.model import Graph
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.overview.colouring import Colouring
from explorer.outputs.drawing.overview.layout import MARGIN, TEXT_SIZE, text_width
from explorer.outputs.drawing.overview.signs import Mark, key_mark, key_of, signs_in
from explorer.outputs.drawing.skips import SkipStyle, skips_of, styles_of
from explorer.outputs.palette import Palette

SAMPLE = 34.0
"""Length of a sample line."""
BAR = 130.0
"""Length of the scale of colours."""
BETWEEN, ROW, PAD = 22.0, 22.0, 8.0


class Legend(NamedTuple):
    """The key's elements, and where the picture ends below them."""

    parts: list[str]
    bottom: float


class Item(NamedTuple):
    """One entry: its width, and its elements when it starts at x with its text's base line at y."""

    width: float
    draw: Callable[[float, float], list[str]]


def legend(graph: Graph, theme: Palette, colours: Colouring | None, width: float, top: float) -> Legend:
    """The key in rows of at most `width`, the first with its base line at `top`."""
    items = [skip_item(style, theme, SAMPLE) for style in styles_of(skips_of(graph))]
    if not items and any(stage.blocks[0].path for stage in graph.stages):
        items.append(remark_item(_("plain network: no shortcuts"), theme.muted))
    if marks := key_of(signs_in(graph)):
        items += [remark_item(_("in a block:"), theme.muted), *(_mark_item(mark, theme) for mark in marks)]
    if colours is not None:
        items.append(_scale_item(colours, theme))
    items.append(remark_item(_("height: √ resolution, width: √ channels"), theme.muted))
    return in_rows(items, (MARGIN, top), width, BETWEEN)


def in_rows(items: Iterable[Item], start: tuple[float, float], width: float, between: float) -> Legend:
    """The entries in rows between two margins of a picture; the first starts at `start`, its text's base line."""
    margin, y = start
    x, parts = margin, []
    for item in items:
        if x > margin and x + item.width > width - margin:
            x, y = margin, y + ROW
        parts += item.draw(x, y)
        x += item.width + between
    return Legend(parts, y + margin)


def skip_item(style: SkipStyle, theme: Palette, sample: float) -> Item:
    """A kind of skip connection: a line as long as `sample`, and its name."""
    colour = theme.skip_edges[style.colour]

    def draw(x: float, y: float) -> list[str]:
        d = f"M{svg.number(x)},{svg.number(y - 4)}h{svg.number(sample)}"
        line = svg.element("path", d=d, stroke=colour, stroke_width=3, stroke_dasharray=style.dashes or None)
        return [line, svg.text(style.label, x + sample + PAD, y, TEXT_SIZE, theme.text)]

    return Item(sample + PAD + text_width(style.label, TEXT_SIZE), draw)


def _mark_item(mark: Mark, theme: Palette) -> Item:
    """A mark of the blocks' signs, and its name."""

    def draw(x: float, y: float) -> list[str]:
        return [key_mark(mark, x, y - 4, theme), svg.text(mark.label, x + mark.width + PAD, y, TEXT_SIZE, theme.text)]

    return Item(mark.width + PAD + text_width(mark.label, TEXT_SIZE), draw)


def _scale_item(colours: Colouring, theme: Palette) -> Item:
    """`MACs 0 [bar] 231.2 M`."""
    before, after = f"{colours.label}:  0", colours.format_value(colours.largest)
    start = text_width(before, TEXT_SIZE) + PAD
    step = BAR / len(theme.sequential)

    def draw(x: float, y: float) -> list[str]:
        return [
            svg.text(before, x + start - PAD, y, TEXT_SIZE, theme.text, text_anchor="end"),
            *(
                svg.element("rect", x=x + start + place * step, y=y - 10, width=step + 0.3, height=11, fill=colour)
                for place, colour in enumerate(theme.sequential)
            ),
            svg.text(after, x + start + BAR + PAD, y, TEXT_SIZE, theme.text),
        ]

    return Item(start + BAR + PAD + text_width(after, TEXT_SIZE), draw)


def remark_item(remark: str, colour: str) -> Item:
    """A remark in one colour."""
    return Item(text_width(remark, TEXT_SIZE), lambda x, y: [svg.text(remark, x, y, TEXT_SIZE, colour)])
