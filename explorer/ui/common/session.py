"""Where a visitor is: which page is shown, how the visitor came to it, and whether a browser shows it."""

from collections.abc import Hashable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE, PLACE, ARRIVED, FIRST, STARTED = "page", "page.place", "page.arrived", "page.first", "page.started"
LAST_VALID_SPEC = "build.last_valid"
"""Key of Build's newest valid spec, which the labs start from."""


def went_back() -> bool:
    """Whether the visitor's back or forward button caused this run, so that the address decides what is shown."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def has_browser() -> bool:
    """Whether a browser shows this run; a test of a page has none."""
    return st.context.url is not None


def address_has_query() -> bool:
    """Whether the address holds anything behind its path, Streamlit's own `embed` included."""
    return bool(st.query_params) or bool(getattr(get_script_run_ctx(), "query_string", ""))


def has_shown_a_page() -> bool:
    """Whether this session has shown any page before this run; to be called before `note_page`."""
    return PAGE in st.session_state


def note_page(path: str, place: Hashable = None) -> None:
    """Stores which page is shown, whether the visitor has just come to it, and whether it is the session's first.

    A visitor who comes to another `place` on the same page, a step of a lesson, comes to the page anew.
    """
    here = (path, place)
    st.session_state[ARRIVED] = (st.session_state.get(PAGE), st.session_state.get(PLACE)) != here
    st.session_state[PLACE] = place
    st.session_state[STARTED] = st.session_state[FIRST] = not has_shown_a_page()
    st.session_state[PAGE] = path


def current_page() -> str:
    """The path of the page that is shown; Build's is empty."""
    return str(st.session_state.get(PAGE, ""))


def is_first_run() -> bool:
    """Whether this is the session's first run of the app: fragments that run again still belong to it."""
    return bool(st.session_state.get(STARTED, True))


def has_arrived() -> bool:
    """Whether the visitor came to this page with this run, from another page or from outside."""
    return bool(st.session_state.get(ARRIVED, True))
