"""The frame of every page: the tab's title and icon, the logo, the list of pages."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.language import _
from explorer.ui.classroom import cookies
from explorer.ui.common import (
    address_bar,
    collector,
    components,
    connection,
    lesson_step,
    remembered_addresses,
    session,
    session_values,
    theme,
    visitor,
    visitor_language,
    widget_values,
)
from explorer.ui.common.page_links import page_file
from explorer.ui.common.paths import ASSETS, PAGES, asset
from explorer.ui.start import arrival

SIDEBAR_PIXELS = 360
TITLE = "Residual Explorer"
PAPER: Mapping[str, str] = {
    "light": "",
    "dark": "@media print { .stApp { filter: invert(1) hue-rotate(180deg) brightness(1.15); } }",
}
"""Paper is white in both themes: dark pages are printed as their negative, in their own hues."""
SHEETS = {"": ("build.css",)}
"""Style sheets that only some pages have, by the page's path; Build's is empty."""


@contextmanager
def run_of_page(path: str) -> Iterator[None]:
    """Surrounds each run of a page, or of a fragment that is a whole page; `path` is the page's path."""
    widget_values.begin_run()
    yield
    widget_values.end_run()
    remembered_addresses.note(path)


def _narrow_navigation(pages: Sequence[StreamlitPage]) -> None:
    """Draws the list of pages in one row, for windows in which Streamlit puts it behind a button (`app.css`)."""
    with st.container(horizontal=True, gap="small", key="narrow.pages"):
        for page in pages:
            st.page_link(page, label=page.title, width="content")


def _follow_lesson(page: str) -> None:
    """Opens the step that the address names. What is needed for lessons is loaded where there is one."""
    if lesson_step.LESSON in address_bar.query_of_bar(page) or lesson_step.at() is not None:
        from explorer.ui.lessons import opening

        opening.follow_address(page)


@contextmanager
def _step_of_lesson() -> Iterator[None]:
    """Surrounds the page with what belongs to the step of a lesson, and to a class that follows one."""
    if cookies.may_be_in_a_class():
        from explorer.ui.lessons import following

        following.draw()
    if not lesson_step.is_in_lesson():
        yield
        return
    from explorer.ui.lessons import bar

    with bar.around_page():
        yield


def open_app() -> None:
    """Sets the page up and runs the chosen one."""
    session_values.look_up_single_values()
    visitor_language.begin_run()
    st.set_page_config(
        page_title=TITLE, page_icon=str(ASSETS / "icon.svg"), layout="wide", initial_sidebar_state=SIDEBAR_PIXELS
    )
    pages = [
        st.Page(PAGES / "start.py", title=_("Start"), url_path="start"),
        st.Page(PAGES / "lesson.py", title=_("Lesson"), url_path="lesson"),
        st.Page(PAGES / "lessons.py", title=_("Lessons"), url_path=lesson_step.LIST, visibility="hidden"),
        st.Page(PAGES / "build.py", title=_("Build"), default=True),
        st.Page(PAGES / "compare.py", title=_("Compare"), url_path="compare"),
        st.Page(PAGES / "train.py", title=_("Train"), url_path="train"),
        st.Page(PAGES / "runs.py", title=_("Runs"), url_path="runs"),
        st.Page(PAGES / "labs.py", title=_("Labs"), url_path="labs"),
        st.Page(PAGES / "figures.py", title=_("Figures"), url_path="figures"),
        st.Page(PAGES / "class.py", title=_("Class"), url_path="class"),
    ]
    chosen = st.navigation(pages, position="top")
    if not chosen.url_path and arrival.is_first_visit():
        st.switch_page(page_file("start"))
    st.logo(str(ASSETS / f"logo_{theme.current().name}.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    sheets = "".join(asset(name) for name in ("app.css", *SHEETS.get(chosen.url_path, ())))
    colours = theme.current()
    st.html(
        f"<style>:root {{ --words: {colours.text}; --ground: {colours.background}; }}\n"
        f"{sheets}\n{PAPER[colours.name]}</style>"
    )
    _narrow_navigation([page for page in pages if page.url_path != lesson_step.LIST])
    components.presentation_switch()
    visitor_language.draw_switch()
    _follow_lesson(chosen.url_path)
    session.note_page(chosen.url_path, lesson_step.place(chosen.url_path))
    address_bar.begin_run()
    remembered_addresses.bring_back(chosen.url_path)
    address_bar.show_warnings(visitor_language.warnings())
    with run_of_page(chosen.url_path), _step_of_lesson():
        chosen.run()
    visitor.keep_name()
    visitor_language.tell_browser()
    address_bar.end_run([page.url_path for page in pages])
    components.make_formulas_reachable()
    connection.watch_connection()
    if session.has_browser():
        collector.spare_loaded_modules()
