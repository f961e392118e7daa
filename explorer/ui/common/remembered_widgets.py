"""Widgets that show what the server holds, and choices that stay while another view or page is open.

Streamlit drops a widget's own value when the widget is not drawn.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from explorer.ui.common.lesson_step import is_locked, lock
from explorer.ui.common.widget_values import if_moved, show_value

First = TypeVar("First", bound=str | None)

VIEW = "tables"
"""Key of the row of views below the picture."""
LEFT = "left."
"""Prefix of a widget's key: the copy that stays."""


def bound(
    key: str,
    value: object,
    take: Callable[..., None],
    *arguments: object,
    options: Container[Any] | None = None,
    help: str | None = None,
    sets: Sequence[str] = (),
) -> dict[str, Any]:
    """The `key`, `on_change`, `args` and `help` of a widget that shows `value`; to be called before it is placed.

    A move by the visitor, of a menu to one of its `options`, calls `take(*arguments)`. `sets` are the names of the
    page's address that it sets, by default its key; where the step of a lesson locks one, nobody can move the widget.
    """
    show_value(key, value)
    names = sets or (key,)
    moved = {} if is_locked(*names) else {"on_change": if_moved(key, take, options), "args": arguments}
    return {"key": key, **moved, **lock(*names, help=help)}


def pressed(
    take: Callable[..., None], *arguments: object, sets: Sequence[str], help: str | None = None
) -> dict[str, Any]:
    """The `on_click`, `args` and `help` of a button that sets these names of the page's address, as `bound`."""
    taken = {} if is_locked(*sets) else {"on_click": take, "args": arguments}
    return {**taken, **lock(*sets, help=help)}


def left(key: str, first: Any) -> Any:
    """The value that a widget has or was left with, whether it is drawn now or not; `first` where it has none yet."""
    return st.session_state.get(LEFT + key, first)


def recalled(
    key: str,
    first: object,
    options: Container[Any] | None = None,
    help: str | None = None,
    sets: Sequence[str] = (),
) -> dict[str, Any]:
    """The arguments of a widget that shows the value it was left with, or its first one, as `bound`."""
    return bound(key, left(key, first), _keep, key, options=options, help=help, sets=sets)


def _keep(key: str) -> None:
    st.session_state[LEFT + key] = st.session_state[key]


def put(key: str, value: Any) -> None:
    """Has a widget show `value` as if it had been chosen there; for callbacks."""
    st.session_state[LEFT + key] = value


def forget(key: str) -> None:
    """Has a widget show its first value again, as if nobody had chosen there."""
    st.session_state.pop(LEFT + key, None)


def menu(
    key: str,
    label: str,
    options: Mapping[str, str],
    first: First,
    *,
    help: str | None = None,
    sets: Sequence[str] = (),
    **appearance: Any,
) -> str | First:
    """Draws a menu of a table from key to label; returns the chosen key. `appearance` goes to the widget."""
    if left(key, first) not in options:
        put(key, first)
    position = list(options).index(left(key, first)) if left(key, first) in options else None
    widget = recalled(key, first, {first, *options}, help, sets) | {"index": position} | appearance
    chosen: str | First = st.selectbox(label, list(options), format_func=options.__getitem__, **widget)
    return chosen


def choose(key: str, label: str, options: Mapping[str, str]) -> str:
    """Draws a button for each row of a table from key to label, the first one at first; returns the chosen key.

    The browser alone holds the choice: for parts that refresh by themselves, where a value that the server sends may be
    overtaken by the next refresh.
    """
    chosen: str = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=next(iter(options)),
        required=True,
        key=key,
        label_visibility="collapsed",
    )
    return chosen


def buttons(
    key: str,
    label: str,
    options: Mapping[str, str],
    first: str,
    *,
    help: str | None = None,
    sets: Sequence[str] = (),
    **appearance: Any,
) -> str:
    """Draws a button for each row of a table from key to label; returns the chosen key."""
    widget = recalled(key, first, options, help, sets) | appearance
    # Not the widget's own value: a browser that has just built it anew reports what it was made with.
    shown: str = left(key, first)
    shown = shown if shown in options else first
    st.segmented_control(label, list(options), default=shown, format_func=options.__getitem__, required=True, **widget)
    return shown
