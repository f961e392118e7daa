"""The browser's address bar: what it says, what a page writes into it, and what is a step of the browser's history.

A step is a page, or another value of one of `PLACES`. All other changes replace the present step's address, so that
Back returns to the former page as it was left: `assets/views/history.js` sees to it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import streamlit as st

from explorer.ui.common import lesson_step, visitor_language
from explorer.ui.common.address import Query
from explorer.ui.common.components import declare
from explorer.ui.common.session import current_page, has_arrived, has_browser, is_first_run, went_back
from explorer.ui.common.widget_values import forget, moved_elsewhere, must_be_sent

State = TypeVar("State")
Written = Mapping[str, Sequence[str] | str]
"""A query to be written; a single text may stand without a list."""

ADDRESS = "address"
"""Under this name it is known which query the browser has received."""
PLACES = ("lab", lesson_step.STEP, lesson_step.LESSON)
"""Names of which another value is a step of the browser's history, as another page is: labs, steps of lessons."""
MARK = "page-of-query"
"""The last name of each query that is sent: its value is the page's path. It never stands in the address bar."""
OPENING, OPENED = "address.opening", "address.opened"
"""Keys of whether the browser may not have the script yet, and of the query that the page wrote meanwhile."""

_history = declare("history")


def query_of_bar(page: str) -> dict[str, list[str]]:
    """The address bar's texts by name; none where they are of another page."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    return query if query.pop(MARK, [page]) == [page] else {}


def current_query() -> dict[str, list[str]]:
    """The texts by name that this page follows: the address bar's, or, in a step of a lesson, what the step leaves."""
    bar = {name: texts for name, texts in query_of_bar(current_page()).items() if name != visitor_language.NAME}
    return lesson_step.query_of_page(bar)


def marked(query: Written, page: str) -> Written:
    """The query of a page, as it is sent to the browser, with the language where the visitor chose one."""
    query = {**query, **visitor_language.query()}
    return {**query, MARK: page} if has_browser() else query


def decides(query: Mapping[str, Sequence[str]], besides: Collection[str] = ()) -> bool:
    """Whether this run shows what the address says, not what the session holds.

    So it is after the back or forward button, and on arrival with names in the query other than those in `besides`.
    """
    if went_back() or (has_arrived() and lesson_step.here() is not None):
        return True
    return has_arrived() and any(name not in besides for name in query)


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


def write_query(query: Written) -> None:
    """Puts the query into the address bar, where it differs."""
    query = {**query, **lesson_step.own_query(), **visitor_language.query()}
    wanted = {name: [texts] if isinstance(texts, str) else list(texts) for name, texts in query.items()}
    if not must_be_sent(ADDRESS, query_of_bar(current_page()), wanted, again=False):
        return
    if st.session_state.get(OPENING):
        st.session_state[OPENED] = query
    else:
        st.query_params.from_dict(marked(query, current_page()))


def begin_run() -> None:
    """To be called in each run of the app, once it is known which page is shown."""
    if is_first_run() or has_arrived():
        st.session_state[OPENING] = is_first_run() and has_browser()
        st.session_state.pop(OPENED, None)
    if has_arrived():
        forget(ADDRESS)


def end_run(pages: Sequence[str]) -> None:
    """To be called behind the page; `pages` are the paths of all pages.

    In a session's first run the browser does not yet have the script that replaces addresses. So the address that the
    page writes comes with the script, until the script says that it has written it.
    """
    if OPENED not in st.session_state:
        st.session_state[OPENING] = False
    settings = {"mark": MARK, "pages": [page for page in pages if page], "places": PLACES}
    st.fragment(_watch_history)(settings)


def _watch_history(settings: Mapping[str, Any]) -> None:
    query = st.session_state.get(OPENED)
    opened = None if query is None else urlencode(query, doseq=True)
    _history(key="history", data={"settings": settings, "opened": opened}, on_written_change=_go_on, height=1)
    if moved_elsewhere():
        st.rerun()


def _go_on() -> None:
    """From now on addresses are written by Streamlit's messages: the browser replaces them."""
    st.session_state[OPENING] = False
    query = st.session_state.pop(OPENED, None)
    if query is not None:
        st.query_params.from_dict(marked(query, current_page()))
