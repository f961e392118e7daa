"""Where a visitor is: which page is shown, how the visitor came to it, and whether a browser shows it."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE, ARRIVED, FIRST = "page", "page.arrived", "page.first"
LAST_VALID_SPEC = "build.last_valid"
"""Key of Build's newest valid spec, which the labs start from."""


def went_back() -> bool:
    """Whether the visitor's back or forward button caused this run, so that the address decides what is shown."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def has_browser() -> bool:
    """Whether a browser shows this run; a test of a page has none."""
    return st.context.url is not None


def note_page(path: str) -> None:
    """Stores which page is shown, whether the visitor has just come to it, and whether it is the session's first."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE) != path
    st.session_state[FIRST] = PAGE not in st.session_state
    st.session_state[PAGE] = path


def has_arrived() -> bool:
    """Whether the visitor came to this page with this run, from another page or from outside."""
    return bool(st.session_state.get(ARRIVED, True))
