"""Download buttons: for one file, and for a table as CSV, Markdown and LaTeX."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from explorer.language import _
from explorer.language.present import in_present_language
from explorer.outputs import formatting
from explorer.outputs.tables.table import FORMATS, Table

MOST_PARAMETERS = 60_000_000
"""Of a network whose weights or ONNX file the server keeps in memory until it is fetched."""
MIME = {
    "csv": "text/csv",
    "dot": "text/vnd.graphviz",
    "html": "text/html",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "onnx": "application/octet-stream",
    "pdf": "application/pdf",
    "png": "image/png",
    "py": "text/x-python",
    "safetensors": "application/octet-stream",
    "svg": "image/svg+xml",
    "tex": "application/x-tex",
    "zip": "application/zip",
}
"""The MIME type by a file's ending."""
TABLE_FILES = {"csv": ("CSV", "csv"), "markdown": ("Markdown", "md"), "latex": ("LaTeX", "tex")}
"""The button's label and the file's ending, by the name in `FORMATS`."""


def download_button(
    label: str, content: str | bytes | Callable[[], str | bytes], file_name: str, key: str, **appearance: Any
) -> None:
    """Draws a button for a file; a function as `content` is called when the button is clicked.

    `appearance` goes to the widget.
    """
    mime = MIME[file_name.rpartition(".")[2]]
    looks = {"icon": ":material/download:"} | appearance
    if callable(content):
        content = in_present_language(content)
    st.download_button(label, content, file_name, mime, key=key, on_click="ignore", **looks)


def made_file(made: str | bytes, label: str, file_name: str, key: str) -> None:
    """Draws a button for a file that was made, its size in the label's `{size}`; a text says what prevented it."""
    if isinstance(made, str):
        st.error(made, icon=":material/error:")
        return
    download_button(label.format(size=formatting.size(len(made))), made, file_name, key)


def file_buttons(table: Table, key: str, file_name: str, **appearance: Any) -> None:
    """Draws a button for each kind of file; a file is made when its button is clicked."""
    for name, (label, ending) in TABLE_FILES.items():
        looks = {"type": "tertiary", "help": _("The whole table as {format}.").format(format=label)} | appearance
        download_button(label, partial(FORMATS[name], table), f"{file_name}.{ending}", f"{key}.{name}", **looks)
