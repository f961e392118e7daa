"""Our own views in the browser: a drawing that can be moved, numbers with their labels, live curves."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import streamlit as st

from explorer.ui.common.paths import asset

_drawing = st.components.v2.component(
    "residual_explorer.drawing",
    html=asset("views/drawing.html"),
    css=asset("views/drawing.css"),
    js=asset("views/drawing.js"),
)


def drawing(
    svg: str,
    description: str,
    *,
    key: str,
    height: int,
    largest: float = 1.6,
    smallest: float = 0.0,
    on_chosen: Callable[[str], None] | None = None,
    on_folded: Callable[[str], None] | None = None,
    keeps: bool = False,
    lifts: bool = False,
) -> None:
    """An SVG drawing with pan, zoom, fit and full screen; `description` is its text alternative.

    `height` is the most pixels that it may take, `largest` and `smallest` bound the scale at which it is first shown.
    `on_chosen` gets the `data-path` of the part that was clicked, or reached with Tab and opened with Enter;
    `on_folded` gets the `data-fold` of a run whose count was clicked. `keeps`: another drawing keeps the position and
    scale that the visitor chose for the last one; `lifts`: choosing a part scrolls the page to what is below.
    """

    def handler(trigger: str, callback: Callable[[str], None] | None) -> Callable[[], None]:
        def handle() -> None:
            value = st.session_state[key].get(trigger)
            if callback is not None and value:
                callback(str(value))

        return handle

    data: dict[str, Any] = {"svg": svg, "description": description, "height": height, "keeps": keeps, "lifts": lifts}
    data |= {"largest": largest, "smallest": smallest}
    data |= {"clickable": on_chosen is not None, "foldable": on_folded is not None}
    _drawing(
        key=key, data=data, on_chosen_change=handler("chosen", on_chosen), on_folded_change=handler("folded", on_folded)
    )


class Number(NamedTuple):
    """A number as it is shown: label, short value, exact value, and help text."""

    label: str
    value: str
    exact: str
    help: str


_numbers = st.components.v2.component(
    "residual_explorer.numbers",
    html=asset("views/numbers.html"),
    css=asset("views/numbers.css"),
    js=asset("views/numbers.js"),
)


def numbers(shown: Sequence[Number], *, key: str) -> None:
    """Draws numbers in a row, as one component: as many `st.metric` would be two hundred elements in the browser."""
    _numbers(key=key, data=[number._asdict() for number in shown])


_curves = st.components.v2.component(
    "residual_explorer.curves",
    html=asset("views/curves.html"),
    js=asset("views/plotly.js") + asset("views/curves.js"),
    # plotly writes its own style sheet into the page, which a shadow root would keep out.
    isolate_styles=False,
)


def as_json(value: Any) -> Any:
    """A frozen value as JSON values: a dataclass becomes an object with its fields' names in camelCase."""
    if is_dataclass(value):
        return {_camel_case(each.name): as_json(getattr(value, each.name)) for each in fields(value)}
    if not isinstance(value, list | tuple):
        return value
    # A heat map has thousands of numbers: a list that begins with one is copied whole.
    nested = bool(value) and (is_dataclass(value[0]) or isinstance(value[0], list | tuple))
    return [as_json(each) for each in value] if nested else list(value)


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def curves(chart: object, *, key: str) -> None:
    """Draws curves that grow without flicker; `chart` is a `LiveChart` of Train."""
    _curves(key=key, data=as_json(chart))


_fold_when_narrow = st.components.v2.component(
    "residual_explorer.narrow", html="<span hidden></span>", js=asset("views/narrow.js")
)


_make_formulas_reachable = st.components.v2.component(
    "residual_explorer.formulas", html="<span hidden></span>", js=asset("views/formulas.js")
)


def make_formulas_reachable() -> None:
    """Puts every formula that is wider than its column into the Tab order, so that arrow keys scroll it."""
    _make_formulas_reachable(key="formulas", height=1)


def fold_controls_when_narrow() -> None:
    """Closes the column of controls on arrival where the window is too narrow."""
    _fold_when_narrow(key="narrow", height=1)
