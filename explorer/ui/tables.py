"""Tables of stages, blocks and layers on the page: the columns one chooses, totals that sum, and files of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.outputs import formatting
from explorer.outputs.analysis import Analysis
from explorer.outputs.table_columns import Column, Share
from explorer.outputs.table_formats import FORMATS
from explorer.outputs.tables import KINDS, Cell, Table, make_table
from explorer.ui.compare_tables import FILES, frame_of

MOST_ROWS = 5_000
"""Rows that are shown; the files hold all."""
TALLEST = 25
"""Rows that are shown at once; a longer table scrolls."""
OF_A_BLOCK = ("path", "op", "output_shape", "params", "macs", "elementwise")
"""Columns of the table beside a block's graph, where there is little room."""


def table_panel(found: Analysis, kind: str, file_name: str) -> None:
    """The table of `kind` (`stages`, `blocks`, `layers`) with a choice of columns, and its files."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{kind}.tools"):
        columns = choose_columns(kind)
        table = make_table(found, kind, columns)
        file_buttons(table, f"table.{kind}", f"{file_name}-{kind}")
    show_table(table, KINDS[kind].columns, f"table.{kind}")


def choose_columns(kind: str) -> tuple[str, ...]:
    """The keys of the columns that the visitor wants, in the table's order; what names the row is always there."""
    known, usual = KINDS[kind].columns, KINDS[kind].usual
    first, *others = known
    key = f"{kind}.columns"
    if key not in st.session_state:
        st.session_state[key] = remembered(kind)
    with st.popover(f"Columns: {len(st.session_state[key]) + 1} of {len(known)}", icon=":material/view_column:"):
        with st.container(horizontal=True):
            st.button("All", key=f"{kind}.all", on_click=_choose, args=(kind, others), help="Every column there is.")
            st.button("Usual", key=f"{kind}.usual", on_click=_choose, args=(kind, usual[1:]), help="As at first.")
        chosen = st.pills(
            "Columns of this table",
            others,
            selection_mode="multi",
            format_func=lambda name: heading(known[name]),
            key=key,
            on_change=_remember,
            args=(kind,),
            help="They stay chosen for every network, and the files hold the same columns.",
        )
    return (first, *(name for name in others if name in chosen))


def remembered(kind: str) -> list[str]:
    """The columns as they were left, or the usual ones."""
    left: list[str] = st.session_state.get(_left(kind), list(KINDS[kind].usual[1:]))
    return left


def _left(kind: str) -> str:
    return f"left.{kind}.columns"


def _choose(kind: str, columns: Sequence[str]) -> None:
    st.session_state[f"{kind}.columns"] = list(columns)
    _remember(kind)


def _remember(kind: str) -> None:
    """A widget's value is lost while another tab or page is open; this copy is not."""
    st.session_state[_left(kind)] = list(st.session_state[f"{kind}.columns"])


def heading(column: Column) -> str:
    """A column's label with a capital, but for words that are names."""
    return column.label[:1].upper() + column.label[1:]


def show_table(table: Table, columns: Mapping[str, Column], key: str) -> None:
    """The table with its sums as the last row, and a word where it was cut."""
    shown = table
    if len(table.rows) > MOST_ROWS:
        shown = Table(table.title, table.keys, table.labels, table.rows[:MOST_ROWS], table.totals)
    st.dataframe(
        frame_of(shown),
        column_config=column_settings(shown, columns),
        hide_index=True,
        placeholder="",
        key=key,
        height="content" if len(shown.rows) <= TALLEST else 35 * (TALLEST + 1) + 3,
    )
    if shown is not table:
        st.caption(
            f"Shown are the first {formatting.whole(MOST_ROWS)} of {formatting.whole(len(table.rows))} rows and the"
            " totals; the files hold all."
        )


def column_settings(table: Table, columns: Mapping[str, Column]) -> dict[str, Any]:
    """Headings, explanations and forms by what the cells are: shares as bars, counts with thousands apart."""
    settings: dict[str, Any] = {}
    for place, key in enumerate(table.keys):
        column: Column = columns[key]
        cells: list[Cell] = [row[place] for row in table.rows]
        label, explanation = heading(column), column.help or None
        if any(isinstance(cell, Share) for cell in cells):
            settings[key] = st.column_config.ProgressColumn(
                label, format="percent", min_value=0, max_value=1, help=explanation
            )
        elif any(isinstance(cell, int) for cell in cells):
            settings[key] = st.column_config.NumberColumn(label, format="localized", help=explanation)
        else:
            settings[key] = st.column_config.Column(label, pinned=place == 0, help=explanation)
    return settings


def file_buttons(table: Table, key: str, file_name: str) -> None:
    """A button for each kind of file; a file is made when it is asked for."""
    for name, (label, ending, mime) in FILES.items():
        st.download_button(
            label,
            partial(FORMATS[name], table),
            f"{file_name}.{ending}",
            mime,
            key=f"{key}.{name}",
            icon=":material/download:",
            on_click="ignore",
            help=f"The whole table with the chosen columns as {label}.",
        )


def block_table(found: Analysis, path: str) -> None:
    """The ops of one block, and its sums; stem and head go by their stage's name."""
    columns = KINDS["layers"].columns
    rows = tuple(
        tuple(row.name if key == "path" else columns[key].value(found, row) for key in OF_A_BLOCK)
        for row in found.layers_inside[path]
    )
    table = Table("Block", OF_A_BLOCK, tuple(columns[key].label for key in OF_A_BLOCK), rows)
    whole = next(row for row in found.blocks if row.path == path)
    sums = ", ".join(
        f"{formatting.whole(count)} {words}"
        for count, words in (
            (whole.params, "parameters"),
            (whole.macs, "MACs"),
            (whole.elementwise, "element-wise operations"),
        )
    )
    st.markdown(f"**{path}**: {sums}.")
    show_table(table, columns, "table.block")
