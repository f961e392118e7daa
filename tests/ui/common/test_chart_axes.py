"""Ticks of logarithmic axes: 1, 2, 5 where a few decades are shown, full numbers always, own ticks kept."""

import math

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from explorer.ui.common.chart_axes import NUMBERS, label_log_axes, spanned


def test_the_decades_of_the_positive_values_are_counted() -> None:
    assert spanned([0.01, 10.0, 0.0, -1.0, math.nan, math.inf]) == pytest.approx(3)
    assert spanned([]) == spanned([5.0]) == 0


@pytest.mark.parametrize(("least", "ticks"), [(1e-3, "D2"), (0.5, None), (1e-9, None)])
def test_a_few_decades_have_1_2_and_5(least: float, ticks: str | None) -> None:
    chart = go.Figure(go.Scatter(x=[1, 2, 3], y=[least, None, 2.0]))
    chart.update_yaxes(type="log")
    label_log_axes(chart)
    assert (chart.layout.yaxis.dtick, chart.layout.yaxis.tickformat) == (ticks, NUMBERS)
    assert (chart.layout.xaxis.dtick, chart.layout.xaxis.tickformat) == (None, None)


def test_each_axis_of_several_charts_goes_by_its_own_values() -> None:
    chart = make_subplots(1, 2)
    chart.add_scatter(x=[1, 2], y=[1e-8, 1.0], row=1, col=1)
    chart.add_scatter(x=[1, 2], y=[1e-2, 1.0], row=1, col=2)
    label_log_axes(chart.update_yaxes(type="log"))
    assert (chart.layout.yaxis.dtick, chart.layout.yaxis2.dtick) == (None, "D2")


def test_an_axis_keeps_its_own_ticks_and_format() -> None:
    chart = go.Figure(go.Scatter(x=[20, 1202], y=[1.0, 2.0]))
    chart.update_xaxes(type="log", tickvals=[20, 110, 1202], tickformat="d")
    label_log_axes(chart)
    assert (chart.layout.xaxis.dtick, chart.layout.xaxis.tickformat) == (None, "d")
