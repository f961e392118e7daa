"""How Build is looked at, in the address beside the network: views, what is opened, colours, columns, settings.

What a link asks for and cannot be is left out: a view, unlike a network, has a default that does no harm.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.ui.common.remembered_widgets import LEFT, VIEW, left

BETWEEN = "."
"""Between the members of a list."""
ALL = "all"


@dataclass(frozen=True)
class View:
    """A choice: its widget's key, what it is at first, and what it may be, known when it is needed."""

    key: str
    first: Callable[[], str | list[str]]
    options: Callable[[], Collection[str]]
    recalled: bool = True
    """Whether the widget is drawn by `build_choices`, which brings back what it was left with."""

    def read(self, text: str) -> str | list[str] | None:
        """The value that a text stands for; None where it is none."""
        if isinstance(self.first(), str):
            return text if text in self.options() else None
        options = list(self.options())
        members = options if text == ALL else text.split(BETWEEN) if text else []
        return members if set(members) <= set(options) else None

    def write(self, value: str | list[str]) -> str:
        """The text that stands for a value."""
        if isinstance(value, str):
            return value
        options = list(self.options())
        return ALL if set(value) == set(options) else BETWEEN.join(each for each in options if each in value)


def _columns(kind: str) -> View:
    def first() -> list[str]:
        from explorer.outputs.tables.table import KINDS

        return list(KINDS[kind].usual[1:])

    def options() -> list[str]:
        from explorer.outputs.tables.table import KINDS

        return list(KINDS[kind].columns)[1:]

    return View(f"{kind}.columns", first, options)


def _setting(name: str) -> View:
    def first() -> str:
        from explorer.ui.measuring.panel import SETTINGS

        return SETTINGS[name].first

    def options() -> Collection[str]:
        from explorer.ui.measuring.panel import SETTINGS

        return SETTINGS[name].options

    return View(f"measure.{name}", first, options)


def _views() -> Collection[str]:
    from explorer.ui.build.views import PANELS

    return PANELS


def _colours() -> Collection[str]:
    from explorer.ui.build.colours import LABELS

    return LABELS


def _first_groups() -> list[str]:
    from explorer.ui.build.control_groups import UNFOLDED_AT_FIRST

    return UNFOLDED_AT_FIRST


def _groups() -> Collection[str]:
    from explorer.ui.build.control_groups import GROUPS

    return GROUPS


def _lengths() -> Collection[str]:
    from explorer.ui.build.paths import COUNTED

    return COUNTED


def _levels() -> Collection[str]:
    from explorer.ui.build.pictures import LEVEL_LABELS

    return LEVEL_LABELS


class _Paths(Collection[str]):
    """Whatever may be a block's path in some network: whether this one has it is for the picker to see."""

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and re.fullmatch(r"[a-z]+\d{0,3}(\.\d{1,4})?", text) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


VIEWS: Mapping[str, View] = {
    "tab": View(VIEW, lambda: "Graph", _views, recalled=False),
    "colour": View("overview.colour", lambda: "plain", _colours),
    "graph": View("graph.level", lambda: "one", _levels),
    "opened": View("graph.block", lambda: "", _Paths),
    **{f"{kind}.columns": _columns(kind) for kind in ("stages", "blocks", "layers")},
    **{name: _setting(name) for name in ("batch", "precision", "optimiser", "device", "threads", "seconds")},
    "groups": View("groups", _first_groups, _groups),
    "lengths": View("paths.counted", lambda: "branches", _lengths),
}
"""By the name in the address; none of them is a field's."""


def take(query: Mapping[str, str], *, all_of_it: bool) -> dict[str, str]:
    """Gives the widgets what a query says of the view, and returns the rest of the query, which is the network's.

    `all_of_it`: what the query does not name is as at first, since it is this page's own address that came back.
    """
    for name, view in VIEWS.items():
        value = view.read(query[name]) if name in query else None
        if value is None and all_of_it and (view.key in st.session_state or LEFT + view.key in st.session_state):
            value = view.first()
        if value is not None:
            _set(view, value)
    return {name: text for name, text in query.items() if name not in VIEWS}


def _set(view: View, value: str | list[str]) -> None:
    if view.recalled:
        st.session_state[LEFT + view.key] = value
        st.session_state.pop(view.key, None)
    else:
        st.session_state[view.key] = value


def to_query() -> dict[str, str]:
    """What the address says of the view: only what somebody has chosen, and is not as at first."""
    found: dict[str, str] = {}
    for name, view in VIEWS.items():
        value: Any = left(view.key, None)
        if value is not None and value != view.first() and isinstance(value, type(view.first())):
            found[name] = view.write(value)
    return found
