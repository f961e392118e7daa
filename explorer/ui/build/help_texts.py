"""Texts around the controls: help texts, and why a control has no effect."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from explorer.model.controls import CONTROLS, Control
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList
from explorer.model.spec_values import SpecValues
from explorer.ui.build.draft import Draft


def help_of(declared: Control) -> str:
    """A control's help: the field, its bounds, and every choice with its source."""
    kind = declared.kind
    if isinstance(kind, Choice):
        choices = "\n".join(f"- **{entry.label}**: {entry.help} *{entry.source}*" for entry in kind.table.values())
        return f"{declared.help}\n\n{choices}"
    if isinstance(kind, Whole | Real):
        return f"{declared.help}\n\nFrom {kind.low:,g} to {kind.high:,g}."
    if isinstance(kind, WholeList):
        return f"{declared.help}\n\nFrom {kind.low:,} to {kind.high:,} each, 1 to {kind.longest} {kind.entry}s."
    return declared.help


def stages_of(draft: Draft) -> list[int]:
    """The draft's blocks per stage, or one stage where what was typed is no list."""
    blocks = draft.values["stage_blocks"]
    return blocks if isinstance(blocks, list) and blocks else [1]


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


@lru_cache(maxsize=1024)
def _reason(name: str, items: tuple[tuple[str, Any], ...]) -> str:
    """Which single other control would give the field an effect: tried, not written down."""
    values = dict(items)
    for other, alternatives in _alternatives():
        labels = [
            label
            for value, label in alternatives
            if other != name and CONTROLS[name].has_effect(SpecValues(**values | {other: value}))
        ]
        if labels:
            return f"No effect here. It acts when “{CONTROLS[other].label}” is {_either(labels)}."
    return "No effect in this combination; the value is kept."


def _alternatives() -> Iterator[tuple[str, list[tuple[object, str]]]]:
    for name, declared in CONTROLS.items():
        if isinstance(declared.kind, Choice):
            yield name, [(key, entry.label) for key, entry in declared.kind.table.items()]
        elif isinstance(declared.kind, Flag):
            yield name, [(True, "on"), (False, "off")]


def _either(labels: list[str]) -> str:
    shown = labels if len(labels) <= 3 else [*labels[:2], "one of the others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
