"""The diff picture: networks in rows, their blocks one below the other, skip connections as arches over them.

What changed is shown by a mark and a fill, never by colour alone: `≠` changed, `+` added, `−` removed.
"""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from explorer.language import N_, _
from explorer.outputs import formatting
from explorer.outputs.diff.layout import (
    ARCH_HEIGHT,
    BOX_HEIGHT,
    GAP,
    HEADING,
    LINE,
    MARGIN,
    NAME_SIZE,
    TEXT_SIZE,
    Layout,
    Place,
    StagePlace,
    axis,
    lay_out,
    rows_bottom,
    side_lines,
)
from explorer.outputs.diff.legend import STATUS_STYLES, legend
from explorer.outputs.diff.plan import Cell, Diff, Slot
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.dot import cost_text
from explorer.outputs.drawing.skips import Skip
from explorer.outputs.palette import LIGHT, Palette, network_colours

BOLD: Mapping[str, str] = {"text_anchor": "middle", "font_weight": "600"}


def diff_svg(diff: Diff, theme: Palette = LIGHT) -> str:
    """The picture. Groups of class `block` carry `data-path` and `data-row`; skips have a class with `skip`."""
    layout = lay_out(diff)
    rows = len(diff.names)
    colours = network_colours(theme, [diff.is_plain(row) for row in range(rows)])
    key = legend(diff, theme, layout.width, rows_bottom(rows) + HEADING)
    return svg.picture(
        _("What differs between {names}").format(names=", ".join(diff.names)),
        diff_summary(diff),
        (0, 0, layout.width, key.bottom),
        svg.element("rect", width=layout.width, height=key.bottom, fill=theme.background),
        *(_stage_name(stage, theme) for stage in layout.stages),
        *(part for row in range(rows) for part in _row(diff, layout, row, theme, colours[row])),
        *key.parts,
    )


SKIP_CHANGED = N_(", not so in the first")
"""Behind the kind of a skip connection that the first network does not have at this place."""


def diff_summary(diff: Diff) -> str:
    """The picture in sentences."""
    sentences = [_("{name} is what the others are held against.").format(name=diff.names[0])]
    for row, name in enumerate(diff.names[1:], 1):
        counts = [
            f"{diff.count(row, status)} {_(STATUS_STYLES[status].word)}"
            for status in STATUS_STYLES
            if diff.count(row, status)
        ]
        sentences.append(f"{name}: {', '.join(counts)}.")
    return " ".join([_("Parts against the first network, stem and head among them."), *sentences])


def _stage_name(stage: StagePlace, theme: Palette) -> str:
    return svg.text(stage.stage.name, stage.middle, MARGIN + HEADING, HEADING, theme.text, **BOLD)


def _row(diff: Diff, layout: Layout, row: int, theme: Palette, colour: str) -> Iterator[str]:
    """A network: its name, its main way, its boxes with their arches, and the words below its stages."""
    y = axis(row)
    yield from _name(diff.names[row], row, theme, colour)
    standing = [
        place
        for stage in layout.stages
        for place in stage.places
        if (cell := place.slot.cells[row]) is not None and cell.status != "removed"
    ]
    way = f"M{svg.number(standing[0].x)},{svg.number(y)}H{svg.number(standing[-1].right)}"
    yield svg.element("path", class_="main", d=way, stroke=theme.main_edge, stroke_width=1.6, fill="none")
    for stage in layout.stages:
        for place in stage.places:
            cell = place.slot.cells[row]
            if cell is not None:
                yield _cell(place, cell, row, theme)
        side = stage.stage.sides[row]
        if side is not None:
            differs = side.changed and row > 0
            look: Mapping[str, str | None] = {"text_anchor": "middle", "font_weight": "600" if differs else None}
            for number, line in enumerate(side_lines(side)):
                colour = theme.text if differs else theme.muted
                yield svg.text(
                    line, stage.middle_of(row), y + BOX_HEIGHT / 2 + 15 + number * LINE, TEXT_SIZE, colour, **look
                )


def _name(name: str, row: int, theme: Palette, colour: str) -> Iterator[str]:
    """The network's name beside its row, in at most three lines, with a bar in the colour that it has in the charts."""
    y = axis(row)
    yield svg.element("rect", x=MARGIN, y=y - 22, width=4, height=44, rx=2, fill=colour)
    lines = wrap(name, 18, max_lines=3, placeholder=" …")
    for number, line in enumerate(lines):
        at = y + (number - (len(lines) - 1) / 2) * (NAME_SIZE + 3) + 4.5
        text = svg.text(line, MARGIN + 12, at, NAME_SIZE, theme.text, font_weight="600")
        yield svg.element("g", svg.title(name), text, class_="name", data_row=str(row)) if number == 0 else text


