"""One network's cost as different counters report it, each difference named."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from explorer.analysis.conventions import Convention, reconcile
from explorer.analysis.network import Analysis
from explorer.ui.build.draft import Network

WHY = (
    "Papers, libraries and benchmarks print different costs for the same network. Each line below is reproduced by"
    " arithmetic, term by term; the tests hold them to what the libraries themselves report."
)


def conventions_panel(network: Network, found: Analysis, file_name: str) -> None:
    """A table of totals, and the terms of the one that is chosen."""
    if network.spec is None:
        st.info("There is nothing to count until the marked control is corrected.", icon=":material/info:")
        return
    st.markdown(WHY)
    conventions = {convention.name: convention for convention in reconcile(network.spec)}
    base = next(iter(conventions.values()))
    frame = totals_frame(conventions.values(), base)
    st.dataframe(frame, column_config=_columns(), hide_index=True, key="costs.totals", height="content")
    name = st.selectbox("Terms of", list(conventions), key="costs.of", width=420)
    chosen = conventions[name]
    st.caption(chosen.about)
    for term in chosen.terms:
        st.markdown(f"- **{term.name}**: {term.amount:+,}. {term.why}")
    st.markdown(f"Together **{chosen.value:,}** {chosen.unit}.")


def totals_frame(conventions: Iterable[Convention], base: Convention) -> pd.DataFrame:
    """One row per convention, with its difference from the papers' count in percent."""
    return pd.DataFrame(
        [
            {
                "name": convention.name,
                "calls": convention.calls_it,
                "value": convention.value,
                "unit": convention.unit,
                "difference": 100 * (convention.value / base.value - 1),
                "terms": ", ".join(term.name for term in convention.terms),
            }
            for convention in conventions
        ]
    )


def _columns() -> dict[str, Any]:
    return {
        "name": st.column_config.TextColumn("Counter", pinned=True),
        "calls": st.column_config.TextColumn("Its word", help="What the counter itself calls the number."),
        "value": st.column_config.NumberColumn("Value", format="localized"),
        "unit": st.column_config.TextColumn("What it counts"),
        "difference": st.column_config.NumberColumn("Against the first", format="%+.2f %%"),
        "terms": st.column_config.TextColumn("Terms", width="large"),
    }
