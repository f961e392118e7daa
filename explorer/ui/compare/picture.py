"""The diff picture on the Compare page, and the ops of the block that was clicked."""

import streamlit as st

from explorer.language import _
from explorer.outputs.diff import diff_summary, diff_svg, op_table, plan_diff
from explorer.outputs.diff.plan import Diff
from explorer.outputs.palette import PALETTES
from explorer.outputs.tables.comparison import Comparison
from explorer.ui.common import components, theme
from explorer.ui.common.picture_downloads import drawing_menu
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.setup import CompareSetup
from explorer.ui.compare.widgets import bound_choice

ROW_PIXELS, FRAME_PIXELS, MOST_PIXELS = 118, 110, 620
OPENED = ".st-key-compare-views"
"""The CSS selector of what a click on a block opens."""


def plan_of(comparison: Comparison) -> Diff:
    """The aligned blocks of a comparison."""
    return plan_diff(comparison.names, [analysis.graph for analysis in comparison.analyses])


def picture(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the picture; a click on a block shows its differences, op by op."""
    diff = plan_of(comparison)
    components.drawing(
        diff_svg(diff, theme.current()),
        diff_summary(diff),
        key="compare.diff",
        height=min(FRAME_PIXELS + ROW_PIXELS * len(comparison.names), MOST_PIXELS),
        smallest=components.READABLE_WORDS,
        lifts=OPENED,
        on_chosen=lambda path: setup.choices.update(block=path, show="block"),
    )


def downloads(comparison: Comparison) -> None:
    """Draws the picture's downloads, in the colours of the light theme."""
    drawing_menu(lambda: diff_svg(plan_of(comparison), PALETTES["light"]), "comparison", key="compare.diff")


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
    graphs = [analysis.graph for analysis in comparison.analyses]
    places = dict.fromkeys(placed.path or stage.name for graph in graphs for stage, placed in graph.placed_blocks())
    options = sorted(places, key=lambda path: [stage.name for stage in diff.stages].index(path.partition(".")[0]))
    chosen = setup.choices["block"] if setup.choices["block"] in options else first_difference(diff)
    widget = bound_choice(setup, "block", chosen, options)
    about = _("You can also choose a box in the picture.")
    st.selectbox(_("Block"), options, options.index(chosen), width=260, help=about, **widget)
    table = op_table(comparison.names, graphs, chosen)
    if len(table.rows) == 2:
        st.info(_("{block} is the same in all these networks.").format(block=chosen), icon=":material/check:")
    show_with_files(table, "compare.block.table", f"comparison-{chosen}")
