"""Links and buttons that open another page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

import streamlit as st

from explorer.model import PRESETS
from explorer.ui.common.address_bar import marked
from explorer.ui.common.paths import PAGES

PARAMETERS = {"": "preset", "train": "net", "compare": "net"}
"""The query parameter by which each page takes a known network; Build's path is empty."""
Subject = TypeVar("Subject")
PageQuery = Mapping[str, str | Sequence[str]]


def address_of(page: str, preset: str) -> str:
    """The relative address of `page` with a known network on it."""
    return f"/{page}?{urlencode({PARAMETERS[page]: preset})}"


def page_file(page: str) -> str:
    """The file of the page with this path, as Streamlit takes it."""
    return str(PAGES / f"{page or 'build'}.py")


def open_page(page: str, query: PageQuery) -> NoReturn:
    """Opens the page with this path, with the query in its address."""
    st.switch_page(page_file(page), query_params=marked(query, page))


def page_button(
    label: str, page: str, subject: Subject | None, query_of: Callable[[Subject], PageQuery], **appearance: Any
) -> None:
    """Draws a button that opens a page with the query of `subject`; it is disabled where that is None.

    `appearance` goes to the widget.
    """
    if st.button(label, disabled=subject is None, **appearance) and subject is not None:
        open_page(page, query_of(subject))


def open_in_build(name: str) -> NoReturn:
    """Opens Build with a network, given by its known name or its link."""
    open_page("", {"preset" if name in PRESETS else "net": name})
