"""Every chart as SVG and PNG, made in the browser: what is seen, zoom and all, in the inks of the light theme.

`show_chart` is the one way to put a plotly chart on a page; `files` is for a chart that another view draws.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from explorer.outputs.palette import DARK, LIGHT, Palette
from explorer.ui.common import theme as palette
from explorer.ui.common.paths import asset
from explorer.ui.common.plotly_asset import plotly_address

FONT = "Helvetica, Arial, sans-serif"
"""Of files: a family that programs everywhere have or replace by one of its width."""
CONFIG: Mapping[str, object] = {"toImageButtonOptions": {"format": "svg"}, "displaylogo": False}

_view = st.components.v2.component(
    "residual_explorer.chart_files",
    html=asset("views/chart_files.html"),
    css=asset("views/chart_files.css"),
    js=asset("views/plotly.js") + asset("views/chart_files.js"),
)


def show_chart(
    chart: go.Figure,
    key: str,
    description: str,
    file_name: str,
    *,
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> dict[str, Any]:
    """The chart with `description` as its text alternative, and below it `file_name`.svg and .png.

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
    data = {
        "plotly": address,
        "chart": selector(chart_key),
        "name": file_name,
        "description": description,
        "ink": ink(palette.current()),
    }
    _view(key=f"{chart_key}.files", data=data)


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
