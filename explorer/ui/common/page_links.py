"""Links that open a page on a network: one form for tables and for buttons."""

from urllib.parse import urlencode

import streamlit as st

from explorer.model import PRESETS
from explorer.ui.common.paths import PAGES

PARAMETERS = {"": "preset", "train": "net", "compare": "net"}
"""The query parameter by which each page takes a known network; Build's path is empty."""


def address_of(page: str, preset: str) -> str:
    """The relative address of `page` with a known network on it."""
    return f"/{page}?{urlencode({PARAMETERS[page]: preset})}"


def open_in_build(name: str) -> None:
    """Opens Build with a network, given by its known name or its link."""
    st.switch_page(str(PAGES / "build.py"), query_params={"preset" if name in PRESETS else "net": name})
