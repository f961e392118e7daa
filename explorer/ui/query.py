"""Field values as text in the address bar, and back: `?block=basic&stage_blocks=3-3-3`.

Streamlit's own `bind="query-params"` drops a value it does not like without a word, writes a menu's labels instead of
its keys, and knows no lists; a link that somebody shares deserves a sentence at the control it got wrong.
"""

import re
from collections.abc import Mapping
from typing import Any

from explorer.model.errors import SpecError
from explorer.model.fields import Flag, Kind, Real, Whole, WholeList
from explorer.model.spec import CONTROLS, DEFAULT_VALUES

NULL = "null"
LONGEST_VALUE = 200
WORDS_FOR_FLAGS = {"1": True, "true": True, "0": False, "false": False}


def write_value(value: object) -> str:
    """A field's JSON value as text."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list | tuple):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def read_value(kind: Kind, text: str) -> object:
    """The JSON value that a text stands for; the text itself where it stands for none, so that a check can say so."""
    text = text[:LONGEST_VALUE].strip()
    try:
        if isinstance(kind, Flag):
            return WORDS_FOR_FLAGS.get(text.lower(), text)
        if isinstance(kind, Whole):
            return int(text)
        if isinstance(kind, Real):
            return float(text)
        if isinstance(kind, WholeList):
            return None if text in ("", NULL) else [int(part) for part in re.split(r"[-,;\s]+", text.strip("[]() "))]
    except ValueError:
        return text
    return text


def changed_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields that differ from torchvision's resnet50, as text: what the address bar shows."""
    return {name: write_value(value) for name, value in values.items() if value != DEFAULT_VALUES[name]}


def read_fields(query: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, SpecError]]:
    """The field values in a query, and what is wrong with those that cannot stand, by field."""
    values: dict[str, Any] = {}
    refused: dict[str, SpecError] = {}
    for name, declared in CONTROLS.items():
        if name in query:
            value = read_value(declared.kind, query[name])
            try:
                checked = declared.check(name, value)
                values[name] = list(checked) if isinstance(checked, tuple) else checked
            except SpecError as error:
                refused[name] = error
    return values, refused
