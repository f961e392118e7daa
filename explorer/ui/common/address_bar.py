"""The browser's address bar: what it says, and what a page writes into it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar, cast

import streamlit as st

from explorer.ui.common.address import Query
from explorer.ui.common.session import has_arrived, went_back
from explorer.ui.common.widget_values import must_be_sent

State = TypeVar("State")

ADDRESS = "address"
"""Under this name it is known which query the browser has received."""


def current_query() -> dict[str, list[str]]:
    """The address bar's texts by name."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def decides(query: Mapping[str, Sequence[str]], besides: Collection[str] = ()) -> bool:
    """Whether this run shows what the address says, not what the session holds.

    So it is after the back or forward button, and on arrival with names in the query other than those in `besides`.
    """
    return went_back() or (has_arrived() and any(name not in besides for name in query))


def state_of_address(key: str, read: Callable[[Query], State], besides: Collection[str] = ()) -> State:
    """The session's state under `key`; `read` makes it from the address where there is none or the address decides."""
    query = current_query()
    if key not in st.session_state or decides(query, besides):
        st.session_state[key] = read(query)
    return cast(State, st.session_state[key])


def show_warnings(warnings: Iterable[str]) -> None:
    """Draws the warnings of a link, one sentence each."""
    for warning in dict.fromkeys(warnings):
        st.warning(warning, icon=":material/link_off:")


def write_query(query: Mapping[str, Sequence[str] | str]) -> None:
    """Puts the query into the address bar, where it differs: each change is a step in the browser's history."""
    wanted = {name: [texts] if isinstance(texts, str) else list(texts) for name, texts in query.items()}
    if must_be_sent(ADDRESS, current_query(), wanted, again=False):
        st.query_params.from_dict(query)
