"""Which value a widget shows: the server's, unless the visitor has moved the widget since.

A browser reports the values of all widgets with every move, also of widgets whose newest value is still on its way to
it. Streamlit takes such an old value for a move by hand and calls the callback of its widget. Therefore the server
counts its runs and sends the count along in a hidden box. The box comes back with every report and says which values
the browser had received; a report that equals the value of that time, or one that is on its way, is not a move.

A menu and a slider with named stops report the text of an option. Where an older version of the widget had an option
that the newest does not have, Streamlit gives a menu that text, and such a slider its `value`, or else its lowest stop.
So these sliders get their value as `value` too, and menus whose options change name them to `if_moved`.

A widget that a browser builds anew reports the value that it was made with, not the one that was sent to it. So the
widgets get their value twice: sent, and as the one that they are made with.

A browser reports together what happens in one moment, as a run of the fragment that was named first. So a move beside
the report of a fragment that acts by itself would be taken and never drawn: such a fragment asks `moved_elsewhere`.

A browser builds an expander or container anew, with values that may be older than those sent last, when its position
among its neighbours changes. So what comes and goes before one with widgets has a place that stays (`st.empty`).
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.language import _

RUN, RECEIVED = "widgets.run", "widgets.received"
"""Keys of the number of the next run to end, and of the hidden box."""
SENT, ENDED = "widgets.sent", "widgets.ended"
"""Keys of the values by widget, and of whether the run at work has placed the hidden box."""
ABSENT = object()
"""The value of a widget that is not there yet."""


@dataclass
class _Values:
    """What is known of the values that a browser holds for one widget."""

    reported: Any = None
    on_the_way: list[tuple[int, Any]] = field(default_factory=list)
    """Values that were sent and may not have arrived, oldest first, each with the number of its run."""

    def is_on_the_way(self, value: Any) -> bool:
        """Whether `value` was sent and may not have arrived."""
        return any(value == sent for _run, sent in self.on_the_way)


def _values_of(key: str) -> _Values:
    """The values of the widget with this key, after what has arrived is known to have arrived."""
    values: _Values = st.session_state.setdefault(SENT, {}).setdefault(key, _Values())
    received = int(st.session_state.get(RECEIVED) or 0)
    while values.on_the_way and values.on_the_way[0][0] <= received:
        values.reported = values.on_the_way.pop(0)[1]
    return values


def was_moved(key: str) -> bool:
    """Whether the visitor moved the widget with this key, to be asked in its callback."""
    values, value = _values_of(key), st.session_state[key]
    if value == values.reported or values.is_on_the_way(value):
        return False
    values.reported = value
    return True


def if_moved(key: str, callback: Callable[..., None], options: Container[Any] | None = None) -> Callable[..., None]:
    """A widget's `on_change`: calls `callback` only where the visitor moved the widget with this key.

    A value that is not one of a menu's `options` is the text of an older version of the menu, and not a move.
    """

    def on_change(*arguments: Any) -> None:
        if was_moved(key) and (options is None or st.session_state[key] in options):
            callback(*arguments)

    return on_change


def newest(key: str) -> Any:
    """The value of a widget that is its own record: what the visitor chose, or what was sent to it since."""
    values = _values_of(key)
    return values.on_the_way[-1][1] if values.on_the_way and not was_moved(key) else st.session_state[key]


def moved_elsewhere() -> bool:
    """Whether this run of a fragment was reported with a move of a widget that the run does not draw."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return False
    # Streamlit has no public name for what has changed since the run before.
    session = context.session_state._state  # noqa: SLF001
    widgets = session._new_widget_state  # noqa: SLF001
    return any(
        widgets.widget_metadata[widget].fragment_id not in context.fragment_ids_this_run
        for widget in widgets
        if widget in widgets.widget_metadata and session._widget_changed(widget)  # noqa: SLF001
    )


def forget(key: str) -> None:
    """Drops what is known of the values that the browser holds for `key`."""
    st.session_state.setdefault(SENT, {}).pop(key, None)


def must_be_sent(key: str, held: Any, value: Any, *, again: bool) -> bool:
    """Whether the browser, which reports `held` for `key`, needs `value`: notes then that it is sent.

    `again`: a value that is on its way is sent once more, since a run that is cut short may lose its messages.
    """
    values = _values_of(key)
    if not values.is_on_the_way(held):
        values.reported = held
    if held == value and all(not again and sent == value for _run, sent in values.on_the_way):
        return False
    values.on_the_way.append((st.session_state.get(RUN, 1), value))
    return True


def show_value(key: str, value: object) -> None:
    """Makes the widget with this key show `value`; to be called before the widget is placed."""
    if key not in st.session_state:
        forget(key)
    if must_be_sent(key, st.session_state.get(key, ABSENT), value, again=True):
        st.session_state[key] = value


def begin_run() -> None:
    """To be called before the first widget of a run."""
    st.session_state[ENDED] = False


def end_run() -> None:
    """Places the hidden box behind all of a page's widgets; does nothing where a fragment of this run has done so."""
    if st.session_state[ENDED]:
        return
    run = st.session_state.setdefault(RUN, 1)
    st.session_state[RECEIVED] = str(run)
    st.text_input(_("Run"), key=RECEIVED, label_visibility="collapsed")
    st.session_state[RUN] = run + 1
    st.session_state[ENDED] = True
