"""What a reload would lose: the address holds the page that is shown, and this the addresses of the other pages.

A reload begins a new session. The page that it opens is what its address says; another page, come to from there for
the first time, is as this browser last had it.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping

import streamlit as st

from explorer.ui.common.visitor import visitor

SEEN = "kept.seen"
MOST_VISITORS = 2_000
LONGEST = 8_000
"""Characters of an address that are kept."""

Query = Mapping[str, list[str]]


class Addresses:
    """The newest query of every page, by browser; whoever was here longest ago makes room. Safe in any thread."""

    def __init__(self, most: int = MOST_VISITORS) -> None:
        self._most = most
        self._known: OrderedDict[str, dict[str, Query]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, page: str, query: Query) -> None:
        """Notes a page's query for the browser called `name`."""
        if sum(len(key) + len(text) for key, texts in query.items() for text in texts) > LONGEST:
            return
        with self._lock:
            self._known.setdefault(name, {})[page] = query
            self._known.move_to_end(name)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def get(self, name: str, page: str) -> Query:
        """The page's newest query; an empty one where nothing is known."""
        with self._lock:
            return self._known.get(name, {}).get(page, {})


@st.cache_resource(show_spinner=False)
def _addresses() -> Addresses:
    return Addresses()


def bring_back(page: str) -> None:
    """To be called before the page runs: gives it its old address where this session has not seen it yet."""
    seen: set[str] | None = st.session_state.get(SEEN)
    if seen is None:
        # What is opened from outside is what its address says.
        st.session_state[SEEN] = {page}
        return
    if page not in seen and not st.query_params and (known := _addresses().get(visitor(), page)):
        # An empty one is not written: that too would be a step in the browser's history.
        st.query_params.from_dict(known)
    seen.add(page)


def note(page: str) -> None:
    """To be called after the page has run: keeps its address."""
    _addresses().keep(visitor(), page, {name: st.query_params.get_all(name) for name in st.query_params})
