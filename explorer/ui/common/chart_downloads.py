"""Every chart as SVG, PNG and PDF: what is seen, zoom and all, in the inks of the light theme.

`show` is the one way to put a plotly chart on a page; `files` is for a chart that another view draws.
"""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache, partial
from typing import Any, Literal
from uuid import uuid4

import plotly.graph_objects as go
import streamlit as st

from explorer.outputs.drawing import DrawingError
from explorer.outputs.drawing.svg_to_pdf import can_convert, chart_pdf
from explorer.outputs.palette import DARK, LIGHT, Palette
from explorer.ui.common import theme as palette
from explorer.ui.common.paths import asset
from explorer.ui.common.plotly_asset import plotly_address

FONT = "Helvetica, Arial, sans-serif"
"""Of files: a family that programs everywhere have or replace by one of its width."""
CONFIG: Mapping[str, object] = {"toImageButtonOptions": {"format": "svg"}, "displaylogo": False}
FORMATS = ("svg", "png", "pdf")
KEPT_SECONDS = 20.0
"""How long a PDF goes out with every rerun, in case the browser skips the one that brought it."""

_view = st.components.v2.component(
    "residual_explorer.chart_files",
    html=asset("views/chart_files.html"),
    css=asset("views/chart_files.css"),
    js=asset("views/plotly.js") + asset("views/chart_files.js"),
)


def show(
    chart: go.Figure,
    key: str,
    description: str,
    file_name: str,
    *,
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> dict[str, Any]:
    """The chart with `description` as its text alternative, and below it `file_name`.svg, .png and .pdf.

    Returns what was selected, as `st.plotly_chart` does with `on_select`; else nothing is in it.
    """
    chosen: Any = st.plotly_chart(
        chart,
        key=key,
        theme="streamlit",
        on_select=on_select,
        selection_mode="points",
        config=dict(CONFIG),
        alt=description,
    )
    files(key, description, file_name)
    return chosen if on_select != "ignore" else {}


def words_of(chart: go.Figure) -> str:
    """What a chart shows, from its own axes and names, where nobody has said it better."""
    across, upwards = (chart.layout[axis].title.text or "" for axis in ("xaxis", "yaxis"))
    names = list(dict.fromkeys(str(trace.name) for trace in chart.data if trace.name))
    axes = " against ".join(filter(None, (upwards, across))) or "a picture"
    return ": ".join(filter(None, (axes, ", ".join(names))))


@st.fragment
def files(chart_key: str, description: str, file_name: str) -> None:
    """Buttons for the files of the chart that stands on the page under `chart_key`."""
    address = plotly_address()
    if address is None:
        return
    key = f"{chart_key}.files"
    data = {
        "plotly": address,
        "chart": selector(chart_key),
        "name": file_name,
        "description": description,
        "formats": FORMATS if can_convert() else FORMATS[:2],
        "ink": ink(palette.current()),
        "answer": _fresh_answer(key),
    }
    _view(key=key, data=data, on_svg_change=partial(_convert, key))


def selector(key: str) -> str:
    """The CSS selector of what stands on the page under a key; Streamlit writes it so."""
    return ".st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def ink(theme: Palette) -> dict[str, Any]:
    """The light theme's colours, and in `swap` what becomes of each colour of `theme`."""
    swap = {} if theme.name == LIGHT.name else _light_for_dark()
    return {"swap": swap, "font": FONT} | {name: getattr(LIGHT, name) for name in ("text", "border", "background")}


@lru_cache(maxsize=1)
def _light_for_dark() -> dict[str, str]:
    pairs = list(zip(_colours(DARK), _colours(LIGHT), strict=True))
    # A curve's colour is sometimes an edge's or a link's too: in a chart it is a curve's.
    return {dark.upper(): light for dark, light in reversed(pairs)}


def _colours(theme: Palette) -> Iterator[str]:
    """Every colour of a theme, a chart's own before the rest."""
    yield from (*theme.chart, *theme.sequential, *theme.diverging)
    for field in fields(theme):
        value = getattr(theme, field.name)
        if field.name != "name":
            yield from [value] if isinstance(value, str) else value.values() if isinstance(value, Mapping) else value


def _convert(key: str) -> None:
    """Turns the SVG that the browser sent into the answer that goes back to it."""
    svg = st.session_state[key].get("svg")
    if not svg:
        return
    try:
        answer = {"pdf": b64encode(chart_pdf(str(svg))).decode(), "trouble": ""}
    except DrawingError as error:
        answer = {"pdf": "", "trouble": f"No PDF: {error.message}"}
    st.session_state[f"{key}.answer"] = answer | {"id": uuid4().hex, "made": time.monotonic()}


def _fresh_answer(key: str) -> dict[str, Any] | None:
    answer = st.session_state.get(f"{key}.answer")
    if answer is None or time.monotonic() - answer["made"] > KEPT_SECONDS:
        st.session_state.pop(f"{key}.answer", None)
        return None
    return {name: answer[name] for name in ("id", "pdf", "trouble")}
