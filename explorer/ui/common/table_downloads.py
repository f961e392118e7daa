"""A table as files: CSV, Markdown, LaTeX."""

from functools import partial
from typing import Literal

import streamlit as st

from explorer.outputs.tables.formats import FORMATS
from explorer.outputs.tables.table import Table

FILES = {
    "csv": ("CSV", "csv", "text/csv"),
    "markdown": ("Markdown", "md", "text/markdown"),
    "latex": ("LaTeX", "tex", "application/x-tex"),
}
"""The button's label, the file's ending and its MIME type, by the name in `FORMATS`."""


def file_buttons(
    table: Table,
    key: str,
    file_name: str,
    *,
    look: Literal["secondary", "tertiary"] = "secondary",
    explanation: str | None = None,
) -> None:
    """Draws a button for each kind of file; a file is made when its button is clicked.

    In `explanation` the word `{kind}` stands for the kind of file.
    """
    for name, (label, ending, mime) in FILES.items():
        st.download_button(
            label,
            partial(FORMATS[name], table),
            f"{file_name}.{ending}",
            mime,
            key=f"{key}.{name}",
            type=look,
            icon=":material/download:",
            on_click="ignore",
            help=explanation and explanation.format(kind=label),
        )
