"""What widgets show: values that come from elsewhere than the visitor's hand, and that surely reach the browser."""

import streamlit as st

SHOWN, DELIVERED = "widgets.shown", "widgets.delivered"
"""Keys of the widgets of the run at work, and of those whose value was sent by a run that ended."""


def show(key: str, value: object) -> None:
    """Makes the widget with this key show `value`; to be called before the widget is placed.

    A run that a click cuts short may lose its messages. A browser that was never told a value shows the least one and
    reports it as the visitor's own; so every run tells the value again until one has ended.
    """
    delivered = st.session_state.setdefault(DELIVERED, set())
    if key not in st.session_state or st.session_state[key] != value:
        delivered.discard(key)
    if key not in delivered:
        st.session_state[key] = value
    st.session_state.setdefault(SHOWN, set()).add(key)


def begin_run() -> None:
    """To be called before the first widget of a run."""
    st.session_state[SHOWN] = set()


def end_run() -> None:
    """To be called when all of a page has been drawn: what it shows need not be told again."""
    st.session_state.setdefault(DELIVERED, set()).update(st.session_state.get(SHOWN, ()))
