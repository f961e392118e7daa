"""Field values as text in the address bar, and back: `?block=basic&stage_blocks=3-3-3`.

Streamlit's own `bind="query-params"` drops a value it does not like without a word, writes a menu's labels instead of
its keys, and knows no lists; a link that somebody shares deserves a sentence at the control it got wrong.
"""

from collections.abc import Mapping
from typing import Any

from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.link import read_value, write_value
from explorer.model.spec_values import DEFAULT_VALUES


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
