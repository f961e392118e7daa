"""The views of the Compare page; only the chosen one is computed."""

from collections.abc import Callable

import streamlit as st

from explorer.language import _, in_source, told
from explorer.outputs.formatting import capitalised
from explorer.outputs.tables.comparison import Comparison, difference_tables
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.charts import stage_bars
from explorer.ui.compare.equal_cost import solver_panel, sweep_panel
from explorer.ui.compare.picture import block_panel
from explorer.ui.compare.scatter import field_panel
from explorer.ui.compare.setup import STAGE_QUANTITIES, VIEW_LABELS, CompareSetup
from explorer.ui.compare.timing import time_panel
from explorer.ui.compare.widgets import buttons, menu

Panel = Callable[[CompareSetup, Comparison], None]


def totals_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the differences of the specifications, and the totals with their ratios to the first."""
    specification, totals, *_stages = difference_tables(comparison)
    st.markdown("#### " + _("Differences in the specification"))
    if specification.rows:
        show_with_files(specification, "compare.fields", "differences")
    else:
        st.info(_("There are none: these networks are equal."), icon=":material/check:")
    st.markdown("#### " + _("Totals, and ratios to the first network"))
    show_with_files(totals, "compare.totals", "totals")


def stages_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws bars by stage, and the tables behind them."""
    key = menu(setup, "bars", _("Quantity"), STAGE_QUANTITIES)
    label = _(STAGE_QUANTITIES[key])
    description = _("{quantity} by stage of {networks}; the table below has the numbers.").format(
        quantity=label, networks=", ".join(comparison.names)
    )
    chart = stage_bars(comparison, key, label, theme.current())
    chart_downloads.show_chart(chart, "compare.stages", description, f"stages-{key}")
    for table in difference_tables(comparison)[2:]:
        st.markdown(f"#### {capitalised(told(table.title))}")
        quantity = in_source(table.title).partition(" ")[0]
        show_with_files(table, f"compare.{quantity}", f"stages-{quantity.lower()}")


PANELS: dict[str, Panel] = {
    "totals": totals_panel,
    "stages": stages_panel,
    "block": block_panel,
    "field": field_panel,
    "time": time_panel,
    "solver": solver_panel,
    "sweep": sweep_panel,
}


def views(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the row of views, and the chosen one."""
    with st.container(key="compare.views"):
        chosen = buttons(setup, "show", _("View"), VIEW_LABELS)
    PANELS[chosen](setup, comparison)
