"""One network's cost as different counters report it, each difference named."""

import streamlit as st

from explorer.analysis.conventions import reconcile
from explorer.language import N_, _
from explorer.model import ModelSpec
from explorer.outputs.formatting import whole
from explorer.outputs.tables.conventions import conventions_table, counted_module, module_sentence
from explorer.ui.common.tables import show_with_files

WHY = N_(
    "Papers, libraries and benchmarks print different costs for the same network. Each line below is reproduced by"
    " arithmetic, term by term; the tests hold them to what the libraries themselves report."
)
HELPS = {"calls": N_("What the counter itself calls the number.")}


def conventions_panel(spec: ModelSpec, file_name: str) -> None:
    """A table of totals, and the terms of the one that is chosen."""
    module = counted_module(spec)
    st.markdown(f"{_(WHY)} {module_sentence(spec, module)}")
    conventions = {convention.name: convention for convention in reconcile(spec, module)}
    # The menu below lists the terms, with what each amounts to.
    table = conventions_table([*conventions.values()])
    shown = [key for key in table.keys if key != "terms"]
    show_with_files(table, "costs.totals", f"{file_name}-costs", HELPS, shown=shown)
    name = st.selectbox(_("Terms of"), list(conventions), format_func=_, key="costs.of", width=420)
    chosen = conventions[name]
    st.caption(_(chosen.about))
    for term in chosen.terms:
        st.markdown(f"- **{_(term.name)}**: {term.amount:+,}. {_(term.why)}")
    st.markdown(_("Together **{value}** {unit}.").format(value=whole(chosen.value), unit=_(chosen.unit)))
