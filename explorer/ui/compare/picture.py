"""The diff picture on the Compare page, and the ops of the block that was clicked."""

from functools import lru_cache, partial

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.outputs.diff import diff_svg, diff_words, op_table, plan_diff
from explorer.outputs.diff.plan import Diff
from explorer.outputs.drawing import DrawingError
from explorer.outputs.drawing.picture_files import render_svg
from explorer.outputs.palette import PALETTES
from explorer.outputs.tables.comparison import Comparison
from explorer.ui.common import components, theme
from explorer.ui.common.tables import show_table
from explorer.ui.common.widget_values import if_moved, show_value
from explorer.ui.compare.setup import CompareSetup

ROW_PIXELS, FRAME_PIXELS, MOST_PIXELS = 118, 110, 620
READABLE = 0.52
"""The smallest scale at which the picture is first shown; a larger picture can be moved."""
MIME = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def plan_of(comparison: Comparison) -> Diff:
    """The aligned blocks of a comparison."""
    return plan_diff(comparison.names, [analysis.graph for analysis in comparison.analyses])


def picture(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the picture; a click on a block shows its differences, op by op."""
    diff = plan_of(comparison)
    components.drawing(
        diff_svg(diff, theme.current()),
        diff_words(diff),
        key="compare.diff",
        height=min(FRAME_PIXELS + ROW_PIXELS * len(comparison.names), MOST_PIXELS),
        smallest=READABLE,
        on_chosen=lambda path: _choose(setup, path),
    )


def downloads(comparison: Comparison) -> None:
    """Draws the picture's downloads, in the colours of the light theme."""
    diff = plan_of(comparison)
    with st.popover("Picture", icon=":material/download:", key="compare.picture"):
        for file_format, mime in MIME.items():
            if file_format == "svg" or _can_convert():
                st.download_button(
                    file_format.upper(),
                    partial(_file, diff, file_format),
                    f"comparison.{file_format}",
                    mime,
                    key=f"compare.diff.{file_format}",
                    icon=":material/download:",
                    on_click="ignore",
                )


def _file(diff: Diff, file_format: str) -> bytes:
    return render_svg(diff_svg(diff, PALETTES["light"]), file_format)


@lru_cache(maxsize=1)
def _can_convert() -> bool:
    """Whether this server can convert SVG pictures."""
    try:
        render_svg('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "png")
    except DrawingError:
        return False
    return True


def _choose(setup: CompareSetup, path: str) -> None:
    setup.choices["block"] = path
    setup.choices["show"] = "block"


def first_difference(diff: Diff) -> str:
    """The path of the first block where a network differs from the first one; the first block where none does."""
    places = [slot for stage in diff.stages for slot in stage.slots]
    for slot in places:
        if any(cell and cell.status != "same" for cell in slot.cells):
            return slot.path
    return places[1].path


def block_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the ops that differ in one block."""
    diff = plan_of(comparison)
    places = [placed for analysis in comparison.analyses for placed in _paths(analysis)]
    options = sorted(set(places), key=lambda path: [stage.name for stage in diff.stages].index(path.partition(".")[0]))
    chosen = setup.choices["block"] if setup.choices["block"] in options else first_difference(diff)
    show_value("compare.block", chosen)
    st.selectbox(
        "Block",
        options,
        key="compare.block",
        width=260,
        on_change=if_moved(
            "compare.block", lambda: setup.choices.__setitem__("block", st.session_state["compare.block"]), options
        ),
        help="You can also click a box in the picture.",
    )
    graphs = [analysis.graph for analysis in comparison.analyses]
    table = op_table(comparison.names, graphs, chosen)
    if len(table.rows) == 2:
        st.info(f"{chosen} is the same in all these networks.", icon=":material/check:")
    show_table(table, "compare.block.table", f"comparison-{chosen}")


def _paths(analysis: Analysis) -> list[str]:
    return [placed.path or stage.name for stage, placed in analysis.graph.placed_blocks()]
