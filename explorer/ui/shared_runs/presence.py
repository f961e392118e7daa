"""Whether a student's browser is still here: every page of a student notes it now and then."""

import time
from contextlib import suppress

import streamlit as st

from explorer.classes.records import Seat
from explorer.jobs.errors import StoreError
from explorer.shared_runs.bounds import SEEN_EVERY_SECONDS
from explorer.shared_runs.store.store import SharedRunStore
from explorer.ui.classroom.board import class_store

NOTED = "class.seen"
"""Key of when this browser was noted last, in seconds since 1970."""


@st.cache_resource(show_spinner=False)
def shared_store(url: str) -> SharedRunStore:
    """The store of this server's shared runs. Raises StoreError where it cannot be opened."""
    return SharedRunStore(url)


def note_here(seat: Seat) -> None:
    """Stores that the seat's browser shows a page, every SEEN_EVERY_SECONDS at most."""
    now = time.time()
    if now - st.session_state.get(NOTED, 0.0) < SEEN_EVERY_SECONDS:
        return
    st.session_state[NOTED] = now
    # The page of the class says that the database cannot be reached.
    with suppress(StoreError):
        shared_store(class_store().url).note_seen(seat.id, now)
