"""The overview's key: kinds of skip connection, the scale of colours, and what the boxes' sizes mean."""

from collections.abc import Callable
from typing import NamedTuple

from explorer.model import Graph
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.colouring import Colouring
from explorer.outputs.drawing.overview.layout import MARGIN, TEXT_SIZE, text_width
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


class _Item(NamedTuple):
    """One entry: its width, and its elements when it starts at x with its text's base line at y."""

    width: float
    draw: Callable[[float, float], list[str]]


def legend(graph: Graph, theme: Palette, colours: Colouring | None, width: float, top: float) -> Legend:
    """The key in rows of at most `width`, the first with its base line at `top`."""
    items = [_skip_item(style, theme) for style in styles_of(skips_of(graph))]
    if not items and any(stage.blocks[0].path for stage in graph.stages):
        items.append(_words_item("plain network: no shortcuts", theme))
    if colours is not None:
        items.append(_scale_item(colours, theme))
    items.append(_words_item("height: √ resolution, width: √ channels", theme))
    parts, x, y = [], MARGIN, top
    for item in items:
        if x > MARGIN and x + item.width > width - MARGIN:
            x, y = MARGIN, y + ROW
        parts += item.draw(x, y)
        x += item.width + BETWEEN
    return Legend(parts, y + MARGIN)


def _skip_item(style: SkipStyle, theme: Palette) -> _Item:
    colour = theme.skip_edges[style.colour]

    def draw(x: float, y: float) -> list[str]:
        d = f"M{svg.number(x)},{svg.number(y - 4)}h{svg.number(SAMPLE)}"
        line = svg.element("path", d=d, stroke=colour, stroke_width=3, stroke_dasharray=style.dashes or None)
        return [line, svg.text(style.label, x + SAMPLE + PAD, y, TEXT_SIZE, theme.text)]

    return _Item(SAMPLE + PAD + text_width(style.label, TEXT_SIZE), draw)


def _scale_item(colours: Colouring, theme: Palette) -> _Item:
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

    return _Item(start + BAR + PAD + text_width(after, TEXT_SIZE), draw)


def _words_item(words: str, theme: Palette) -> _Item:
    width = text_width(words, TEXT_SIZE)
    return _Item(width, lambda x, y: [svg.text(words, x, y, TEXT_SIZE, theme.muted)])
