"""One network's cost as different counters report it, each difference named."""

import streamlit as st

from explorer.analysis.conventions import Convention, reconcile
from explorer.model import ModelSpec
from explorer.outputs.tables.table import Table
from explorer.ui.common.tables import show_with_files

WHY = (
    "Papers, libraries and benchmarks print different costs for the same network. Each line below is reproduced by"
    " arithmetic, term by term; the tests hold them to what the libraries themselves report."
)
COLUMNS = {
    "name": "counter",
    "calls": "its word",
    "value": "value",
    "unit": "what it counts",
    "difference": "against the first",
    "terms": "terms",
}
HELPS = {"calls": "What the counter itself calls the number."}


def conventions_panel(spec: ModelSpec, file_name: str) -> None:
    """A table of totals, and the terms of the one that is chosen."""
    st.markdown(WHY)
    conventions = {convention.name: convention for convention in reconcile(spec)}
    base = next(iter(conventions.values()))
    rows = tuple(_row(convention, base) for convention in conventions.values())
    table = Table("Cost by counter", tuple(COLUMNS), tuple(COLUMNS.values()), rows)
    show_with_files(table, "costs.totals", f"{file_name}-costs", HELPS)
    name = st.selectbox("Terms of", list(conventions), key="costs.of", width=420)
    chosen = conventions[name]
    st.caption(chosen.about)
    for term in chosen.terms:
        st.markdown(f"- **{term.name}**: {term.amount:+,}. {term.why}")
    st.markdown(f"Together **{chosen.value:,}** {chosen.unit}.")


def _row(convention: Convention, base: Convention) -> tuple[str | int, ...]:
    terms = ", ".join(term.name for term in convention.terms)
    difference = f"{100 * (convention.value / base.value - 1):+.2f} %"
    return (convention.name, convention.calls_it, convention.value, convention.unit, difference, terms)
