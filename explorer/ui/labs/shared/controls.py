"""Controls whose values stand in the address bar, so that a link opens a laboratory as it is seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import streamlit as st

from explorer.ui.common.session import has_arrived, went_back
from explorer.ui.common.widget_values import show

LAB, PART, NET, RUNS = "lab", "part", "net", "runs"
"""Names in the address that are no control's."""
SOURCE = "labs.source"
"""Key of the choice between the laboratory's network and the visitor's."""
Value = TypeVar("Value", str, int, float)
VALUES = "labs.values"
BETWEEN = ","


def take_address() -> None:
    """On arrival, and when the visitor goes back, the address decides: its values become those of the controls."""
    if not (has_arrived() or went_back()):
        return
    query = st.query_params.to_dict()
    lab = query.get(LAB)
    if lab is None:
        return
    values = _values()
    # What the address leaves out is at its default, whatever it was before.
    for name in [NET, RUNS, *(name for name in values if name.startswith(f"{lab}."))]:
        values.pop(name, None)
    for key in [key for key in st.session_state if str(key).startswith((f"labs.{lab}.", SOURCE, "labs.runs."))]:
        del st.session_state[key]
    for name, text in query.items():
        values[name if name in (LAB, NET, RUNS) else f"{lab}.{name}"] = text


def remembered(name: str, default: str = "") -> str:
    """A text of the address as it was last seen, such as the laboratory's name."""
    return str(_values().get(name, default))


def remember(name: str, value: str) -> None:
    """Keeps a text for the address."""
    _values()[name] = value


def _values() -> dict[str, Any]:
    return cast(dict[str, Any], st.session_state.setdefault(VALUES, {}))


class Controls:
    """The controls of one part of a laboratory. Each method draws one and returns its value.

    A value from the address that cannot be, is replaced by the default, and said so.
    """

    def __init__(self, lab: str, part: str) -> None:
        self.lab = lab
        self.part = part
        self._changed: dict[str, str] = {}

    def choice(self, name: str, label: str, options: Mapping[str, str], default: str, help: str = "") -> str:
        """One of a table from key to label, as buttons."""
        key = self._prepare(name, default, lambda text: text if text in options else None)
        value = st.segmented_control(
            label, list(options), format_func=options.__getitem__, key=key, help=help or None, required=True
        )
        return self._note(name, value or default, default)

    def menu(self, name: str, label: str, options: Mapping[str, str], default: str, help: str = "") -> str:
        """One of a table from key to label, as a menu."""
        key = self._prepare(name, default, lambda text: text if text in options else None)
        value = st.selectbox(label, list(options), format_func=options.__getitem__, key=key, help=help or None)
        return self._note(name, value, default)

    def choices(
        self, name: str, label: str, options: Mapping[str, str], default: Sequence[str], help: str = ""
    ) -> tuple[str, ...]:
        """Some of a table from key to label, in the table's order."""

        def read(text: str) -> list[str] | None:
            found = text.split(BETWEEN)
            return found if set(found) <= set(options) else None

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
        """One of some whole numbers, on a slider."""
        key = self._prepare(name, default, lambda text: int(text) if int(text) in stops else None)
        return self._note(name, st.select_slider(label, list(stops), key=key, help=help or None), default)

    def real(
        self, name: str, label: str, bounds: tuple[float, float], step: float, default: float, help: str = ""
    ) -> float:
        """A number between two bounds, both allowed, on a slider."""
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
        """Puts laboratory, part, network or runs, and all values that are not the default into the address bar."""
        query = {LAB: self.lab, PART: self.part, **self._changed}
        query |= {name: value for name in (NET, RUNS) if (value := remembered(name))}
        if st.query_params.to_dict() != query:
            st.query_params.from_dict(query)

    def _prepare(self, name: str, default: Any, read: Callable[[str], Any]) -> str:
        """Gives the widget its value before it is drawn: the one it had, that of the address, or the default."""
        key = f"labs.{self.lab}.{name}"
        if key not in st.session_state:
            value = _values().get(f"{self.lab}.{name}", default)
            if isinstance(value, str):
                try:
                    value = read(value)
                except ValueError:
                    value = None
                if value is None:
                    said = f"The link's value for `{name}` cannot be; the usual one is used."
                    st.warning(said, icon=":material/link_off:")
                    value = default
            st.session_state[key] = value
        show(key, st.session_state[key])
        return key

    def _note(self, name: str, value: Value, default: Value) -> Value:
        if value != default:
            self._changed[name] = str(value)
        _values()[f"{self.lab}.{name}"] = str(value)
        return value