def _cell(place: Place, cell: Cell, row: int, theme: Palette) -> str:
    """A box with its mark, its count if it stands for several, and its skip connection."""
    y, look = axis(row), STATUS_STYLES[cell.status]
    paint = {"fill": look.fill_in(theme), "stroke": look.stroke_in(theme)}
    corner = {"x": place.x, "y": y - BOX_HEIGHT / 2, "width": place.width, "height": BOX_HEIGHT, "rx": 5}
    box = svg.element("rect", **corner, **paint, stroke_width=1.2, stroke_dasharray=look.dashes)
    times = f"{formatting.TIMES} {place.slot.blocks}" if place.slot.blocks > 1 else ""
    label = " ".join(filter(None, (look.mark, times)))
    texts = [svg.text(label, place.middle, y + 4.6, NAME_SIZE, theme.text, **BOLD)] if label else []
    return svg.element(
        "g",
        svg.title(cell_tooltip(place.slot, cell)),
        *_skip(place, cell, row, theme),
        box,
        *texts,
        class_=f"block {cell.status}",
        data_path=place.slot.path,
        data_row=str(row),
        data_count=str(place.slot.blocks),
    )


def cell_tooltip(slot: Slot, cell: Cell) -> str:
    """A box's tooltip."""
    block = cell.block
    cost = cost_text(block.cost)
    skip = _("skip connection: {skip}").format(skip=cell.skip.label) if cell.skip else _("no skip connection")
    return _("{place}, {status}: {kind}, {before} to {after}; {cost}; {skip}").format(
        place=slot.name,
        status=_(STATUS_STYLES[cell.status].word),
        kind=_(block.kind),
        before=formatting.shape(block.input_shape),
        after=formatting.shape(block.output_shape),
        cost=_("{cost} each").format(cost=cost) if slot.blocks > 1 else cost,
        skip=skip + (_(SKIP_CHANGED) if cell.skip_changed else ""),
    )


def _skip(place: Place, cell: Cell, row: int, theme: Palette) -> Iterator[str]:
    """The arch; a faint one where the first network has a skip connection and this one has none."""
    if cell.status == "removed":
        return
    if cell.skip is None:
        if cell.skip_changed:
            faint: Mapping[str, str | float] = {"stroke": theme.border, "stroke_width": 1.4, "stroke_dasharray": "2 4"}
            yield svg.element("path", d=_arch(place, row), fill="none", **faint, class_="gone")
        return
    yield svg.element("g", *_arch_parts(place, cell.skip, cell.skip_changed, row, theme), class_=cell.skip.css)


def _arch_parts(place: Place, skip: Skip, changed: bool, row: int, theme: Palette) -> Sequence[str]:
    colour = skip.colour(theme)
    dashes = skip.style.dashes or None
    arrival = place.right + 0.36 * GAP
    y = axis(row)
    tip = svg.points((arrival - 3.2, y - 9), (arrival + 3.2, y - 9), (arrival, y - 3))
    width = 3.4 if changed else 2.2
    return [
        svg.element(
            "path", d=_arch(place, row), fill="none", stroke=colour, stroke_width=width, stroke_dasharray=dashes
        ),
        svg.element("polygon", points=tip, fill=colour),
        svg.element("circle", cx=arrival, cy=y, r=3, fill=theme.background, stroke=colour, stroke_width=1.4),
    ]


def _arch(place: Place, row: int) -> str:
    """From the main way before the box, over it, to the addition behind it."""
    y, top = axis(row), axis(row) - BOX_HEIGHT / 2 - ARCH_HEIGHT * 0.62
    left, right, bend = place.x - 0.3 * GAP, place.right + 0.36 * GAP, 9.0
    return (
        f"M{svg.number(left)},{svg.number(y)}V{svg.number(top + bend)}"
        f"q0,{svg.number(-bend)} {svg.number(bend)},{svg.number(-bend)}H{svg.number(right - bend)}"
        f"q{svg.number(bend)},0 {svg.number(bend)},{svg.number(bend)}V{svg.number(y - 4)}"
    )
