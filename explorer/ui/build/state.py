"""Session state of the Build page, and its address bar."""

import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import streamlit as st

from explorer.analysis.network import Analysis, analyse
from explorer.model import ModelSpec
from explorer.ui.build import view_options
from explorer.ui.build.draft import Draft, Network, evaluate
from explorer.ui.common.address_bar import write_query
from explorer.ui.common.session import FIRST, LAST_VALID_SPEC, has_arrived, has_browser, went_back

DRAFT, SHOWN = "build.draft", "build.shown"
PAINTED = "build.painted"
PAINT_SECONDS = 0.16
"""What a browser gets to paint new numbers and a new picture before the rest of the page keeps it busy: some
frames. Without it everything arrives as one piece and is painted as one piece, last of all what one looks at."""
FIRST_PAINT_SECONDS = 0.5
"""The same on the first page of all, when the browser has to fetch the parts that show them, from this very process."""
LOOK_SECONDS = 0.02
"""How long a further move may go unnoticed meanwhile."""


@dataclass(frozen=True)
class Shown:
    """What the page shows: the controls' values, the network that they stand for, and its analysis."""

    key: str
    draft: Draft
    network: Network

    @cached_property
    def found(self) -> Analysis:
        """The network's rows and totals."""
        return analyse(self.network.graph)


def read_link() -> None:
    """Takes the draft from the address bar at first, on arrival with a link and whenever the visitor goes back."""
    query = st.query_params.to_dict()
    if DRAFT not in st.session_state or went_back() or (has_arrived() and query):
        st.session_state[DRAFT] = Draft.from_query(view_options.take(query, all_of_it=went_back()))


def draft() -> Draft:
    """This visitor's draft: kept over reruns and pages."""
    if DRAFT not in st.session_state:
        st.session_state[DRAFT] = Draft()
    return cast(Draft, st.session_state[DRAFT])


def shown() -> Shown:
    """The network of the draft, worked out once for each state of the controls; remembers the last valid one."""
    current = draft()
    key = json.dumps(current.values, sort_keys=True)
    before = st.session_state.get(SHOWN)
    if isinstance(before, Shown) and before.key == key and before.draft is current:
        return before
    network = evaluate(current, st.session_state.get(LAST_VALID_SPEC) or ModelSpec())
    if network.spec is not None:
        st.session_state[LAST_VALID_SPEC] = network.spec
    st.session_state[SHOWN] = now = Shown(key, current, network)
    return now


def let_paint(now: Shown) -> None:
    """Waits a moment where the network is not the one that was painted last.

    A further move ends the wait and the run, so that a slider that is dragged is answered by numbers and picture alone
    until it rests.
    """
    if st.session_state.get(PAINTED) != now.key and has_browser():
        ready = time.monotonic() + (FIRST_PAINT_SECONDS if st.session_state.pop(FIRST, False) else PAINT_SECONDS)
        while time.monotonic() < ready:
            time.sleep(LOOK_SECONDS)
            st.session_state.get(PAINTED)  # looking at the state is where Streamlit lets a further move in
    st.session_state[PAINTED] = now.key


def write_link() -> None:
    """Puts draft and view into the address bar: a reload or a shared link brings them back."""
    write_query(draft().to_query() | view_options.to_query())


def replace_draft(other: Draft) -> None:
    """Loads another network into the controls."""
    st.session_state[DRAFT] = other
