"""The value of a field as its control shows it."""

from typing import Any

from explorer.language import _
from explorer.model.controls import CONTROLS
from explorer.model.field_types import Choice, Flag
from explorer.model.link import write_value


def value_text(name: str, value: Any) -> str:
    """A field's value as its control shows it."""
    kind = CONTROLS[name].kind
    if isinstance(kind, Choice) and value in kind.table:
        return _(kind.table[value].label)
    if isinstance(kind, Flag):
        return _("on") if value else _("off")
    if value is None:
        return _("none")
    return write_value(value).replace("-", ", ") if isinstance(value, list) else str(value)


def plain(value: Any) -> Any:
    """A spec's value as the draft holds it, which is a JSON value."""
    return list(value) if isinstance(value, tuple) else value


def field_text(name: str, value: Any) -> str:
    """A spec's value of a field as its control shows it."""
    return value_text(name, plain(value))
