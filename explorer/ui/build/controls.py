"""The controls of Build, made from the declarations in `explorer.model`: one function for each kind of field.

Nothing here knows a field by name, except the two sliders that move several fields at once. Every widget shows what
the draft holds; a callback writes what the visitor did into the draft, and the next run shows it everywhere.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.model.controls import CONTROLS, Control
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList
from explorer.model.link import read_value, write_value
from explorer.ui.build import help_texts, state
from explorer.ui.build.draft import Draft
from explorer.ui.common import session
from explorer.ui.common.slider_stops import roomy, stops
from explorer.ui.common.widget_values import if_moved, show_value

SLIDE = "slide"
"""Ending of the key of a slider that stands beside the exact box."""
BOX_PIXELS = 112
"""Width of the exact box."""
STAGE_PIXELS = 124
"""Width of a stage's slider: two stand in a line of the column as it is at first."""


def _take(name: str, key: str) -> None:
    state.draft().set(name, st.session_state[key])


def choice_control(draft: Draft, name: str, declared: Control, disabled: bool) -> None:
    """A menu of the table's entries, as they are now."""
    assert isinstance(declared.kind, Choice)
    table = declared.kind.table
    show_value(name, draft.values[name])
    st.selectbox(
        declared.label,
        list(table),
        format_func=lambda entry: table[entry].label if entry in table else str(entry),
        key=name,
        help=help_texts.help_of(declared),
        disabled=disabled,
        on_change=if_moved(name, _take),
        args=(name, name),
    )


def flag_control(draft: Draft, name: str, declared: Control, disabled: bool) -> None:
    """A switch."""
    show_value(name, draft.values[name])
    st.toggle(
        declared.label,
        key=name,
        help=help_texts.help_of(declared),
        disabled=disabled,
        on_change=if_moved(name, _take),
        args=(name, name),
    )


def number_control(draft: Draft, name: str, declared: Control, disabled: bool) -> None:
    """A slider for the feel and a box for the exact number."""
    kind, value, slide = declared.kind, draft.values[name], f"{name}.{SLIDE}"
    assert isinstance(kind, Whole | Real)
    show_value(name, value)
    show_value(slide, value)
    common: dict[str, Any] = {"disabled": disabled}
    # Slider and box share a line by the style sheet alone: a container for them would be drawn anew at every move.
    if isinstance(kind, Whole):
        st.select_slider(
            declared.label,
            stops(kind.low, kind.high, [value]),
            value=value,
            key=slide,
            help=help_texts.help_of(declared),
            on_change=if_moved(slide, _take),
            args=(name, slide),
            **common,
        )
    else:
        st.slider(
            declared.label,
            kind.low,
            kind.high,
            step=kind.step,
            key=slide,
            help=help_texts.help_of(declared),
            on_change=if_moved(slide, _take),
            args=(name, slide),
            **common,
        )
    if disabled and session.has_browser():
        return  # What has no effect needs no exact box: one is among the dearest things for a browser to draw.
    st.number_input(
        f"{declared.label}, exactly",
        kind.low,
        kind.high,
        step=kind.step,
        format="%d" if isinstance(kind, Whole) else "%g",
        key=name,
        label_visibility="collapsed",
        width=BOX_PIXELS,
        on_change=if_moved(name, _take),
        args=(name, name),
        **common,
    )


def _take_text(name: str) -> None:
    state.draft().set(name, read_value(CONTROLS[name].kind, st.session_state[name]))


def _take_entry(name: str, position: int, key: str) -> None:
    values = list(state.draft().values[name] or ())
    if position < len(values):  # a slider that is about to go may still report, after another network was loaded
        values[position] = st.session_state[key]
        state.draft().set(name, values)


def _switch_list(name: str, key: str) -> None:
    stages = len(help_texts.stages_of(state.draft()))
    state.draft().set(name, [CONTROLS[name].kind.low] * stages if st.session_state[key] else None)  # type: ignore[union-attr]


def list_control(draft: Draft, name: str, declared: Control, disabled: bool) -> None:
    """A line of text with all numbers, and a slider for each stage; an optional list has a switch before it."""
    kind, value = declared.kind, draft.values[name]
    assert isinstance(kind, WholeList)
    if kind.optional:
        switch = f"{name}.on"
        show_value(switch, value is not None)
        st.toggle(
            declared.label,
            key=switch,
            help=help_texts.help_of(declared),
            disabled=disabled,
            on_change=if_moved(switch, _switch_list),
            args=(name, switch),
        )
        if value is None:
            return
    show_value(name, write_value(value).replace("-", ", ") if isinstance(value, list) else str(value))
    st.text_input(
        declared.label,
        key=name,
        help=help_texts.help_of(declared) + f"\n\nType one number for each {kind.entry}, with commas between them.",
        disabled=disabled,
        label_visibility="collapsed" if kind.optional else "visible",
        on_change=if_moved(name, _take_text),
        args=(name,),
    )
    if isinstance(value, list) and 0 < len(value) <= kind.longest and all(kind.low <= v <= kind.high for v in value):
        _stage_sliders(name, kind, value, disabled)


def _stage_sliders(name: str, kind: WholeList, values: list[int], disabled: bool) -> None:
    label = CONTROLS[name].label.split()[0]
    for position in range(len(values)):
        key = f"{name}.{position}"
        show_value(key, values[position])
        st.select_slider(
            f"{label}, {kind.entry} {position + 1}",
            roomy(kind.low, kind.high, values, 24 if kind.high <= 1000 else 1024),
            value=values[position],
            key=key,
            disabled=disabled,
            on_change=if_moved(key, _take_entry),
            args=(name, position, key),
            width=STAGE_PIXELS,
        )


Maker = Callable[[Draft, str, Control, bool], None]
MAKERS: dict[type, Maker] = {
    Choice: choice_control,
    Flag: flag_control,
    Whole: number_control,
    Real: number_control,
    WholeList: list_control,
}
"""The control for each kind of field."""


def field_control(draft: Draft, name: str, problem: str | None) -> None:
    """A field's control, what is wrong with its value, and why it is grey where it has no effect."""
    declared = CONTROLS[name]
    idle = help_texts.why_idle(draft, name)
    MAKERS[type(declared.kind)](draft, name, declared, idle is not None and problem is None)
    if problem is not None:
        st.error(problem, icon=":material/error:")
    elif idle is not None:
        st.caption(idle)
