"""Charts of the Compare page: bars by stage, known networks in the background, curves of a sweep, measured times."""

from collections.abc import Mapping, Sequence
from math import sqrt
from textwrap import wrap
from typing import Any, NamedTuple

import plotly.graph_objects as go

from explorer.language import N_, _
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs.palette import Palette, network_colours
from explorer.outputs.tables.comparison import Comparison
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
        title = pass_label(quantity)
    else:
        found = QUANTITIES[quantity]
        title = _("{quantity}, bytes for one image") if found.unit else "{quantity}"
        title = title.format(quantity=_(found.label))
    return _("{title} (log)").format(title=title) if log else title


def stage_bars(comparison: Comparison, key: str, label: str, theme: Palette) -> go.Figure:
    """A bar for each network in each stage, in the networks' colours."""
    chart = go.Figure()
    colours = network_colours(theme, list(map(is_plain, comparison.specs)))
    for number, name in enumerate(comparison.names):
        rows = [place.rows[number] for place in comparison.stages]
        chart.add_bar(
            name=name,
            x=[place.name for place in comparison.stages],
            y=[getattr(row, key) if row else None for row in rows],
            marker={"color": colours[number], "line": {"color": theme.background, "width": 1}},
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
    plain: bool = False


class Spot(NamedTuple):
    """A known network, or one of a sweep: label, source, name in the address, and its position."""

    label: str
    source: str
    name: str
    x: float
    y: float


class KnownNetworks(NamedTuple):
    """What is drawn: the networks that fit, those that do not, the frontier, the compared ones, and the sweep's."""

    fit: Sequence[Spot]
    others: Sequence[Spot]
    frontier: Sequence[Spot]
    own: Sequence[Own]
    trail: Sequence[Spot]


HOVER = "%{text}<br>%{x:,.12~g}<br>%{y:,.12~g}<extra></extra>"
FRONTIER = N_("frontier: none that fits is cheaper and better")
OTHERS, TRAIL = N_("known, but do not fit"), N_("the sweep's networks")


def known_networks(shown: KnownNetworks, titles: tuple[str, str], theme: Palette, *, log_y: bool = False) -> go.Figure:
    """Known networks as pale dots, the compared ones in front. Each dot's `customdata` is what Build opens.

    A compared network without a vertical value is a line at its cost; without a cost it is not drawn.
    """
    chart = go.Figure()
    pale = {"size": 9, "color": theme.muted}
    _add_spots(chart, shown.fit, _("known networks"), mode="markers", marker=pale | {"opacity": 0.6})
    colours = network_colours(theme, [each.plain for each in shown.own])
    for each, colour in zip(shown.own, colours, strict=True):
        _add_own(chart, each, colour, theme, _("not measured") if log_y else _("no figure"))
    if shown.others:
        hollow = {"size": 7, "color": theme.muted, "opacity": 0.35, "symbol": "circle-open"}
        _add_spots(chart, shown.others, _(OTHERS), mode="markers", marker=hollow)
    if shown.trail:
        line = {"color": theme.accent, "width": 1, "dash": "dot"}
        marker = {"size": 8, "color": theme.accent, "symbol": "square"}
        _add_spots(chart, shown.trail, _(TRAIL), mode="lines+markers", line=line, marker=marker)
    if shown.frontier:
        line = {"color": theme.accent, "width": 2, "shape": "hv"}
        marker = {"size": 9, "color": theme.accent, "symbol": "circle"}
        _add_spots(chart, shown.frontier, _(FRONTIER), mode="lines+markers+text", line=line, marker=marker)
        labels = [each.label for each in shown.frontier]
        font = {"size": 12, "color": theme.text}
        # Nothing stands below the frontier; above it a name would leave the chart at the right.
        middle = sqrt(shown.frontier[0].x * shown.frontier[-1].x)
        places = ["top right" if each.x <= middle else "bottom left" for each in shown.frontier]
        chart.update_traces(
            texttemplate="%{text}", text=labels, textposition=places, textfont=font, selector={"name": _(FRONTIER)}
        )
    chart.update_xaxes(title=titles[0], type="log", tickformat=SHORT)
    chart.update_yaxes(title=titles[1], **({"type": "log", "tickformat": SHORT} if log_y else {}))
    return lay_out(chart, HEIGHT, clickmode="event+select")


def _add_spots(chart: go.Figure, spots: Sequence[Spot], name: str, **looks: Any) -> None:
    chart.add_scatter(
        x=[each.x for each in spots],
        y=[each.y for each in spots],
        text=[f"{each.label}<br>{each.source}" for each in spots],
        customdata=[each.name for each in spots],
        name=name,
        hovertemplate=HOVER,
        **looks,
    )


def _add_own(chart: go.Figure, own: Own, colour: str, theme: Palette, lacks: str) -> None:
    """One compared network; `lacks` says what a network without a vertical value has not."""
    if own.x is None:
        return
    if own.y is None:
        chart.add_vline(x=own.x, line={"color": colour, "dash": "dot", "width": 2})
    chart.add_scatter(
        x=[own.x],
        y=[own.y],
        text=[own.label],
        customdata=[own.name],
        mode="markers",
        name=own.label if own.y is not None else f"{own.label} ({lacks})",
        marker={"size": 15, "color": colour, "line": {"color": theme.background, "width": 2}, "symbol": "diamond"},
        hovertemplate=HOVER,
    )


def sweep_curves(
    sweeps: Mapping[str, Sequence[Point]],
    quantity: str,
    axis: str,
    theme: Palette,
    plain: Sequence[bool],
    present: Sequence[int],
) -> go.Figure:
    """A curve for each network, by whether it is plain: the quantity at every value of the setting.

    The point of the network itself, that at `present[i]`, is a diamond.
    """
    chart = go.Figure()
    colours = network_colours(theme, plain)
    for (name, points), colour, value in zip(sweeps.items(), colours, present, strict=True):
        itself = [point.value == value for point in points]
        chart.add_scatter(
            x=[point.value for point in points],
            y=[point.amounts[quantity] for point in points],
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2},
            marker={
                "size": [15 if each else 6 for each in itself],
                "symbol": ["diamond" if each else "circle" for each in itself],
                "opacity": 1,
            },
            hovertemplate="%{x}: %{y:,}<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": axis_title(quantity), "rangemode": "tozero", "tickformat": SHORT}
    return lay_out(chart, HEIGHT, showlegend=True, xaxis_title=axis, yaxis=upwards)


def time_bars(
    names: Sequence[str], passes: Mapping[str, Sequence[tuple[float, float, float]]], theme: Palette
) -> go.Figure:
    """A bar for each pass and network, in milliseconds: median, with its confidence interval as whiskers."""
    chart = go.Figure()
    for number, (label, times) in enumerate(passes.items()):
        chart.add_bar(
            name=_(label),
            x=["<br>".join(wrap(name, NAME_CHARACTERS)) for name in names],
            y=[1e3 * median for median, _low, _high in times],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [1e3 * (upper - median) for median, _low, upper in times],
                "arrayminus": [1e3 * (median - lower) for median, lower, _high in times],
                "color": theme.text,
            },
            marker={"color": theme.chart[number]},
            hovertemplate="%{x}<br>%{y:.2f} ms<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": _("median time of a batch, ms"), "rangemode": "tozero"}
    return lay_out(chart, HEIGHT, barmode="group", yaxis=upwards)
