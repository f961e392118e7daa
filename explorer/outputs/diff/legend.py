"""The diff picture's key: the looks of a block's statuses, and the kinds of skip connection that occur."""

from collections.abc import Mapping
from typing import NamedTuple

from explorer.language import N_, _
from explorer.outputs.diff.layout import MARGIN, TEXT_SIZE
from explorer.outputs.diff.plan import Diff, Status
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.overview.layout import text_width
from explorer.outputs.drawing.overview.legend import PAD, Item, Legend, in_rows, remark_item, skip_item
from explorer.outputs.drawing.skips import styles_of
from explorer.outputs.palette import OpFamily, Palette

ENDS = ("stem", "head")
SAMPLE, BETWEEN = 30.0, 20.0


class StatusStyle(NamedTuple):
    """How a block of a status is drawn: with a mark and a fill, so that colour alone never carries the meaning.

    The sign in the box, the box's fill (None: the surface's), the dashes of its border, and the word for it.
    """

    mark: str
    fill: OpFamily | None
    dashes: str | None
    word: str

    def fill_in(self, theme: Palette) -> str:
        """The fill in a theme; what is absent has the ground's."""
        if self.dashes:
            return theme.background
        return theme.fills[self.fill] if self.fill else theme.surface

    def stroke_in(self, theme: Palette) -> str:
        """The border in a theme."""
        return theme.muted if self.dashes else theme.main_edge


STATUS_STYLES: Mapping[Status, StatusStyle] = {
    "same": StatusStyle("", None, None, N_("as in the first")),
    "changed": StatusStyle("≠", "shortcut", None, N_("changed")),
    "added": StatusStyle("+", "activation", None, N_("added")),
    "removed": StatusStyle("−", None, "3 3", N_("removed")),
}


def legend(diff: Diff, theme: Palette, width: float, top: float) -> Legend:
    """The key in rows of at most `width`, the first with its base line at `top`; only what occurs."""
    cells = [cell for stage in diff.stages for slot in stage.slots for cell in slot.cells if cell]
    used = {cell.status for cell in cells}
    styles = styles_of(cell.skip for cell in cells if cell.skip and cell.status != "removed")
    plain = any(cell.skip is None and cell.status != "removed" and cell.block.kind not in ENDS for cell in cells)
    items = [_box_item(look, theme) for status, look in STATUS_STYLES.items() if status in used]
    items += [skip_item(style, theme, SAMPLE) for style in styles]
    items += [remark_item(_("no arch: no skip connection"), theme.text)] if plain else []
    return in_rows(items, (MARGIN, top), width, BETWEEN)


def _box_item(look: StatusStyle, theme: Palette) -> Item:
    word = _(look.word)

    def draw(x: float, y: float) -> list[str]:
        paint = {"fill": look.fill_in(theme), "stroke": look.stroke_in(theme), "stroke_dasharray": look.dashes}
        box = svg.element("rect", x=x + 8, y=y - 14, width=20, height=18, rx=4, **paint)
        mark = svg.text(look.mark, x + 18, y - 0.5, TEXT_SIZE, theme.text, text_anchor="middle", font_weight="600")
        return [box, *([mark] if look.mark else []), svg.text(word, x + SAMPLE + PAD, y, TEXT_SIZE, theme.text)]

    return Item(SAMPLE + PAD + text_width(word, TEXT_SIZE), draw)
