"""Session state of the Build page, and its address bar."""

import json
import time
from dataclasses import dataclass
from typing import cast

import streamlit as st

from explorer.model import ModelSpec
from explorer.ui.build import view_options
from explorer.ui.build.draft import Draft, Network, evaluate
from explorer.ui.build.history import History
from explorer.ui.common.address_bar import current_query, decides, write_query
from explorer.ui.common.lesson_step import here
from explorer.ui.common.session import FIRST, LAST_VALID_SPEC, has_browser, went_back

DRAFT, EVALUATED = "build.draft", "build.evaluated"
PAINTED, HISTORY, VIEW_WARNINGS = "build.painted", "build.history", "build.view_warnings"
PAINT_SECONDS = 0.09
"""What a browser gets to paint new numbers and a new picture before the rest of the page keeps it busy: some
frames. Without it everything arrives as one piece and is painted as one piece, last of all what one looks at."""
FIRST_PAINT_SECONDS = 0.5
"""The same on the first page of all, when the browser has to fetch the parts that show them, from this very process."""


@dataclass(frozen=True)
class EvaluatedDraft:
    """The controls' values, and the network that they stand for: what the page shows."""

    key: str
    draft: Draft
    network: Network


def read_link() -> None:
    """Takes the draft from the address bar at first, on arrival with a link and whenever the visitor goes back."""
    query = current_query()
    if DRAFT not in st.session_state or decides(query):
        st.session_state[DRAFT] = Draft.from_query(view_options.of_network(query))
        warnings = view_options.take(query, all_of_it=went_back() or here() is not None)
        warnings += view_options.open_block(query, evaluated_draft().network.graph)
        st.session_state[VIEW_WARNINGS] = (warnings, view_options.to_query())


def view_warnings() -> list[str]:
    """What is wrong with the link's view, until another view is chosen."""
    warnings, view = st.session_state.get(VIEW_WARNINGS, ([], {}))
    return warnings if view == view_options.to_query() else []


def draft() -> Draft:
    """This visitor's draft: kept over reruns and pages."""
    if DRAFT not in st.session_state:
        st.session_state[DRAFT] = Draft()
    return cast(Draft, st.session_state[DRAFT])


def history() -> History:
    """What the controls held during this visit."""
    return cast(History, st.session_state.setdefault(HISTORY, History()))


def evaluated_draft() -> EvaluatedDraft:
    """The draft with its network, worked out once for each state of the controls; remembers the last valid network."""
    current = draft()
    key = json.dumps(current.values, sort_keys=True)
    before = st.session_state.get(EVALUATED)
    if isinstance(before, EvaluatedDraft) and before.key == key and before.draft is current:
        return before
    history().note(current)
    network = evaluate(current, st.session_state.get(LAST_VALID_SPEC) or ModelSpec())
    if network.spec is not None:
        st.session_state[LAST_VALID_SPEC] = network.spec
    st.session_state[EVALUATED] = now = EvaluatedDraft(key, current, network)
    return now


def wait_until_painted(now: EvaluatedDraft) -> None:
    """Waits a moment where the network is not the one that was painted last, while the browser paints it.

    A further move does not end the wait: Streamlit runs a fragment to its end before it runs it again.
    """
    if st.session_state.get(PAINTED) != now.key and has_browser():
        time.sleep(FIRST_PAINT_SECONDS if st.session_state.pop(FIRST, False) else PAINT_SECONDS)
    st.session_state[PAINTED] = now.key


def write_link() -> None:
    """Puts draft and view into the address bar: a reload or a shared link brings them back."""
    write_query(draft().to_query() | view_options.to_query())


def replace_draft(other: Draft) -> None:
    """Loads another network into the controls."""
    st.session_state[DRAFT] = other
