"""Menus and buttons of the Compare page whose choice stands in the address bar."""

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
    """A menu of `options`, key to words, for the choice `name`; the first option where a link's is not among them."""
    if setup.choices[name] not in options:
        setup.choices[name] = next(iter(options))
    show_value(f"compare.{name}", setup.choices[name])
    return st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, str(key)),
        key=f"compare.{name}",
        on_change=if_moved(f"compare.{name}", _take),
        args=(setup, name),
        width=width,
        help=help,
    )


def buttons(setup: CompareSetup, name: str, label: str, options: Mapping[str, str]) -> str:
    """One of `options`, key to words, all of them in sight, for the choice `name`."""
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
    """A whole number within bounds for the choice `name`."""
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
