"""The pieces of the overview: boxes, the main path, arches, texts, and the place where a network fails."""

from collections.abc import Iterator
from functools import cache
from textwrap import wrap

from explorer.language import _
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.overview import folds as fold
from explorer.outputs.drawing.overview.colouring import Colouring
from explorer.outputs.drawing.overview.layout import (
    ARCH_LIFT,
    AXIS,
    LABELS,
    NAME_SIZE,
    TEXT_SIZE,
    Box,
    ColumnPlace,
    Layout,
    text_width,
)
from explorer.outputs.drawing.overview.signs import ROW, drawn
from explorer.outputs.drawing.skips import Skip
from explorer.outputs.palette import Palette

LIT, SHADED = 0.4, 0.2
WHITE, BLACK = "#FFFFFF", "#000000"
"""How much lighter a box's lid is than its front, and how much darker its side."""
CORNER = 14.0
"""Radius of an arch's shoulders."""
LINE = 18.0
"""From one line of text to the next."""
FAILURE_ROOM = 250.0
"""Width kept free for the reason of a failure."""


def main_way(layout: Layout, theme: Palette) -> Iterator[str]:
    """The line through all boxes, which are drawn over it, and arrows into those that no skip connection bypasses."""
    boxes = layout.boxes
    d = f"M{svg.number(boxes[0].right)},{svg.number(AXIS)}H{svg.number(boxes[-1].x)}"
    yield svg.element("path", class_="main", d=d, stroke=theme.main_edge, stroke_width=2, fill="none")
    for place in boxes[1:]:
        if place.glyph.skip is None:
            yield _arrow(place.x, AXIS, 4.0, theme.main_edge, "right")


def _arrow(x: float, y: float, half: float, colour: str, direction: str) -> str:
    """An arrowhead with its tip at (x, y)."""
    back = 1.9 * half
    ends = (
        ((x - back, y - half), (x - back, y + half))
        if direction == "right"
        else ((x - half, y - back), (x + half, y - back))
    )
    return svg.element("polygon", points=svg.points(*ends, (x, y)), fill=colour)


def boxes(layout: Layout, theme: Palette, colours: Colouring | None) -> str:
    """All feature maps, as cuboids."""
    look: dict[str, str | float] = {"stroke": theme.main_edge, "stroke_width": 0.8, "stroke_linejoin": "round"}
    return svg.element("g", *(_box(place, theme, colours, layout.gap) for place in layout.boxes), **look)


def _box(place: Box, theme: Palette, colours: Colouring | None, gap: float) -> str:
    """A feature map: front, lid and side of a cuboid, with its tooltip."""
    glyph = place.glyph
    value = colours.values.get(glyph.key) if colours else None
    measured = f"; {colours.label}: {colours.format_value(value)}" if colours and value is not None else ""
    fill = (colours.colour(glyph.key, theme) if colours else None) or _plain_fill(place, theme)
    x, right, top = place.x, place.right, place.top
    depth = min(0.22 * gap, 6.0, place.height / 3)
    width, height, slant = svg.number(place.width), svg.number(place.height), svg.number(depth)
    lid = f"M{svg.number(x)},{svg.number(top)}l{slant},-{slant}h{width}l-{slant},{slant}z"
    side = f"M{svg.number(right)},{svg.number(top)}l{slant},-{slant}v{height}l-{slant},{slant}z"
    return svg.element(
        "g",
        svg.title(glyph.title + measured),
        svg.element("path", d=lid, fill=mixed(fill, WHITE, LIT)),
        svg.element("path", d=side, fill=mixed(fill, BLACK, SHADED)),
        svg.element("rect", x=x, y=top, width=place.width, height=place.height, fill=fill),
        class_="block" if glyph.path else "image",
        data_path=glyph.path or None,
        data_stage=glyph.stage,
    )


