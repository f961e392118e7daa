"""Charts of the Compare page: bars by stage, known networks in the background, curves of a sweep, measured times."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

import plotly.graph_objects as go

from explorer.outputs.palette import Palette
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.reference_networks import Dot
from explorer.outputs.tables.sweep import QUANTITIES, Point
from explorer.ui.common.chart_downloads import lay_out
from explorer.ui.compare.measured_times import PASSES, pass_label

HEIGHT = 400
NAME_CHARACTERS = 18
"""Characters in a line of a network's name below its bar."""
SHORT = "~s"
"""Number format of the axes: `4.1G`, as everywhere else, not `4.1B`."""


def axis_title(quantity: str, *, log: bool = False) -> str:
    """A quantity's name with its unit: bytes, or milliseconds for a measured pass."""
    if quantity in PASSES:
        return f"{pass_label(quantity)}{' (log)' if log else ''}"
    found = QUANTITIES[quantity]
    unit = ", bytes for one image" if found.unit else ""
    return f"{found.label}{unit}{' (log)' if log else ''}"


def stage_bars(comparison: Comparison, key: str, label: str, theme: Palette) -> go.Figure:
    """A bar for each network in each stage, in the networks' colours."""
    chart = go.Figure()
    for number, name in enumerate(comparison.names):
        rows = [place.rows[number] for place in comparison.stages]
        chart.add_bar(
            name=name,
            x=[place.name for place in comparison.stages],
            y=[getattr(row, key) if row else None for row in rows],
            marker={"color": theme.chart[number], "line": {"color": theme.background, "width": 1}},
            hovertemplate="%{x}<br>%{y:,}<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": label, "tickformat": SHORT}
    return lay_out(chart, HEIGHT, barmode="group", bargap=0.25, yaxis=upwards)


class Own(NamedTuple):
    """A compared network: label, name in the address, and its position, None where it is not known."""

    label: str
    name: str
    x: float | None
    y: float | None


def known_networks(
    dots: Sequence[tuple[Dot, float]],
    own: Sequence[Own],
    titles: tuple[str, str],
    theme: Palette,
    *,
    log_y: bool = False,
) -> go.Figure:
    """Known networks as pale dots, the compared ones in front. Each dot's `customdata` is what Build opens.

    A compared network without a vertical value is a line at its cost; without a cost it is not drawn.
    """
    chart = go.Figure()
    chart.add_scatter(
        x=[x for _, x in dots],
        y=[dot.error for dot, _ in dots],
        text=[f"{dot.preset}<br>{dot.source}" for dot, _ in dots],
        customdata=[dot.preset for dot, _ in dots],
        mode="markers",
        name="known networks",
        marker={"size": 9, "color": theme.muted, "opacity": 0.55},
        hovertemplate="%{text}<br>%{x:,.12~g}<br>%{y:,.12~g}<extra></extra>",
    )
    for number, (label, name, x, y) in enumerate(own):
        if x is None:
            continue
        colour = theme.chart[number]
        if y is None:
            chart.add_vline(x=x, line={"color": colour, "dash": "dot", "width": 2})
        chart.add_scatter(
            x=[x],
            y=[y],
            text=[label],
            customdata=[name],
            mode="markers",
            name=label if y is not None else f"{label} ({'not measured' if log_y else 'no figure'})",
            marker={"size": 15, "color": colour, "line": {"color": theme.background, "width": 2}, "symbol": "diamond"},
            hovertemplate="%{text}<br>%{x:,.12~g}<br>%{y:,.12~g}<extra></extra>",
        )
    chart.update_xaxes(title=titles[0], type="log", tickformat=SHORT)
    chart.update_yaxes(title=titles[1], **({"type": "log", "tickformat": SHORT} if log_y else {}))
    return lay_out(chart, HEIGHT, clickmode="event+select")


def sweep_curves(sweeps: Mapping[str, Sequence[Point]], quantity: str, axis: str, theme: Palette) -> go.Figure:
    """A curve for each network: the quantity at every value of the setting."""
    chart = go.Figure()
    for number, (name, points) in enumerate(sweeps.items()):
        chart.add_scatter(
            x=[point.value for point in points],
            y=[point.amounts[quantity] for point in points],
            mode="lines+markers",
            name=name,
            line={"color": theme.chart[number], "width": 2},
            marker={"size": 6},
            hovertemplate="%{x}: %{y:,}<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": axis_title(quantity), "rangemode": "tozero", "tickformat": SHORT}
    return lay_out(chart, HEIGHT, showlegend=True, xaxis_title=axis, yaxis=upwards)


def time_bars(
    names: Sequence[str], passes: Mapping[str, Sequence[tuple[float, float, float]]], theme: Palette
) -> go.Figure:
    """A bar for each pass and network, in milliseconds: median, with the lower and upper quartile as whiskers."""
    chart = go.Figure()
    for number, (label, times) in enumerate(passes.items()):
        chart.add_bar(
            name=label,
            x=["<br>".join(wrap(name, NAME_CHARACTERS)) for name in names],
            y=[1e3 * median for median, _, _ in times],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [1e3 * (upper - median) for median, _, upper in times],
                "arrayminus": [1e3 * (median - lower) for median, lower, _ in times],
                "color": theme.text,
            },
            marker={"color": theme.chart[number]},
            hovertemplate="%{x}<br>%{y:.2f} ms<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": "median time of a batch, ms", "rangemode": "tozero"}
    return lay_out(chart, HEIGHT, barmode="group", yaxis=upwards)
