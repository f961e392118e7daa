"""Who this visitor is: the teacher of a class, a student with a seat in one, or neither.

The browser keeps two cookies: the teacher's key, and its own secret with the code of the class that it sits in. Nothing
of either stands in an address. What they allow is decided by the store each time; a changed cookie opens nothing.
"""

import re
from collections.abc import Callable
from typing import cast

import streamlit as st

from explorer.classes.credentials import ALPHABET, CODE_LENGTH, new_secret
from explorer.classes.records import ClassState, Seat
from explorer.classes.store.teaching import MOST_DAYS, Teaching
from explorer.ui.classroom.board import board, class_store
from explorer.ui.classroom.cookies import KEY, KEY_COOKIE, SEAT, SEAT_COOKIE
from explorer.ui.common.cookies import keep_cookie, kept_cookie

FOUND = "class.found"
"""Key of what the store said of the key and of the seat."""
A_KEY = re.compile(r"[\w-]{32}", re.ASCII)
A_SEAT = re.compile(rf"([\w-]{{32}})\.([{ALPHABET}]{{{CODE_LENGTH}}})?", re.ASCII)
YEAR_DAYS = 365


def _value(key: str, cookie: str, form: re.Pattern[str]) -> str:
    if key not in st.session_state:
        kept = kept_cookie(cookie)
        st.session_state[key] = kept if form.fullmatch(kept) else ""
    return cast(str, st.session_state[key])


def browser_secret() -> str:
    """This browser's own secret, from which its seat in every class follows."""
    if not _value(SEAT, SEAT_COOKIE, A_SEAT):
        st.session_state[SEAT] = f"{new_secret()}."
    return cast(str, st.session_state[SEAT]).partition(".")[0]


def teaching() -> Teaching | None:
    """What this visitor may do as a teacher; None for everybody else. Raises StoreError."""
    key = _value(KEY, KEY_COOKIE, A_KEY)
    return cast(Teaching | None, _found("teaching", key, lambda: class_store().teaching(key)) if key else None)


def seat() -> Seat | None:
    """This visitor's seat as a student; None without one. Raises StoreError."""
    secret, _, code = _value(SEAT, SEAT_COOKIE, A_SEAT).partition(".")
    return cast(Seat | None, _found("seat", code, lambda: class_store().seat(code, secret)) if code else None)


def _found(what: str, name: str, find: Callable[[], object]) -> object:
    known = st.session_state.setdefault(FOUND, {})
    if known.get(what, (None,))[0] != name:
        known[what] = (name, find())
    return known[what][1]


def own_state() -> ClassState | None:
    """The class that this visitor teaches or sits in, over or not; None without one. Raises StoreError."""
    found = teaching() or seat()
    return board().state(found.class_id) if found else None


def is_in_a_class() -> bool:
    """Whether this visitor teaches or sits in a class that is not over. Raises StoreError."""
    state = own_state()
    return state is not None and not state.room.is_over


def begin_teaching(key: str) -> None:
    """Makes this visitor the teacher whose key this is; an empty one, nobody's."""
    st.session_state[KEY] = key


def take_seat(code: str) -> None:
    """Puts this visitor into the class with this code; with an empty one, out of every class."""
    st.session_state[SEAT] = f"{browser_secret()}.{code}"
    st.session_state.get(FOUND, {}).pop("seat", None)


def keep_membership() -> None:
    """Stores key and seat in the browser's cookies; to be called once in each run of a page that changes them."""
    key, own = _value(KEY, KEY_COOKIE, A_KEY), _value(SEAT, SEAT_COOKIE, A_SEAT)
    keep_cookie(KEY_COOKIE, key, MOST_DAYS + 1)
    keep_cookie(SEAT_COOKIE, own, YEAR_DAYS)
