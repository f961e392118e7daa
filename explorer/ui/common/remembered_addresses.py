"""The server remembers each page's last address per browser and restores it after a reload.

A reload starts a new session. The page that it opens follows its own address; every other page is restored when the
visitor first opens it.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping

import streamlit as st

from explorer.ui.common import lesson_step
from explorer.ui.common.address_bar import current_query, marked
from explorer.ui.common.visitor import visitor

SEEN = "kept.seen"
MOST_VISITORS = 2_000
LONGEST = 8_000
"""Characters of an address that are kept."""

Query = Mapping[str, list[str]]


class Addresses:
    """The last query of every page by browser; the browser that was seen longest ago is dropped first. Thread-safe."""

    def __init__(self, most: int = MOST_VISITORS) -> None:
        self._most = most
        self._known: OrderedDict[str, dict[str, Query]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, page: str, query: Query) -> None:
        """Stores a page's query for the browser called `name`; one that is too long is not stored."""
        if sum(len(key) + len(text) for key, texts in query.items() for text in texts) > LONGEST:
            return
        with self._lock:
            self._known.setdefault(name, {})[page] = query
            self._known.move_to_end(name)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def get(self, name: str, page: str) -> Query:
        """The page's last query; an empty one where none is stored."""
        with self._lock:
            return self._known.get(name, {}).get(page, {})


@st.cache_resource(show_spinner=False)
def _addresses() -> Addresses:
    return Addresses()


def bring_back(page: str) -> None:
    """Restores the page's last address where this session has not shown it yet; to be called before the page runs."""
    seen: set[str] | None = st.session_state.get(SEEN)
    if seen is None:
        # A page that is opened from outside follows its own address.
        st.session_state[SEEN] = {page}
        return
    in_lesson = lesson_step.here() is not None
    if page not in seen and not in_lesson and not current_query() and (known := _addresses().get(visitor(), page)):
        st.query_params.from_dict(marked(known, page))
    seen.add(page)


def note(page: str) -> None:
    """Stores the page's address; to be called after the page has run. A step of a lesson is not the visitor's own."""
    if lesson_step.here() is None:
        _addresses().keep(visitor(), page, current_query())
