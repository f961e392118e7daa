"""Menus and buttons of the Compare page whose choice stands in the address bar."""

from collections.abc import Mapping

import streamlit as st

from explorer.ui.common.widget_values import show
from explorer.ui.compare.setup import CompareSetup


def _take(entry: CompareSetup, name: str) -> None:
    entry.choices[name] = str(st.session_state[f"compare.{name}"])
    entry.refused.clear()


def menu(
    entry: CompareSetup, name: str, label: str, options: Mapping[str, str], *, width: int = 240, help: str | None = None
) -> str:
    """A menu of `options`, key to words, for the choice `name`; the first option where a link's is not among them."""
    if entry.choices[name] not in options:
        entry.choices[name] = next(iter(options))
    show(f"compare.{name}", entry.choices[name])
    return st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, str(key)),
        key=f"compare.{name}",
        on_change=_take,
        args=(entry, name),
        width=width,
        help=help,
    )


def buttons(entry: CompareSetup, name: str, label: str, options: Mapping[str, str]) -> str:
    """One of `options`, key to words, all of them in sight, for the choice `name`."""
    show(f"compare.{name}", entry.choices[name])
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=f"compare.{name}",
        on_change=_take,
        args=(entry, name),
        label_visibility="collapsed",
    )
    return entry.choices[name]


def number(entry: CompareSetup, name: str, label: str, low: int, high: int, *, help: str | None = None) -> int:
    """A whole number within bounds for the choice `name`."""
    value = min(max(entry.number(name), low), high)
    entry.choices[name] = str(value)
    show(f"compare.{name}", value)
    return int(
        st.number_input(
            label, low, high, key=f"compare.{name}", on_change=_take, args=(entry, name), width=150, help=help
        )
    )
