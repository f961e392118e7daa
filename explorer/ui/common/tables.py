"""A table of the outputs on the page, with its files: CSV, Markdown, LaTeX."""

from typing import Any

import pandas as pd
import streamlit as st

from explorer.outputs.tables.formats import cell_text
from explorer.outputs.tables.table import Cell, Ratio, Share, Table
from explorer.ui.common.table_downloads import file_buttons


def frame_of(table: Table) -> pd.DataFrame:
    """The table as a frame with the table's keys as columns; counts stay whole numbers, the sums are its last row."""
    rows = [*table.rows, *([table.totals] if table.totals else [])]
    columns = {key: [row[place] for row in rows] for place, key in enumerate(table.keys)}
    return pd.DataFrame({key: _column(cells) for key, cells in columns.items()})


def _column(cells: list[Cell]) -> "pd.Series[Any]":
    if all(isinstance(cell, int) or cell is None for cell in cells) and any(cell is not None for cell in cells):
        return pd.Series(cells, dtype="Int64")
    if all(isinstance(cell, float) or cell is None for cell in cells):
        return pd.Series(cells, dtype="float64")
    return pd.Series([cell_text(cell) for cell in cells], dtype="str")


def _settings(table: Table) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for place, (key, label) in enumerate(zip(table.keys, table.labels, strict=True)):
        cells = [row[place] for row in table.rows]
        if any(isinstance(cell, Ratio) for cell in cells):
            settings[key] = st.column_config.NumberColumn(label, format="× %.3f", help=key)
        elif any(isinstance(cell, Share) for cell in cells):
            settings[key] = st.column_config.NumberColumn(label, format="percent")
        elif any(isinstance(cell, int) for cell in cells) and not any(isinstance(cell, str) for cell in cells):
            settings[key] = st.column_config.NumberColumn(label, format="localized")
        else:
            settings[key] = st.column_config.Column(label, pinned=place == 0)
    return settings


def show_table(table: Table, key: str, file_name: str) -> None:
    """Draws the table, and below it a button for each kind of file."""
    st.dataframe(
        frame_of(table), column_config=_settings(table), hide_index=True, placeholder="", key=key, height="content"
    )
    with st.container(horizontal=True, gap="small"):
        file_buttons(table, key, file_name, look="tertiary")
