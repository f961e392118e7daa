"""The frame of every page: the tab's title and icon, the logo, the list of pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.ui.common import components, remembered_addresses, session, theme, visitor, widget_values
from explorer.ui.common.address_bar import ADDRESS
from explorer.ui.common.paths import ASSETS, PAGES, asset

SIDEBAR_PIXELS = 360
TITLE = "Residual Explorer"
SHEETS = {"": ("build.css",)}
"""Style sheets that only some pages have, by the page's path; Build's is empty."""


@contextmanager
def run_of_page(path: str) -> Iterator[None]:
    """Surrounds each run of a page, or of a fragment that is a whole page; `path` is the page's path."""
    widget_values.begin_run()
    yield
    widget_values.end_run()
    remembered_addresses.note(path)


def open_app() -> None:
    """Sets the page up and runs the chosen one."""
    st.set_page_config(
        page_title=TITLE, page_icon=str(ASSETS / "icon.svg"), layout="wide", initial_sidebar_state=SIDEBAR_PIXELS
    )
    pages = [
        st.Page(PAGES / "build.py", title="Build", default=True),
        st.Page(PAGES / "compare.py", title="Compare", url_path="compare"),
        st.Page(PAGES / "train.py", title="Train", url_path="train"),
        st.Page(PAGES / "runs.py", title="Runs", url_path="runs"),
        st.Page(PAGES / "labs.py", title="Labs", url_path="labs"),
        st.Page(PAGES / "figures.py", title="Figures", url_path="figures"),
    ]
    chosen = st.navigation(pages, position="top")
    st.logo(str(ASSETS / f"logo_{theme.current().name}.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    sheets = "".join(asset(name) for name in ("app.css", *SHEETS.get(chosen.url_path, ())))
    st.html(f"<style>:root {{ --words: {theme.current().text}; }}\n{sheets}</style>")
    session.note_page(chosen.url_path)
    if session.has_arrived():
        widget_values.forget(ADDRESS)
    remembered_addresses.bring_back(chosen.url_path)
    with run_of_page(chosen.url_path):
        chosen.run()
    visitor.keep_name()
    components.make_formulas_reachable()
