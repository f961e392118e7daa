"""Our own views in the browser: a drawing that can be moved, numbers with their labels, live curves."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from explorer.language import _
from explorer.ui.common.paths import ASSETS, asset


def declare(name: str, *, uses_plotly: bool = False, isolated: bool = True) -> Callable[..., Any]:
    """Our own view in the browser, from the files of this name in `assets/views`; HTML and style sheet may be missing.

    plotly writes its own style sheet into the page, which the shadow root of an `isolated` view would keep out.
    """
    paths = {kind: f"views/{name}.{kind}" for kind in ("html", "css", "js")}
    texts = {kind: asset(path) for kind, path in paths.items() if (ASSETS / path).is_file()}
    script = (asset("views/plotly.js") if uses_plotly else "") + texts["js"]
    html = texts.get("html", "<span hidden></span>")
    return st.components.v2.component(
        f"residual_explorer.{name}", html=html, css=texts.get("css"), js=script, isolate_styles=isolated
    )


_drawing = declare("drawing")
_numbers = declare("numbers")
_curves = declare("curves", uses_plotly=True, isolated=False)
_fold_when_narrow = declare("narrow")
_presentation = declare("presentation")
_show_file_box_when_dragged = declare("file_drop")
_make_formulas_reachable = declare("formulas")


def _drawing_words() -> dict[str, Any]:
    """What the view of a drawing says itself: on its buttons, and by mouse and touch below it."""
    return {
        "tools": _("View of the drawing"),
        "buttons": {
            "out": {"label": _("Smaller"), "title": _("Smaller (-)")},
            "in": {"label": _("Larger"), "title": _("Larger (+)")},
            "fit": {"label": _("Fit"), "title": _("Fit (0)")},
            "full": {"label": _("Full screen"), "title": _("Full screen (f)")},
        },
        "mouse": {
            "open": _("Click a block to open it."),
            "open_unfold": _("Click a block to open it, a count (× n) to unfold it."),
            "unfold": _("Click a count (× n) to unfold it."),
            "move": _("Drag to move, Ctrl and wheel to enlarge."),
        },
        "touch": {
            "open": _("Tap a block to open it."),
            "open_unfold": _("Tap a block to open it, a count (× n) to unfold it."),
            "unfold": _("Tap a count (× n) to unfold it."),
            "move": _("Drag sideways to move, pinch to enlarge."),
        },
    }


READABLE_WORDS = 12 / 17.7
"""The least scale of a picture of ours: its words have 17.7 units there (`assets/views/drawing.css`), so 12 pixels."""


def drawing(
    svg: str,
    description: str,
    *,
    key: str,
    height: int,
    smallest: float = 0.0,
    largest: float = 1.6,
    on_chosen: Callable[[str], None] | None = None,
    on_folded: Callable[[str], None] | None = None,
    keeps: bool = False,
    lifts: str = "",
) -> None:
    """An SVG drawing with pan, zoom, fit and full screen; `description` is its text alternative.

    `height` is the most pixels that it may take, `smallest` and `largest` limit the scale at which it is first shown.
    `on_chosen` gets the `data-path` of the part that was clicked, or reached with Tab and opened with Enter;
    `on_folded` gets the `data-fold` of a run whose count was clicked. `keeps`: another drawing keeps the position and
    scale that the visitor chose for the last one; `lifts`: the CSS selector of what choosing a part opens, to which the
    page scrolls.
    """

    def handle(trigger: str, callback: Callable[[str], None] | None) -> None:
        value = st.session_state[key].get(trigger)
        if callback is not None and value:
            callback(str(value))

    data: dict[str, Any] = {"svg": svg, "description": description, "height": height, "keeps": keeps, "lifts": lifts}
    data |= {
        "smallest": smallest,
        "largest": largest,
        "clickable": on_chosen is not None,
        "foldable": on_folded is not None,
        "words": _drawing_words(),
    }
    _drawing(
        key=key,
        data=data,
        on_chosen_change=partial(handle, "chosen", on_chosen),
        on_folded_change=partial(handle, "folded", on_folded),
    )


class Number(NamedTuple):
    """A number as it is shown: label, short value, exact value, and help text."""

    label: str
    value: str
    exact: str
    help: str


def numbers(shown: Sequence[Number], *, key: str) -> None:
    """Draws numbers in a row, as one component: as many `st.metric` would be two hundred elements in the browser."""
    _numbers(key=key, data={"numbers": [number._asdict() for number in shown], "helpFor": _("Help for {label}")})


def metrics(shown: Sequence[Number], *, key: str) -> None:
    """Draws numbers in a row, each with a second one, if there is any, below it."""
    with st.container(horizontal=True, key=key):
        for label, value, below, explanation in shown:
            st.metric(
                label,
                value,
                below or None,
                delta_color="off",
                delta_arrow="off",
                help=explanation or None,
                width="content",
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


def make_formulas_reachable() -> None:
    """Puts every formula that is wider than its column into the Tab order, so that arrow keys scroll it."""
    _make_formulas_reachable(key="formulas", data={"label": _("Formula, wider than its column")}, height=1)


def presentation_switch() -> None:
    """Draws the switch to large type without the column of controls; the browser remembers it."""
    _presentation(key="presentation", data={"title": _("Large type, no column of controls"), "name": _("Presentation")})


def fold_controls_when_narrow() -> None:
    """Closes the column of controls on arrival where the window is too narrow."""
    _fold_when_narrow(key="narrow", height=1)


def show_file_box_when_dragged() -> None:
    """Marks the page with the class `file-dragged` while a file is dragged over it, for style sheets."""
    _show_file_box_when_dragged(key="file.drop")
