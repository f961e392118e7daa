"""Ticks of logarithmic axes: 1, 2 and 5 of every decade, written out, where there is room for them."""

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import plotly.graph_objects as go

DECADES = (1.0, 6.0)
"""Between these widths 1, 2 and 5 are labelled; plotly chooses round values below and powers of ten above."""
NUMBERS = "~g"
"""Number format of a tick. Without a format plotly writes the digits between powers of ten three quarters as large."""


def label_log_axes(chart: go.Figure) -> go.Figure:
    """The chart, with 1, 2 and 5 on its logarithmic axes; an axis that has its own ticks or format keeps them."""
    for axis in (*chart.select_xaxes({"type": "log"}), *chart.select_yaxes({"type": "log"})):
        axis.tickformat = axis.tickformat or NUMBERS
        if axis.tickvals is None and axis.dtick is None and DECADES[0] <= _decades(chart, axis) <= DECADES[1]:
            axis.dtick = "D2"
    return chart


def _decades(chart: go.Figure, axis: Any) -> float:
    """How many powers of ten the axis' values span."""
    letter, number = axis.plotly_name[0], axis.plotly_name[len("xaxis") :]
    name = f"{letter}{number}"
    return spanned(
        value for trace in chart.data if (trace[f"{letter}axis"] or letter) == name for value in _numbers(trace[letter])
    )


def _numbers(values: Any) -> Iterable[float]:
    return () if values is None else (float(value) for value in values if isinstance(value, Real))


def spanned(values: Iterable[float]) -> float:
    """The powers of ten between the least and the greatest of the positive values; 0 without any."""
    positive = [value for value in values if 0 < value < math.inf]
    return math.log10(max(positive) / min(positive)) if positive else 0.0
