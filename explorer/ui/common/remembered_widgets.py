"""Choices that stay while another view or page is open, since Streamlit then drops a widget's own value."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.ui.common.widget_values import if_moved, show_value

VIEW = "tables"
"""Key of the row of views below the picture."""
LEFT = "left."
"""Prefix of a widget's key: the copy that stays."""


def left(key: str, first: Any) -> Any:
    """The value that a widget has or was left with, whether it is drawn now or not; `first` where it has none yet."""
    return st.session_state.get(LEFT + key, first)


def recall(key: str, first: Any) -> None:
    """Gives the widget that is about to be drawn under `key` the value it was left with, or its first one."""
    show_value(key, left(key, first))


def keep(key: str) -> None:
    """Copies a widget's value; for `on_change`."""
    st.session_state[LEFT + key] = st.session_state[key]


def put(key: str, value: Any) -> None:
    """Has a widget show `value` as if it had been chosen there; for callbacks."""
    st.session_state[LEFT + key] = value


def menu(key: str, label: str, options: Mapping[str, str], first: str, help: str, width: int = 190) -> str:
    """One of a table from key to label."""
    if left(key, first) not in options:
        put(key, first)
    recall(key, first)
    chosen: str = st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=if_moved(key, keep, options),
        args=(key,),
        help=help,
        width=width,
    )
    return chosen


def buttons(key: str, label: str, options: Mapping[str, str], first: str, **appearance: Any) -> str:
    """One of a table from key to label, all of them in sight; `appearance` goes to the widget."""
    recall(key, first)
    chosen: str | None = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=key,
        on_change=if_moved(key, keep),
        args=(key,),
        **appearance,
    )
    return chosen or first
