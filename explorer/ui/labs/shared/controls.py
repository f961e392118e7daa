"""Controls whose values are in the URL, so that a link opens a lab in the same state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import streamlit as st

from explorer.ui.common.address_bar import write_query
from explorer.ui.common.session import has_arrived, went_back
from explorer.ui.common.widget_values import newest, show_value

LAB, PART, NET, RUNS = "lab", "part", "net", "runs"
"""Names in the URL that belong to no control."""
SOURCE = "labs.source"
"""Key of the control that chooses the source of the network."""
Value = TypeVar("Value", str, int, float)
VALUES = "labs.values"
BETWEEN = ","


def take_address() -> None:
    """Gives the controls the values of the URL, on arrival and when the visitor goes back."""
    if not (has_arrived() or went_back()):
        return
    query = st.query_params.to_dict()
    lab = query.get(LAB)
    if lab is None:
        return
    values = _values()
    # A value that the URL leaves out is the default, whatever it was before.
    for name in [NET, RUNS, *(name for name in values if name.startswith(f"{lab}."))]:
        values.pop(name, None)
    for key in [key for key in st.session_state if str(key).startswith((f"labs.{lab}.", SOURCE, "labs.runs."))]:
        del st.session_state[key]
    for name, text in query.items():
        values[name if name in (LAB, NET, RUNS) else f"{lab}.{name}"] = text


def remembered(name: str, default: str = "") -> str:
    """A text of the URL as it was last seen, such as the lab's name."""
    return str(_values().get(name, default))


def remember(name: str, value: str) -> None:
    """Keeps a text for the URL."""
    _values()[name] = value


def _values() -> dict[str, Any]:
    return cast(dict[str, Any], st.session_state.setdefault(VALUES, {}))


class Controls:
    """The controls of one part of a lab. Each method draws a control and returns its value.

    An invalid value in the URL is replaced by the default, with a warning.
    """

    def __init__(self, lab: str, part: str) -> None:
        self.lab = lab
        self.part = part
        self._changed: dict[str, str] = {}

    def choice(self, name: str, label: str, options: Mapping[str, str], default: str, help: str = "") -> str:
        """The chosen key of a table from key to label, shown as buttons."""
        key = self._prepare(name, default, lambda text: text if text in options else None)
        value = st.segmented_control(
            label, list(options), format_func=options.__getitem__, key=key, help=help or None, required=True
        )
        return self._note(name, value or default, default)

    def menu(self, name: str, label: str, options: Mapping[str, str], default: str, help: str = "") -> str:
        """The chosen key of a table from key to label, shown as a menu."""
        key = self._prepare(name, default, lambda text: text if text in options else None)
        value = st.selectbox(label, list(options), format_func=options.__getitem__, key=key, help=help or None)
        return self._note(name, value, default)

    def choices(
        self, name: str, label: str, options: Mapping[str, str], default: Sequence[str], help: str = ""
    ) -> tuple[str, ...]:
        """The chosen keys of a table from key to label, in the table's order."""

        def read(text: str) -> list[str] | None:
            keys = text.split(BETWEEN)
            return keys if set(keys) <= set(options) else None

        key = self._prepare(name, list(default), read)
        chosen = st.pills(
            label, list(options), format_func=options.__getitem__, key=key, help=help or None, selection_mode="multi"
        )
        value = tuple(option for option in options if option in chosen)
        if value != tuple(default):
            self._changed[name] = BETWEEN.join(value)
        _values()[f"{self.lab}.{name}"] = list(value)
        return value

    def whole(self, name: str, label: str, stops: Sequence[int], default: int, help: str = "") -> int:
        """The chosen one of some whole numbers, on a slider."""
        key = self._prepare(name, default, lambda text: int(text) if int(text) in stops else None)
        return self._note(name, st.select_slider(label, list(stops), key=key, help=help or None), default)

    def real(
        self, name: str, label: str, bounds: tuple[float, float], step: float, default: float, help: str = ""
    ) -> float:
        """The chosen number between two bounds, both included, on a slider."""
        low, high = bounds
        key = self._prepare(name, default, lambda text: float(text) if low <= float(text) <= high else None)
        value = st.slider(label, low, high, step=step, format="%g", key=key, help=help or None)
        return self._note(name, value, default)

    def flag(self, name: str, label: str, default: bool, help: str = "") -> bool:
        """Yes or no."""
        key = self._prepare(name, default, {"1": True, "0": False}.get)
        value = st.toggle(label, key=key, help=help or None)
        if value != default:
            self._changed[name] = str(int(value))
        _values()[f"{self.lab}.{name}"] = value
        return value

    def write_address(self) -> None:
        """Writes lab, part, network or runs, and all values that are not the default into the URL."""
        query = {LAB: self.lab, PART: self.part, **self._changed}
        query |= {name: value for name in (NET, RUNS) if (value := remembered(name))}
        write_query(query)

    def _prepare(self, name: str, default: Any, read: Callable[[str], Any]) -> str:
        """Gives the widget its value before it is drawn: its last one, the one of the URL, or the default."""
        key = f"labs.{self.lab}.{name}"
        if key not in st.session_state:
            value = _values().get(f"{self.lab}.{name}", default)
            if isinstance(value, str):
                try:
                    value = read(value)
                except ValueError:
                    value = None
                if value is None:
                    message = f"The link's value for `{name}` is not valid; the default is used."
                    st.warning(message, icon=":material/link_off:")
                    value = default
            st.session_state[key] = value
        show_value(key, newest(key))
        return key

    def _note(self, name: str, value: Value, default: Value) -> Value:
        if value != default:
            self._changed[name] = str(value)
        _values()[f"{self.lab}.{name}"] = str(value)
        return value
