"""Tables of stages, blocks and layers on the page: the columns one chooses, totals that sum, and files of them."""

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.language import N_, _
from explorer.outputs import formatting
from explorer.outputs.formatting import capitalised
from explorer.outputs.tables.network_tables import KINDS, make_table
from explorer.outputs.tables.table import Table
from explorer.ui.common.downloads import file_buttons
from explorer.ui.common.remembered_widgets import pressed, put, recalled
from explorer.ui.common.tables import show_table

OF_A_BLOCK = ("path", "op", "output_shape", "params", "macs", "elementwise")
"""Columns of the table beside a block's graph, where there is little room."""


def table_panel(found: Analysis, kind: str, file_name: str) -> None:
    """The table of `kind` (`stages`, `blocks`, `layers`) with a choice of columns, and its files."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{kind}.tools"):
        columns = choose_columns(kind)
        table = make_table(found, kind, columns)
        file_buttons(table, f"table.{kind}", f"{file_name}-{kind}", type="secondary")
    show_table(table, f"table.{kind}", helps_of(kind))


def helps_of(kind: str) -> dict[str, str]:
    """What each column of the table counts."""
    return {key: column.help for key, column in KINDS[kind].columns.items()}


def choose_columns(kind: str) -> tuple[str, ...]:
    """The keys of the columns that the visitor wants, in the table's order; what names the row is always there."""
    known, usual = KINDS[kind].columns, KINDS[kind].on_page
    first, *others = known
    key = f"{kind}.columns"
    kept = _("They stay chosen for every network, and the files hold the same columns.")
    widget = recalled(key, list(usual[1:]), help=kept)
    label = _("Columns: {chosen} of {all}").format(chosen=len(st.session_state[key]) + 1, all=len(known))
    with st.popover(label, icon=":material/view_column:", key=f"{kind}.choose"):
        with st.container(horizontal=True):
            every = pressed(put, key, others, sets=(key,), help=_("Every column there is."))
            st.button(_("All"), key=f"{kind}.all", **every)
            st.button(
                _("Usual"),
                key=f"{kind}.usual",
                **pressed(put, key, list(usual[1:]), sets=(key,), help=_("As at first.")),
            )
        chosen = st.pills(
            _("Columns of this table"),
            others,
            default=st.session_state[key],
            selection_mode="multi",
            format_func=lambda name: capitalised(_(known[name].label)),
            **widget,
        )
    return (first, *(name for name in others if name in chosen))


def block_table(found: Analysis, path: str) -> None:
    """The ops of one block, and its sums; stem and head go by their stage's name."""
    columns = KINDS["layers"].columns
    rows = tuple(
        tuple(row.name if key == "path" else columns[key].value(found, row) for key in OF_A_BLOCK)
        for row in found.layers_inside[path]
    )
    table = Table(N_("Block"), OF_A_BLOCK, tuple(columns[key].label for key in OF_A_BLOCK), rows)
    whole = next(row for row in found.blocks if row.path == path)
    line = _("**{path}**: {params} parameters, {macs} MACs, {others} element-wise operations.")
    counts = {"params": whole.params, "macs": whole.macs, "others": whole.elementwise}
    st.markdown(line.format(path=path, **{name: formatting.whole(count) for name, count in counts.items()}))
    show_table(table, "table.block", helps_of("layers"))
