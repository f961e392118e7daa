"""Every chart as SVG and PNG, made in the browser: as it is seen, with its zoom, in the colours of the light theme.

`show_chart` is the one way to put a plotly chart on a page; `files` is for a chart that one of our own views draws.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from explorer.language import _
from explorer.outputs.palette import DARK, LIGHT, Palette
from explorer.ui.common import theme as palette
from explorer.ui.common.chart_axes import label_log_axes
from explorer.ui.common.components import declare
from explorer.ui.common.plotly_asset import plotly_address

FONT = "Helvetica, Arial, sans-serif"
"""The font of the files: most programs have it or replace it by one of the same width."""
CONFIG: Mapping[str, object] = {"toImageButtonOptions": {"format": "svg"}, "displaylogo": False}

_view = declare("chart_files", uses_plotly=True)


def show_chart(
    chart: go.Figure,
    key: str,
    description: str,
    file_name: str,
    *,
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> dict[str, Any]:
    """The chart with `description` as its text alternative, and below it `file_name`.svg and .png.

    Returns the selection, as `st.plotly_chart` does with `on_select`; empty without it.
    """
    chosen: Any = st.plotly_chart(
        label_log_axes(chart),
        key=key,
        theme="streamlit",
        on_select=on_select,
        selection_mode="points",
        config=dict(CONFIG),
        alt=description,
    )
    files(key, description, file_name)
    return chosen if on_select != "ignore" else {}


def lay_out(chart: go.Figure, height: int, **layout: Any) -> go.Figure:
    """The chart, `height` pixels high, with narrow margins and its legend in a row above it."""
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    return chart.update_layout({"height": height, "margin": {"t": 10, "b": 10}, "legend": legend} | layout)


def default_description(chart: go.Figure) -> str:
    """A text alternative made from the chart's axes and names."""
    across, upwards = (chart.layout[axis].title.text or "" for axis in ("xaxis", "yaxis"))
    names = list(dict.fromkeys(str(trace.name) for trace in chart.data if trace.name))
    axes = _("{y} against {x}").format(y=upwards, x=across) if upwards and across else upwards or across
    axes = axes or _("a picture")
    return ": ".join(filter(None, (axes, ", ".join(names))))


@st.fragment
def files(chart_key: str, description: str, file_name: str) -> None:
    """Draws the buttons for the files of the chart with the key `chart_key`."""
    address = plotly_address()
    if address is None:
        return
    data = {
        "plotly": address,
        "chart": selector(chart_key),
        "name": file_name,
        "description": _("Files of the chart: {chart}").format(chart=description),
        "button": _("Chart as {format}"),
        "ink": ink(palette.current()),
    }
    _view(key=f"{chart_key}.files", data=data)


def selector(key: str) -> str:
    """The CSS selector of the element with a key, as Streamlit writes it."""
    return ".st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def ink(theme: Palette) -> dict[str, Any]:
    """The light theme's colours, and in `swap` the replacement of each colour of `theme`."""
    swap = {} if theme.name == LIGHT.name else _light_for_dark()
    return {"swap": swap, "font": FONT} | {name: getattr(LIGHT, name) for name in ("text", "border", "background")}


@lru_cache(maxsize=1)
def _light_for_dark() -> dict[str, str]:
    pairs = list(zip(_colours(DARK), _colours(LIGHT), strict=True))
    # A colour may be both a curve's and an edge's or a link's: the curve's replacement is used.
    return {dark.upper(): light for dark, light in reversed(pairs)}


def _colours(theme: Palette) -> Iterator[str]:
    """Every colour of a theme, those of charts first."""
    yield from (*theme.chart, *theme.plain, *theme.residual, *theme.sequential, *theme.diverging)
    for field in fields(theme):
        value = getattr(theme, field.name)
        if field.name != "name":
            yield from [value] if isinstance(value, str) else value.values() if isinstance(value, Mapping) else value
