"""The classes of this server: their store, their states, each read once a second at most, and the wrong guesses."""

import threading
import time
from collections.abc import Callable

import streamlit as st

from explorer.classes.guesses import Guesses
from explorer.classes.records import ClassState
from explorer.classes.store.store import ClassStore

FRESH_SECONDS = 1.0
MOST_CLASSES = 500


class Board:
    """The states of classes. A hundred browsers that ask within a second cause one reading. Thread-safe."""

    def __init__(self, read: Callable[[str], ClassState | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._known: dict[str, tuple[float, ClassState | None]] = {}
        self._reading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def state(self, class_id: str) -> ClassState | None:
        """The class as it was at most FRESH_SECONDS ago; None where there is none. Raises StoreError."""
        with self._lock:
            if len(self._reading) > MOST_CLASSES:
                self._reading.clear()
                self._known.clear()
            reading = self._reading.setdefault(class_id, threading.Lock())
        with reading:
            read, state = self._known.get(class_id, (-FRESH_SECONDS, None))
            if state is None or self._clock() - read >= FRESH_SECONDS:
                # The time before reading: what is stored meanwhile is not missed for longer than FRESH_SECONDS.
                now, state = self._clock(), self._read(class_id)
                self._known[class_id] = (now, state)
            return state

    def forget(self, class_id: str) -> None:
        """Has the next question about this class read it anew, since it was just changed here."""
        with self._lock:
            self._known.pop(class_id, None)


def make_class_store() -> ClassStore:
    """The store of a real server; tests replace this function. Raises StoreError."""
    return ClassStore()


@st.cache_resource(show_spinner=False)
def class_store() -> ClassStore:
    """The store of this server's classes. Raises StoreError where it cannot be opened."""
    return make_class_store()


@st.cache_resource(show_spinner=False)
def board() -> Board:
    """The states of this server's classes."""
    return Board(class_store().state)


@st.cache_resource(show_spinner=False)
def guesses() -> Guesses:
    """The wrong codes, keys and passwords that this server has got lately."""
    return Guesses()
