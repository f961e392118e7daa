"""Tables of stages, blocks and layers on the page: the columns one chooses, totals that sum, and files of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.outputs import formatting
from explorer.outputs.tables.table import KINDS, Share, Table, make_table
from explorer.ui.common.remembered_widgets import keep, put, recall
from explorer.ui.common.table_downloads import file_buttons
from explorer.ui.common.tables import frame_of
from explorer.ui.common.widget_values import if_moved

MOST_ROWS = 5_000
"""Rows that are shown; the files hold all."""
TALLEST = 25
"""Rows that are shown at once; a longer table scrolls."""
ROW_HEIGHT = 37
LETTER_PIXELS, MARGIN_PIXELS = 7, 21
"""Width of a letter in a cell, and of the space around a cell's text."""
FILES_SAY = "The whole table with the chosen columns as {kind}."
OF_A_BLOCK = ("path", "op", "output_shape", "params", "macs", "elementwise")
"""Columns of the table beside a block's graph, where there is little room."""


def table_panel(found: Analysis, kind: str, file_name: str) -> None:
    """The table of `kind` (`stages`, `blocks`, `layers`) with a choice of columns, and its files."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{kind}.tools"):
        columns = choose_columns(kind)
        table = make_table(found, kind, columns)
        file_buttons(table, f"table.{kind}", f"{file_name}-{kind}", explanation=FILES_SAY)
    show_table(table, f"table.{kind}", helps_of(kind))


def helps_of(kind: str) -> dict[str, str]:
    """What each column of the table counts."""
    return {key: column.help for key, column in KINDS[kind].columns.items()}


def choose_columns(kind: str) -> tuple[str, ...]:
    """The keys of the columns that the visitor wants, in the table's order; what names the row is always there."""
    known, usual = KINDS[kind].columns, KINDS[kind].usual
    first, *others = known
    key = f"{kind}.columns"
    recall(key, list(usual[1:]))
    label = f"Columns: {len(st.session_state[key]) + 1} of {len(known)}"
    with st.popover(label, icon=":material/view_column:", key=f"{kind}.choose"):
        with st.container(horizontal=True):
            st.button("All", key=f"{kind}.all", on_click=_choose, args=(key, others), help="Every column there is.")
            st.button("Usual", key=f"{kind}.usual", on_click=_choose, args=(key, usual[1:]), help="As at first.")
        chosen = st.pills(
            "Columns of this table",
            others,
            selection_mode="multi",
            format_func=lambda name: heading(known[name].label),
            key=key,
            on_change=if_moved(key, keep),
            args=(key,),
            help="They stay chosen for every network, and the files hold the same columns.",
        )
    return (first, *(name for name in others if name in chosen))


def _choose(key: str, columns: Sequence[str]) -> None:
    put(key, list(columns))


def heading(label: str) -> str:
    """A label with a capital."""
    return label[:1].upper() + label[1:]


def show_table(table: Table, key: str, helps: Mapping[str, str]) -> None:
    """The table with its sums as the last row, and a word where it was cut; `helps` explain columns by their key."""
    shown = table
    if len(table.rows) > MOST_ROWS:
        shown = Table(table.title, table.keys, table.labels, table.rows[:MOST_ROWS], table.totals)
    st.dataframe(
        frame_of(shown),
        column_config=column_settings(shown, helps),
        hide_index=True,
        placeholder="",
        key=key,
        height="content" if len(shown.rows) <= TALLEST else ROW_HEIGHT * (TALLEST + 1),
        alt=f"{table.title}: {formatting.plural(len(table.rows), 'row')}; columns {', '.join(table.labels)}.",
    )
    if shown is not table:
        st.caption(
            f"Shown are the first {formatting.whole(MOST_ROWS)} of {formatting.whole(len(table.rows))} rows and the"
            " totals; the files hold all."
        )


def column_settings(table: Table, helps: Mapping[str, str]) -> dict[str, Any]:
    """Headings, explanations and forms by what the cells are: shares as bars, counts with thousands apart."""
    settings: dict[str, Any] = {}
    for place, key in enumerate(table.keys):
        label, explanation = heading(table.labels[place]), helps.get(key) or None
        kinds = {type(row[place]) for row in table.rows} - {type(None)}
        if Share in kinds:
            settings[key] = st.column_config.ProgressColumn(
                label, format="percent", min_value=0, max_value=1, help=explanation
            )
        elif kinds and kinds <= {int, float}:
            form = "localized" if kinds == {int} else "%.4g"
            settings[key] = st.column_config.NumberColumn(label, format=form, help=explanation)
        else:
            settings[key] = st.column_config.Column(label, help=explanation)
    if table.keys:
        settings[table.keys[0]] |= {"pinned": True, "width": _names_width(table)}
    return settings


def _names_width(table: Table) -> int:
    """Pixels that the first column takes, so that no name is cut."""
    longest = max((len(str(row[0])) for row in table.rows), default=0)
    return MARGIN_PIXELS + LETTER_PIXELS * max(longest, len(table.labels[0]))


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
        f"{formatting.whole(count)} {unit}"
        for count, unit in (
            (whole.params, "parameters"),
            (whole.macs, "MACs"),
            (whole.elementwise, "element-wise operations"),
        )
    )
    st.markdown(f"**{path}**: {sums}.")
    show_table(table, "table.block", helps_of("layers"))