@cache
def mixed(colour: str, other: str, part: float) -> str:
    """`colour` with `part` of another one mixed in; `#RRGGBB` all three."""
    pairs = [(int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(mine + part * (its - mine)):02X}" for mine, its in pairs)


def _plain_fill(place: Box, theme: Palette) -> str:
    """A convolution's map in the main path's hue, strong enough for a lecture hall; others as in the block graphs."""
    family = place.glyph.family
    if family is None:
        return theme.surface
    return theme.sequential[4] if family == "conv" else theme.fills[family]


def skips(layout: Layout, theme: Palette) -> Iterator[str]:
    """An arch and an addition for every block that has a skip connection, and dots for what is folded."""
    radius = min(5.5, 0.27 * layout.gap)
    for column in layout.columns:
        for run in column.runs:
            for place, after in zip(run.boxes, (*run.boxes[1:], None), strict=True):
                skip = place.glyph.skip
                if skip:
                    yield _arch(place.leaves, place.arrives, place, skip, theme, radius)
                    yield _addition(place.arrives, theme, radius)
                if place.glyph.hidden and after:
                    yield from fold.dots(place, after, theme, radius)


def _arch(start: float, end: float, place: Box, skip: Skip, theme: Palette, radius: float) -> str:
    """From the main path over the box to the addition."""
    top = place.top - ARCH_LIFT
    shoulder = min((end - start) / 2, CORNER)
    foot = AXIS - radius
    colour = skip.colour(theme)
    d = (
        f"M{svg.number(start)},{svg.number(AXIS)}V{svg.number(top + shoulder)}"
        f"a{svg.number(shoulder)},{svg.number(shoulder)} 0 0 1 {svg.number(shoulder)},{svg.number(-shoulder)}"
        f"H{svg.number(end - shoulder)}"
        f"a{svg.number(shoulder)},{svg.number(shoulder)} 0 0 1 {svg.number(shoulder)},{svg.number(shoulder)}"
        f"V{svg.number(foot)}"
    )
    dashes = skip.style.dashes or None
    return svg.element(
        "g",
        svg.title(_("{path}, skip connection: {skip}").format(path=place.glyph.path, skip=skip.label)),
        svg.element("path", d=d, fill="none", stroke=colour, stroke_width=2.4, stroke_dasharray=dashes),
        _arrow(end, foot, min(0.7 * radius, 3.2), colour, "down"),
        svg.element("circle", cx=start, cy=AXIS, r=min(0.5 * radius, 2.2), fill=colour),
        class_=skip.css,
        data_path=place.glyph.path,
    )


def _addition(x: float, theme: Palette, radius: float) -> str:
    """A circle with a plus."""
    arm = radius * 0.6
    cross = f"M{svg.number(x - arm)},{svg.number(AXIS)}h{svg.number(2 * arm)}"
    cross += f"M{svg.number(x)},{svg.number(AXIS - arm)}v{svg.number(2 * arm)}"
    edge = theme.skip_edges["identity"]
    return svg.element(
        "g",
        svg.element("circle", cx=x, cy=AXIS, r=radius, fill=theme.fills["add"], stroke=edge, stroke_width=1.2),
        svg.element("path", d=cross, stroke=theme.text, stroke_width=1.2),
        class_="addition",
    )


def texts(place: ColumnPlace, theme: Palette) -> Iterator[str]:
    """A column's name, its lines below, and under them the signs of its kinds of block."""
    bold = {"text_anchor": "middle", "font_weight": "600"}
    yield svg.text(place.column.name, place.middle, LABELS, NAME_SIZE, theme.text, **bold)
    for number, line in enumerate(place.column.lines, 1):
        y = LABELS + number * LINE
        yield svg.text(line, place.middle, y, TEXT_SIZE, theme.muted, text_anchor="middle")
    for number, sign in enumerate(place.column.signs):
        y = LABELS + len(place.column.lines) * LINE + ROW * (number + 0.75)
        yield drawn(sign, place.middle, y, theme)


def depth_of_texts(layout: Layout) -> float:
    """From `LABELS` to the base line of the key below all columns' lines and signs."""
    columns = [place.column for place in layout.columns]
    lines = max(len(column.lines) * LINE + len(column.signs) * ROW for column in columns)
    return lines + 1.6 * LINE


def failure_text(layout: Layout, reason: str, theme: Palette) -> Iterator[str]:
    """A cross at the end of the main path, and the error."""
    last = layout.boxes[-1]
    colour, start = theme.error, (last.arrives + 8 if last.glyph.skip else last.right + 10)
    x = start + 34
    way = f"M{svg.number(start)},{svg.number(AXIS)}H{svg.number(x - 12)}"
    cross = f"M{svg.number(x - 6)},{svg.number(AXIS - 6)}l12,12m0,-12l-12,12"
    yield svg.element("path", d=way, stroke=colour, stroke_width=2, stroke_dasharray="4 3")
    yield svg.element("path", d=cross, stroke=colour, stroke_width=3, stroke_linecap="round")
    letters = int((FAILURE_ROOM - 62) / (max(0.6, text_width(reason, 1) / len(reason)) * TEXT_SIZE))
    lines = wrap(reason, letters)
    for number, line in enumerate(lines):
        y = AXIS + (number - (len(lines) - 1) / 2) * LINE + 4
        yield svg.text(line, x + 18, y, TEXT_SIZE, colour)
