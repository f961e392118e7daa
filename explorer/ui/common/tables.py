"""A table of the outputs on the page, with its files: CSV, Markdown, LaTeX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer.language import Text, _, ngettext, told
from explorer.outputs import formatting
from explorer.outputs.tables.table import Cell, Ratio, Share, Table, cell_text, with_columns
from explorer.ui.common.downloads import download_button, file_buttons

BETWEEN_NAMES = " / "
"""In the key of a column that compares two networks."""
MOST_ROWS = 5_000
"""Rows that are shown; the files hold all."""
TALLEST = 25
"""Rows that are shown at once; a longer table scrolls."""
ROW_HEIGHT = 37
TEXTS = ("label", "help")
"""The texts among the settings of a column."""
LETTER_PIXELS, MARGIN_PIXELS = 7, 21
"""Width of a letter in a cell, and of the space around a cell's text."""


def frame_of(table: Table) -> pd.DataFrame:
    """The table as a frame with the table's keys as columns; counts stay whole numbers, the sums are its last row."""
    rows = [*table.rows, *([table.totals] if table.totals else [])]
    columns = {key: [row[place] for row in rows] for place, key in enumerate(table.keys)}
    return pd.DataFrame({key: _column(cells) for key, cells in columns.items()})


def arrow_of(table: Table) -> pa.Table:
    """The table as Arrow, the form in which a browser gets it; that of an equal table is kept.

    While a slider is moved, the table of an opened block mostly stays, and pandas takes longer than the rest of it.
    """
    # Values of different types may be equal, as 1 and 1.0 are, and make different columns.
    return _arrow_of(table, tuple(tuple(map(type, row)) for row in (*table.rows, table.totals or ())))


@lru_cache(maxsize=64)
def _arrow_of(table: Table, types: tuple[tuple[type, ...], ...]) -> pa.Table:
    return pa.Table.from_pandas(frame_of(table))


def _column(cells: list[Cell]) -> "pd.Series[Any]":
    if all(isinstance(cell, int) or cell is None for cell in cells) and any(cell is not None for cell in cells):
        return pd.Series(cells, dtype="Int64")
    if all(isinstance(cell, float) or cell is None for cell in cells):
        return pd.Series(cells, dtype="float64")
    return pd.Series([cell_text(cell) for cell in cells], dtype="str")


def show_table(table: Table, key: str, helps: Mapping[str, Text] = MappingProxyType({})) -> None:
    """Draws the table with its sums as the last row, and a note where it was cut; `helps` explain columns by key.

    Title, headings, helps and words in cells may be marked texts: they are translated here, and stay English in files.
    """
    shown = _translated(replace(table, rows=table.rows[:MOST_ROWS]))
    rows, is_short = len(table.rows), len(shown.rows) <= TALLEST
    st.dataframe(
        # A long table costs memory to keep, and is of a view that one opens, not of every move.
        arrow_of(shown) if is_short else frame_of(shown),
        column_config=column_settings(shown, helps),
        hide_index=True,
        placeholder="",
        key=key,
        height="content" if is_short else ROW_HEIGHT * (TALLEST + 1),
        alt=ngettext(
            "{title}: {count} row; columns {labels}.", "{title}: {count} rows; columns {labels}.", rows
        ).format(title=shown.title, count=formatting.whole(rows), labels=", ".join(map(str, shown.labels))),
    )
    if len(table.rows) > MOST_ROWS:
        st.caption(
            _("Shown are the first {shown} of {count} rows and the totals; the files hold all.").format(
                shown=formatting.whole(MOST_ROWS), count=formatting.whole(rows)
            )
        )


def _translated(table: Table) -> Table:
    def line(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(_(cell) if isinstance(cell, str) else cell for cell in cells)

    return replace(
        table,
        title=told(table.title),
        labels=tuple(
            label if key in table.networks else told(label) for key, label in zip(table.keys, table.labels, strict=True)
        ),
        rows=tuple(map(line, table.rows)),
        totals=line(table.totals) if table.totals else None,
    )


def show_with_files(
    table: Table,
    key: str,
    file_name: str,
    helps: Mapping[str, Text] = MappingProxyType({}),
    *,
    shown: Sequence[str] = (),
) -> None:
    """Draws the table, or its columns `shown`, and below it a button for each kind of file, with all columns."""
    show_table(with_columns(table, shown) if shown else table, key, helps)
    with st.container(horizontal=True, gap="small"):
        file_buttons(table, key, file_name)


def csv_button(make_table: Callable[[], pd.DataFrame], file_name: str, key: str, **appearance: Any) -> None:
    """Draws a button for a frame as CSV; the frame is made when the button is clicked."""
    label = {"label": _("Download CSV")} | appearance
    download_button(content=lambda: make_table().to_csv(index=False), file_name=file_name, key=key, **label)


def in_words(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Streamlit's settings of columns whose labels and helps are marked, in the present language."""
    return {
        key: _(column)
        if isinstance(column, str)
        else column | {part: _(column[part]) for part in TEXTS if column[part]}
        for key, column in columns.items()
    }


def column_settings(table: Table, helps: Mapping[str, Text]) -> dict[str, Any]:
    """Headings, explanations and forms by what the cells are: shares as bars, counts with thousands apart."""
    settings: dict[str, Any] = {}
    for place, key in enumerate(table.keys):
        label, explanation = str(table.labels[place]), told(helps.get(key, "")) or None
        label = label if key in table.networks else formatting.capitalised(label)
        kinds = {type(row[place]) for row in table.rows} - {type(None)}
        if Ratio in kinds:
            compared = key if BETWEEN_NAMES in key else None
            settings[key] = st.column_config.NumberColumn(label, format="× %.3f", help=explanation or compared)
        elif Share in kinds:
            settings[key] = st.column_config.ProgressColumn(
                label, format="percent", min_value=0, max_value=1, help=explanation
            )
        elif kinds and kinds <= {int, float}:
            form = "localized" if int in kinds else "%.4g"
            settings[key] = st.column_config.NumberColumn(label, format=form, help=explanation)
        else:
            settings[key] = st.column_config.Column(label, help=explanation)
    if table.keys:
        settings[table.keys[0]] |= {"pinned": True, "width": _names_width(table)}
    return settings


def _names_width(table: Table) -> int:
    """Pixels that the first column takes, so that no name is cut."""
    return MARGIN_PIXELS + LETTER_PIXELS * max(
        _letters(str(cell)) for cell in (table.labels[0], *(row[0] for row in table.rows))
    )


def _letters(text: str) -> int:
    """The text's length in Latin letters; a Chinese character is as wide as two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
