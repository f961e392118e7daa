"""The classes of this server: their store, their states, each read once a second at most, and the wrong guesses."""

import math
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from explorer.classes.guesses import Guesses
from explorer.classes.records import ClassState
from explorer.classes.store.store import ClassStore

State = TypeVar("State")

FRESH_SECONDS = 1.0
MOST_CLASSES = 500


class Board(Generic[State]):
    """What is known of classes. A hundred browsers that ask within a second cause one reading. Thread-safe.

    `read` gives what is known of the class with an id, and None where there is none; nobody waits for another class.
    """

    def __init__(
        self,
        read: Callable[[str], State | None],
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_CLASSES,
    ) -> None:
        self._read, self._clock, self._most = read, clock, most
        self._known: dict[str, tuple[float, State | None]] = {}
        self._reading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def state(self, class_id: str) -> State | None:
        """What was known of the class at most FRESH_SECONDS ago; None where there is none. Raises StoreError."""
        with self._lock:
            if len(self._reading) > self._most:
                self._reading.clear()
                self._known.clear()
            reading = self._reading.setdefault(class_id, threading.Lock())
        with reading:
            read, state = self._known.get(class_id, (-math.inf, None))
            if self._clock() - read >= FRESH_SECONDS:
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
def board() -> Board[ClassState]:
    """The states of this server's classes."""
    return Board(class_store().state)


@st.cache_resource(show_spinner=False)
def guesses() -> Guesses:
    """The wrong codes, keys and passwords that this server has got lately."""
    return Guesses()
