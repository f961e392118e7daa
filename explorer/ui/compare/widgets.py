"""Menus and buttons of the Compare page whose choice is kept in the address bar."""

from collections.abc import Mapping

import streamlit as st

from explorer.ui.common.widget_values import if_moved, show_value
from explorer.ui.compare.setup import CompareSetup


def _take(setup: CompareSetup, name: str) -> None:
    setup.choices[name] = st.session_state[f"compare.{name}"]
    setup.warnings.clear()


def menu(
    setup: CompareSetup, name: str, label: str, options: Mapping[str, str], *, width: int = 240, help: str | None = None
) -> str:
    """Draws a menu of `options`, key to label, for the choice `name`; returns the key, the first one by default."""
    if setup.choices[name] not in options:
        setup.choices[name] = next(iter(options))
    show_value(f"compare.{name}", setup.choices[name])
    return st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, str(key)),
        key=f"compare.{name}",
        on_change=if_moved(f"compare.{name}", _take, options),
        args=(setup, name),
        width=width,
        help=help,
    )


def buttons(setup: CompareSetup, name: str, label: str, options: Mapping[str, str]) -> str:
    """Draws a button for each of `options`, key to label, for the choice `name`; returns the chosen key."""
    show_value(f"compare.{name}", setup.choices[name])
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=f"compare.{name}",
        on_change=if_moved(f"compare.{name}", _take),
        args=(setup, name),
        label_visibility="collapsed",
    )
    return str(setup.choices[name])


def number(setup: CompareSetup, name: str, label: str, low: int, high: int, *, help: str | None = None) -> int:
    """Draws a whole number within bounds for the choice `name`; returns it."""
    value = setup.choices[name] = min(max(setup.choices[name], low), high)
    show_value(f"compare.{name}", value)
    return int(
        st.number_input(
            label,
            low,
            high,
            key=f"compare.{name}",
            on_change=if_moved(f"compare.{name}", _take),
            args=(setup, name),
            width=150,
            help=help,
        )
    )
