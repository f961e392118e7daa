"""Menus and buttons of the Compare page whose choice is kept in the address bar."""

from collections.abc import Container, Mapping
from typing import Any

import streamlit as st

from explorer.language import _
from explorer.ui.common.remembered_widgets import bound, pressed
from explorer.ui.compare.setup import CompareSetup


def _take(setup: CompareSetup, name: str) -> None:
    setup.choices[name] = st.session_state[f"compare.{name}"]
    setup.warnings.clear()


def bound_choice(
    setup: CompareSetup, name: str, value: object, options: Container[str] | None = None, help: str | None = None
) -> dict[str, Any]:
    """The `key`, `on_change`, `args` and `help` of the widget for the choice `name`, which shows `value`."""
    return bound(f"compare.{name}", value, _take, setup, name, options=options, help=help, sets=(name,))


def menu(
    setup: CompareSetup,
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    help: str | None = None,
    **appearance: Any,
) -> str:
    """Draws a menu of `options`, key to label, for the choice `name`; returns the key, the first one by default.

    `appearance` goes to the widget.
    """
    if setup.choices[name] not in options:
        setup.choices[name] = next(iter(options))
    chosen = setup.choices[name]
    widget = {"width": 240} | appearance | bound_choice(setup, name, chosen, options, help)
    position = list(options).index(chosen)
    return str(
        st.selectbox(label, list(options), position, format_func=lambda key: _(options.get(key, str(key))), **widget)
    )


def buttons(setup: CompareSetup, name: str, label: str, options: Mapping[str, str]) -> str:
    """Draws a button for each of `options`, key to label, for the choice `name`; returns the chosen key."""
    chosen = setup.choices[name]
    widget = bound_choice(setup, name, chosen) | {"required": True, "label_visibility": "collapsed"}
    st.segmented_control(label, list(options), default=chosen, format_func=lambda key: _(options[key]), **widget)
    return str(chosen)


def known_networks_button(setup: CompareSetup, label: str, key: str, help_text: str, **choices: object) -> None:
    """Draws a button that opens the chart of known networks with these `choices`."""
    st.button(
        label,
        key=key,
        type="tertiary",
        icon=":material/scatter_plot:",
        **pressed(setup.choices.update, {"show": "field", **choices}, sets=("show", *choices), help=help_text),
    )


def number(setup: CompareSetup, name: str, label: str, low: int, high: int) -> int:
    """Draws a whole number within bounds for the choice `name`; returns it."""
    setup.choices[name] = min(max(setup.choices[name], low), high)
    value = setup.choices[name]
    return int(st.number_input(label, low, high, value, width=150, **bound_choice(setup, name, value)))
