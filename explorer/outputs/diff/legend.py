"""The diff picture's key: what the boxes' marks mean, and the kinds of skip connection that occur."""

from typing import NamedTuple

from explorer.outputs.diff.layout import MARGIN, TEXT_SIZE
from explorer.outputs.diff.plan import Diff
from explorer.outputs.diff.status_styles import STATUS_STYLES, StatusStyle
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.overview.layout import text_width
from explorer.outputs.drawing.skips import SkipStyle, styles_of
from explorer.outputs.palette import Palette

ENDS = ("stem", "head")
SAMPLE, PAD, BETWEEN, ROW = 30.0, 8.0, 20.0, 22.0


class Legend(NamedTuple):
    """The key's elements, and where the picture ends below them."""

    parts: list[str]
    bottom: float


def legend(diff: Diff, theme: Palette, width: float, top: float) -> Legend:
    """The key in rows of at most `width`, the first with its base line at `top`; only what occurs."""
    cells = [cell for stage in diff.stages for slot in stage.slots for cell in slot.cells if cell]
    used = {cell.status for cell in cells}
    styles = styles_of(cell.skip for cell in cells if cell.skip and cell.status != "removed")
    plain = any(cell.skip is None and cell.status != "removed" and cell.block.kind not in ENDS for cell in cells)
    items = [(look.word, _sample_box(look, theme)) for status, look in STATUS_STYLES.items() if status in used]
    items += [(style.label, _sample_line(style, theme)) for style in styles]
    items += [("no arch: no skip connection", "")] if plain else []
    parts, x, y = [], MARGIN, top
    for words, sample in items:
        room = (SAMPLE + PAD if sample else 0) + text_width(words, TEXT_SIZE)
        if x > MARGIN and x + room > width - MARGIN:
            x, y = MARGIN, y + ROW
        if sample:
            parts.append(svg.element("g", sample, transform=f"translate({svg.number(x)} {svg.number(y)})"))
        parts.append(svg.text(words, x + (SAMPLE + PAD if sample else 0), y, TEXT_SIZE, theme.text))
        x += room + BETWEEN
    return Legend(parts, y + MARGIN)


def _sample_box(look: StatusStyle, theme: Palette) -> str:
    box = svg.element(
        "rect",
        x=8,
        y=-14,
        width=20,
        height=18,
        rx=4,
        fill=look.fill_in(theme),
        stroke=look.stroke_in(theme),
        stroke_dasharray=look.dashes,
    )
    mark = svg.text(look.mark, 18, -0.5, TEXT_SIZE, theme.text, text_anchor="middle", font_weight="600")
    return box + (mark if look.mark else "")


def _sample_line(style: SkipStyle, theme: Palette) -> str:
    colour = theme.skip_edges[style.colour]
    return svg.element(
        "path", d=f"M0,-4h{svg.number(SAMPLE)}", stroke=colour, stroke_width=3, stroke_dasharray=style.dashes or None
    )
