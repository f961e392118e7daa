"""How a block of each status is drawn: with a mark and a fill, so that colour alone never carries the meaning."""

from collections.abc import Mapping
from typing import NamedTuple

from explorer.outputs.diff.plan import Status
from explorer.outputs.palette import OpFamily, Palette


class StatusStyle(NamedTuple):
    """The sign in the box, the box's fill (None: the surface's), the dashes of its border, and the word for it."""

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
    "same": StatusStyle("", None, None, "as in the first"),
    "changed": StatusStyle("≠", "shortcut", None, "changed"),
    "added": StatusStyle("+", "activation", None, "added"),
    "removed": StatusStyle("−", None, "3 3", "removed"),
}
