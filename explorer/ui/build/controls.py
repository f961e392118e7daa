"""The controls of Build, made from the declarations in `explorer.model`: one function for each kind of field.

Nothing here knows a field by name, except the two sliders that move several fields at once. Every widget shows what
the draft holds; a callback writes what the visitor did into the draft, and the next run shows it everywhere.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import streamlit as st

from explorer.identify.undecided import changes_with
from explorer.language import N_, _, ngettext
from explorer.language.present import kept_by_language
from explorer.model import ModelSpec
from explorer.model.controls import CONTROLS, Control
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList
from explorer.model.link import read_value
from explorer.model.spec_values import SpecValues
from explorer.outputs.formatting import whole
from explorer.ui.build import state
from explorer.ui.build.draft import Draft, stages_of
from explorer.ui.build.open_values import OpenValues
from explorer.ui.build.value_texts import field_text, plain, value_text
from explorer.ui.common.remembered_widgets import bound, pressed
from explorer.ui.common.slider_stops import roomy, stops

SLIDE = "slide"
"""Ending of the key of a slider that stands beside the exact box."""
OpenFields = Mapping[str, OpenValues]
"""Fields that an opened file leaves undecided, with their possible values."""
BOX_PIXELS = 112
"""Width of the exact box."""
ENTRIES = {
    "stage": (N_("stage"), N_("stages")),
    "block": (N_("block"), N_("blocks")),
    "layer": (N_("layer"), N_("layers")),
}
"""What each number of a list belongs to, one and many."""
STAGE_PIXELS = 124
"""Width of a stage's slider: two stand in a line of the column as it is at first."""


def help_of(declared: Control) -> str:
    """A control's help: the field, its bounds, and every choice with its source."""
    kind = declared.kind
    if isinstance(kind, Choice):
        choices = "\n".join(
            f"- **{_(entry.label)}**: {_(entry.help)} *{_(entry.source)}*" for entry in kind.table.values()
        )
        return f"{_(declared.help)}\n\n{choices}"
    if isinstance(kind, Whole | Real):
        bounds = _("From {low} to {high}.").format(low=f"{kind.low:,g}", high=f"{kind.high:,g}")
        return f"{_(declared.help)}\n\n{bounds}"
    if isinstance(kind, WholeList):
        bounds = _("From {low} to {high} each, {least} to {most} {entries}.").format(
            low=whole(kind.low),
            high=whole(kind.high),
            least=0 if kind.empty else 1,
            most=kind.longest,
            entries=_(ENTRIES[kind.entry][1]),
        )
        return f"{_(declared.help)}\n\n{bounds}"
    return _(declared.help)


def why_idle(draft: Draft, name: str) -> str | None:
    """One sentence on why a field has no effect in this draft; None where it has."""
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in draft.values.items()}
    try:
        if CONTROLS[name].has_effect(SpecValues(**values)):
            return None
        return _reason(name, tuple(values.items()))
    except (KeyError, TypeError, AttributeError):
        # A draft may hold what no table knows; the control stays open and the check says what is wrong.
        return None


@kept_by_language(maxsize=1024)
def _reason(name: str, items: tuple[tuple[str, Any], ...]) -> str:
    """Which single other control would give the field an effect: tried, not written down."""
    values = dict(items)
    for other, alternatives in _alternatives():
        labels = [
            _(label)
            for value, label in alternatives
            if other != name and CONTROLS[name].has_effect(SpecValues(**values | {other: value}))
        ]
        if labels:
            return _("It acts when “{control}” is {values}.").format(
                control=_(CONTROLS[other].label), values=_either(labels)
            )
    return _("No single other control gives it an effect; the value is kept.")


def _alternatives() -> Iterator[tuple[str, list[tuple[object, str]]]]:
    for name, declared in CONTROLS.items():
        if isinstance(declared.kind, Choice):
            yield name, [(key, entry.label) for key, entry in declared.kind.table.items()]
        elif isinstance(declared.kind, Flag):
            yield name, [(True, N_("on")), (False, N_("off"))]


def _either(labels: list[str]) -> str:
    shown = labels if len(labels) <= 3 else [*labels[:2], _("one of the others")]
    if len(shown) == 1:
        return shown[0]
    return _("{names} or {last}").format(names=", ".join(shown[:-1]), last=shown[-1])


def _take(name: str, key: str) -> None:
    state.draft().set(name, st.session_state[key])


def choice_control(draft: Draft, name: str, declared: Control) -> None:
    """A menu of the table's entries, as they are now."""
    assert isinstance(declared.kind, Choice)
    table, value = declared.kind.table, draft.values[name]
    st.selectbox(
        _(declared.label),
        list(table),
        list(table).index(value) if value in table else 0,
        format_func=lambda entry: _(table[entry].label) if entry in table else str(entry),
        **bound(name, value, _take, name, name, help=help_of(declared)),
    )


def flag_control(draft: Draft, name: str, declared: Control) -> None:
    """A switch."""
    value = bool(draft.values[name])
    st.toggle(_(declared.label), value, **bound(name, value, _take, name, name, help=help_of(declared)))


def _switch(declared: Control, name: str, value: object, changed: Callable[[str, str], None]) -> None:
    """A switch that gives an optional field a value, or none."""
    key = f"{name}.on"
    on = value is not None
    st.toggle(_(declared.label), on, **bound(key, on, changed, name, key, sets=(name,), help=help_of(declared)))


def _switch_number(name: str, key: str) -> None:
    kind = CONTROLS[name].kind
    assert isinstance(kind, Whole)
    state.draft().set(name, kind.usual if st.session_state[key] else None)


