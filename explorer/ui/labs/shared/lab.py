"""A lab, its parts, the fields of their addresses, and the controls that show the fields.

A link opens a lab with the same values of all controls.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from explorer.language import N_, _
from explorer.model.field_types import Choice, Real, Text, Whole
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import NetworkName, OneNumber, SomeOf, Value
from explorer.ui.common.lesson_step import is_locked, lock
from explorer.ui.common.widget_values import newest, show_value

BETWEEN = ","
NET = AddressField("net", N_("Network"), NetworkName(), "", N_("Your network, instead of the lab's own."))
RUNS = AddressField(
    "runs",
    N_("Finished runs"),
    Value(Text(150)),
    "",
    N_(
        "The finished runs whose trained networks are used: their ids, with `,` between them. Not every part uses them."
    ),
)


def choice(name: str, label: str, options: Mapping[str, str], default: str, help: str) -> AddressField:
    """The field of one key of a table from key to label."""
    return AddressField(name, label, Value(Choice(options)), default, help)


def choices(name: str, label: str, options: Mapping[str, str], default: Sequence[str], help: str) -> AddressField:
    """The field of some keys of a table from key to label."""
    return AddressField(name, label, SomeOf(lambda: options, BETWEEN), list(default), help)


def number(name: str, label: str, numbers: Sequence[int], default: int, help: str) -> AddressField:
    """The field of one of some whole numbers."""
    return AddressField(name, label, OneNumber(tuple(numbers)), default, help)


def labels(field: AddressField) -> Mapping[str, Any]:
    """The labels of a choice's or of several choices' options, by key."""
    match field.type:
        case Value(Choice(table)):
            return table
        case SomeOf(options) if isinstance(labelled := options(), Mapping):
            return labelled
    raise TypeError(f"{field.name} is no choice")


SOURCE = "labs.source"
"""Key of the control that chooses the source of the network."""
VALUES = "labs.values"
SHARED = (NET.name, RUNS.name)
"""Names of the fields whose values all labs share."""


def replace_values(lab: str, values: Mapping[str, Any]) -> None:
    """Gives the controls of a lab the values of an address. A value that it leaves out is the default."""
    kept = _values()
    for name in [*SHARED, *(name for name in kept if name.startswith(f"{lab}."))]:
        kept.pop(name, None)
    for key in [key for key in st.session_state if str(key).startswith((f"labs.{lab}.", SOURCE, "labs.runs."))]:
        del st.session_state[key]
    kept |= {name if name in SHARED else f"{lab}.{name}": value for name, value in values.items()}


def remembered(name: str, default: str = "") -> str:
    """A text of the address as it was last seen, such as the lab's name."""
    return str(_values().get(name, default))


def remember(name: str, value: str) -> None:
    """Keeps a text for the address."""
    _values()[name] = value


def _values() -> dict[str, Any]:
    return cast(dict[str, Any], st.session_state.setdefault(VALUES, {}))


class Controls:
    """The controls of one part of a lab. Each method draws the control of the field `name` and returns its value."""

    def __init__(self, lab: str, part_fields: Sequence[AddressField]) -> None:
        self.lab = lab
        self.defaults: dict[str, Any] = {}
        """Defaults that replace those of the fields."""
        self.drawn: dict[str, Any] = {}
        """The values of the controls that are on the page: those that the address holds."""
        self._fields = {field.name: field for field in part_fields}

    def choice(self, name: str) -> str:
        """The chosen key, shown as buttons."""
        field = self._fields[name]
        options = labels(field)
        shown, widget = self._prepare(field, options)
        value = st.segmented_control(
            _(field.label),
            list(options),
            default=shown,
            format_func=lambda name: _(options[name]),
            **widget,
            required=True,
        )
        return cast(str, self._keep(name, value or field.default))

    def menu(self, name: str, offered: Sequence[str] = ()) -> str:
        """The chosen key, shown as a menu; one of `offered`, if given, whose first one is then the default."""
        field = self._fields[name]
        options = {each: each for each in offered} or labels(field)
        if offered:
            self.defaults[name] = offered[0]
        chosen, widget = self._prepare(field, options)
        shown = list(options).index(chosen)
        value = st.selectbox(_(field.label), list(options), shown, format_func=lambda name: _(options[name]), **widget)
        return cast(str, self._keep(name, value))

    def choices(self, name: str) -> tuple[str, ...]:
        """The chosen keys, in the table's order."""
        field = self._fields[name]
        options = labels(field)
        shown, widget = self._prepare(field, options)
        chosen = st.pills(
            _(field.label),
            list(options),
            default=shown,
            format_func=lambda name: _(options[name]),
            **widget,
            selection_mode="multi",
        )
        return tuple(self._keep(name, [option for option in options if option in chosen]))

    def whole(self, name: str, offered: Sequence[int] = ()) -> int:
        """The chosen whole number, on a slider; one of `offered`, if given."""
        field = self._fields[name]
        stops = offered or _stops(field)
        shown, widget = self._prepare(field, stops)
        value = st.select_slider(_(field.label), list(stops), value=shown, **widget)
        return cast(int, self._keep(name, value))

    def real(self, name: str) -> float:
        """The chosen number, on a slider."""
        field = self._fields[name]
        kind = cast(Value, field.type).kind
        assert isinstance(kind, Real)
        shown, widget = self._prepare(field)
        value = st.slider(_(field.label), kind.low, kind.high, shown, kind.step, "%g", **widget)
        return cast(float, self._keep(name, value))

    def _prepare(self, field: AddressField, offered: Collection[Any] = ()) -> tuple[Any, dict[str, Any]]:
        """Gives the widget its value before it is drawn: its last one, the one of the address, or the default.

        Returns the value, and the widget's `key`, `help` and whether it is `disabled`.
        """
        key = f"labs.{self.lab}.{field.name}"
        default = self.defaults.get(field.name, field.default)
        kept = _values().get(f"{self.lab}.{field.name}", default)
        value = newest(key) if key in st.session_state and not is_locked(field.name) else kept
        # What a control offers may depend on the part, on the network and on the images.
        if offered and not set(value if isinstance(value, list) else [value]) <= set(offered):
            st.warning(
                _("{value} is not offered for “{label}” here; the default is used.").format(
                    value=repr(value), label=_(field.label)
                ),
                icon=":material/info:",
            )
            value = default
        show_value(key, value)
        return value, {"key": key, **lock(field.name, help=_(field.help))}

    def _keep(self, name: str, value: Any) -> Any:
        self.drawn[name] = value
        _values()[f"{self.lab}.{name}"] = value
        return value


def _stops(field: AddressField) -> Sequence[int]:
    if isinstance(field.type, OneNumber):
        return field.type.numbers
    kind = cast(Value, field.type).kind
    assert isinstance(kind, Whole)
    return range(kind.low, kind.high + 1, kind.step)


@dataclass(frozen=True)
class Part:
    """One experiment of a lab. `draw` puts it on the page, with a control for each of its `fields` of the address.

    Its text is the section `name` of the lab's Markdown file.
    """

    name: str
    title: str
    draw: Callable[[Controls], None]
    fields: tuple[AddressField, ...]
    asks: bool = True
    """Whether it asks for a prediction."""


@dataclass(frozen=True)
class Lab:
    """A lab. `name` is its name in the URL and the name of its file in `assets/text/<language>/labs`."""

    name: str
    number: int
    title: str
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part:
        """The part with this name; the first part if there is none."""
        return next((part for part in self.parts if part.name == name), self.parts[0])
