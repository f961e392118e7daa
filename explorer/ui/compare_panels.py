"""The tabs of the Compare page; only the open one is computed."""

from collections.abc import Callable

import streamlit as st

from explorer.outputs.comparison import Comparison, difference_tables
from explorer.ui import chart_files, palette
from explorer.ui.compare_charts import stage_bars
from explorer.ui.compare_choice import OPEN, menu
from explorer.ui.compare_entry import STAGE_QUANTITIES, TABS, CompareEntry
from explorer.ui.compare_field import field_panel
from explorer.ui.compare_measure import time_panel
from explorer.ui.compare_picture import block_panel
from explorer.ui.compare_solver import solver_panel, sweep_panel
from explorer.ui.compare_tables import show_table
from explorer.ui.state import has_arrived

Panel = Callable[[CompareEntry, Comparison], None]


def totals_panel(entry: CompareEntry, comparison: Comparison) -> None:
    """What differs in the specification, and the totals with their ratios to the first."""
    specification, totals, *_ = difference_tables(comparison)
    st.markdown("#### What differs in the specification")
    if specification.rows:
        show_table(specification, "compare.fields", "differences")
    else:
        st.info("Nothing: these networks are equal.", icon=":material/check:")
    st.markdown("#### Totals, and how many times the first")
    show_table(totals, "compare.totals", "totals")


def stages_panel(entry: CompareEntry, comparison: Comparison) -> None:
    """Bars by stage, and the tables behind them."""
    key = menu(entry, "bars", "Quantity", STAGE_QUANTITIES)
    label = STAGE_QUANTITIES[key]
    words = f"{label} by stage of {', '.join(comparison.names)}; the numbers stand in the table below."
    chart = stage_bars(comparison, key, label, palette.current())
    chart_files.show(chart, "compare.stages", words, f"stages-{key}")
    for table in difference_tables(comparison)[2:]:
        st.markdown(f"#### {table.title[:1].upper()}{table.title[1:]}")
        show_table(table, f"compare.{table.title.partition(' ')[0]}", f"stages-{table.title.partition(' ')[0].lower()}")


PANELS: dict[str, Panel] = {
    "totals": totals_panel,
    "stages": stages_panel,
    "block": block_panel,
    "field": field_panel,
    "time": time_panel,
    "solver": solver_panel,
    "sweep": sweep_panel,
}


def tabs(entry: CompareEntry, comparison: Comparison) -> None:
    """The tabs, opened where the link says."""
    if has_arrived() or OPEN not in st.session_state:
        st.session_state[OPEN] = TABS[entry.choices["show"]]
    shown = st.tabs(list(TABS.values()), on_change="rerun", key=OPEN)
    for name, tab in zip(TABS, shown, strict=True):
        if tab.open:
            entry.choices["show"] = name
            with tab:
                PANELS[name](entry, comparison)