def number_control(draft: Draft, name: str, declared: Control) -> None:
    """A slider for the feel and a box for the exact number; an optional number has a switch before them."""
    kind, value, key = declared.kind, draft.values[name], f"{name}.{SLIDE}"
    assert isinstance(kind, Whole | Real)
    if isinstance(kind, Whole) and kind.optional:
        _switch(declared, name, value, _switch_number)
        if value is None:
            return
    box = bound(name, value, _take, name, name)
    slider = bound(key, value, _take, name, key, sets=(name,), help=help_of(declared))
    # Slider and box share a line by the style sheet alone: a container for them would be drawn anew at every move.
    seen: Any = {"label_visibility": "collapsed"} if isinstance(kind, Whole) and kind.optional else {}
    if isinstance(kind, Whole):
        st.select_slider(_(declared.label), stops(kind.low, kind.high, [value]), value=value, **slider, **seen)
    else:
        st.slider(_(declared.label), kind.low, kind.high, value, kind.step, **slider)
    st.number_input(
        _("{label}, exactly").format(label=_(declared.label)),
        kind.low,
        kind.high,
        value,
        kind.step,
        format="%d" if isinstance(kind, Whole) else "%g",
        label_visibility="collapsed",
        width=BOX_PIXELS,
        **box,
    )


def _take_text(name: str) -> None:
    state.draft().set(name, read_value(CONTROLS[name].kind, st.session_state[name]))


def _take_entry(name: str, position: int, key: str) -> None:
    values = list(state.draft().values[name] or ())
    if position < len(values):  # a slider that is about to go may still report, after another network was loaded
        values[position] = st.session_state[key]
        state.draft().set(name, values)


def _switch_list(name: str, key: str) -> None:
    kind, stages = CONTROLS[name].kind, len(stages_of(state.draft().values))
    assert isinstance(kind, WholeList)
    state.draft().set(name, [kind.low, *[kind.usual or kind.low] * (stages - 1)] if st.session_state[key] else None)


def list_control(draft: Draft, name: str, declared: Control) -> None:
    """A line of text with all numbers, and a slider for each stage; an optional list has a switch before it."""
    kind, value = declared.kind, draft.values[name]
    assert isinstance(kind, WholeList)
    if kind.optional:
        _switch(declared, name, value, _switch_list)
        if value is None:
            return
    text = value_text(name, value)
    typing = _("Type one number for each {entry}, with commas between them.").format(entry=_(ENTRIES[kind.entry][0]))
    st.text_input(
        _(declared.label),
        text,
        label_visibility="collapsed" if kind.optional else "visible",
        **bound(
            name,
            text,
            _take_text,
            name,
            help=f"{help_of(declared)}\n\n{typing}",
        ),
    )
    if isinstance(value, list) and 0 < len(value) <= kind.longest and all(kind.low <= v <= kind.high for v in value):
        _stage_sliders(name, kind, value)


def _stage_sliders(name: str, kind: WholeList, values: list[int]) -> None:
    label = _(CONTROLS[name].short or CONTROLS[name].label)
    for position in range(len(values)):
        key = f"{name}.{position}"
        st.select_slider(
            _("{label}, {entry} {number}").format(label=label, entry=_(ENTRIES[kind.entry][0]), number=position + 1),
            roomy(kind.low, kind.high, values, 24 if kind.high <= 1000 else 1024),
            value=values[position],
            width=STAGE_PIXELS,
            **bound(key, values[position], _take_entry, name, position, key, sets=(name,)),
        )


Maker = Callable[[Draft, str, Control], None]
MAKERS: dict[type, Maker] = {
    Choice: choice_control,
    Flag: flag_control,
    Whole: number_control,
    Real: number_control,
    WholeList: list_control,
}
"""The control for each kind of field."""


def _open_values(name: str, values: OpenValues, now: Any) -> None:
    """Says that the opened file leaves a field open, with a button for each other value that it may well have."""
    st.caption(
        ngettext(
            "The file leaves this open. It may also be (or one of {count} rarer value):",
            "The file leaves this open. It may also be (or one of {count} rarer values):",
            values.rarer,
        ).format(count=whole(values.rarer))
        if values.rarer
        else _("The file leaves this open. It may also be:")
    )
    with st.container(horizontal=True, gap="small", key=f"{name}.open"):
        for place, value in enumerate((values.own, *values.others)):
            if plain(value) != now:
                st.button(
                    field_text(name, value),
                    key=f"{name}.open.{place}",
                    type="tertiary",
                    **pressed(_take_open_value, name, value, sets=(name,)),
                )


def _take_open_value(name: str, value: Any) -> None:
    """Gives the controls a value that the file leaves open, with what belongs to it."""
    draft = state.draft()
    for each, other in changes_with(ModelSpec(**draft.values), name, value).items():
        draft.set(each, plain(other))


def group_controls(draft: Draft, names: list[str], problems: Mapping[str, str], left_open: OpenFields) -> None:
    """The controls of a group, with what is wrong with a value beside it, and what the opened file leaves open.

    A control without effect here is left out; a line names it and says when it has one.
    """
    idle: dict[str, str] = {}
    for name in names:
        declared, problem = CONTROLS[name], problems.get(name)
        reason = None if problem else why_idle(draft, name)
        if reason is not None:
            idle[_(declared.label)] = reason
            continue
        MAKERS[type(declared.kind)](draft, name, declared)
        if problem:
            st.error(problem, icon=":material/error:")
        if name in left_open:
            _open_values(name, left_open[name], draft.values[name])
    if idle:
        reasons = "\n".join(f"- **{label}**: {reason}" for label, reason in idle.items())
        line = ngettext(
            "{count} control without effect here: {names}.", "{count} controls without effect here: {names}.", len(idle)
        )
        st.caption(line.format(count=whole(len(idle)), names=", ".join(idle)), help=reasons)
