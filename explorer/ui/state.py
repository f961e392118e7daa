"""Session state of the Build page, and its address bar."""

from typing import cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.model import ModelSpec
from explorer.ui.draft import Draft, Network, evaluate

DRAFT, LAST = "build.draft", "build.last_valid"
PAGE, ARRIVED = "page", "page.arrived"


def went_back() -> bool:
    """Whether the visitor's back or forward button caused this run, so that the address bar decides what is shown."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def note_page(path: str) -> None:
    """Remembers which page is shown, and whether the visitor has just come to it."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE) != path
    st.session_state[PAGE] = path


def has_arrived() -> bool:
    """Whether the visitor came to this page with this run, from another one or from outside."""
    return bool(st.session_state.get(ARRIVED, True))


def current_draft() -> Draft:
    """This visitor's draft: kept over reruns and pages, taken from the link at first and whenever they go back."""
    query = st.query_params.to_dict()
    if DRAFT not in st.session_state or went_back() or (has_arrived() and query):
        st.session_state[DRAFT] = Draft.from_query(query)
    return cast(Draft, st.session_state[DRAFT])


def evaluate_draft(draft: Draft) -> Network:
    """The network to show; remembers the last valid one."""
    network = evaluate(draft, st.session_state.get(LAST) or ModelSpec())
    if network.spec is not None:
        st.session_state[LAST] = network.spec
    return network


def write_link(draft: Draft) -> None:
    """Puts the draft into the address bar: a reload or a shared link brings it back."""
    query = draft.to_query()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def replace_draft(draft: Draft) -> None:
    """Loads another network into the controls."""
    st.session_state[DRAFT] = draft
