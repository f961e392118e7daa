"""The browser's cookies of a class, and whether there are any: what every page may ask without loading the classes."""

import streamlit as st

from explorer.ui.common.cookies import kept_cookie

KEY_COOKIE, SEAT_COOKIE = "residual_explorer_teaching", "residual_explorer_seat"
KEY, SEAT = "class.key", "class.seat"
"""Keys of the teacher's key, and of the browser's secret with the code of its class behind a dot."""


def may_be_in_a_class() -> bool:
    """Whether this visitor has a key or a seat; whether it fits a class is decided by the store."""
    key = st.session_state.get(KEY, kept_cookie(KEY_COOKIE))
    seat = st.session_state.get(SEAT, kept_cookie(SEAT_COOKIE))
    return bool(key) or (not seat.endswith(".") and bool(seat))
