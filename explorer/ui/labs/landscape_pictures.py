"""Slices of the loss around trained weights as surfaces, contours and cuts."""

import math
from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments.catalogue.landscape import LandscapeNetwork
from explorer.experiments.claims.landscape import cut
from explorer.language import _
from explorer.ui.common import theme
from explorer.ui.labs.shared import charts

LEVELS = 16
"""The number of contours between the least and the greatest loss of all slices, so that all slices share them."""
LEAST_LOSS = 1e-3
"""The least loss whose logarithm is drawn; smaller losses are drawn as this one."""


def heights(network: LandscapeNetwork) -> list[list[float | None]]:
    """Decimal logarithms of the losses, row by row; None where the loss is not finite."""
    return [
        [math.log10(max(loss, LEAST_LOSS)) if math.isfinite(loss) else None for loss in row] for row in network.losses
    ]


def common_range(networks: Sequence[LandscapeNetwork]) -> tuple[float, float]:
    """The least and greatest height of all networks, as the scale that their pictures share."""
    finite = [each for network in networks for row in heights(network) for each in row if each is not None]
    return (min(finite), max(finite)) if finite else (0.0, 1.0)


def _ticks(low: float, high: float) -> dict[str, Any]:
    """Axis ticks between two heights, at 1, 2 and 5 times each power of ten of the loss."""
    losses = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for digit in (1, 2, 5)]
    inside = [loss for loss in losses if low - 1e-9 <= math.log10(loss) <= high + 1e-9]
    return {"tickvals": [math.log10(loss) for loss in inside], "ticktext": [f"{loss:g}" for loss in inside]}


def draw_surfaces(networks: Sequence[LandscapeNetwork]) -> None:
    """A surface for each network, side by side on one scale."""
    low, high = common_range(networks)
    kinds = [{"type": "surface"}] * len(networks)
    figure = make_subplots(1, len(networks), specs=[kinds], subplot_titles=[_(each.label) for each in networks])
    for column, network in enumerate(networks, 1):
        figure.add_trace(
            go.Surface(
                x=network.xs,
                y=network.ys[: len(network.losses)],
                z=heights(network),
                coloraxis="coloraxis",
                customdata=network.losses,
                hovertemplate=_("loss %{customdata:.3g}<extra></extra>"),
            ),
            row=1,
            col=column,
        )
    colours = theme.current()
    axis = {"color": colours.text, "gridcolor": colours.border, "backgroundcolor": "rgba(0,0,0,0)"}
    figure.update_scenes(
        xaxis={"title": "α"} | axis,
        yaxis={"title": "β"} | axis,
        zaxis={"title": _("loss"), "range": [low, high]} | axis | _ticks(low, high),
        camera={"eye": {"x": 1.7, "y": 1.7, "z": 1.0}, "center": {"x": 0, "y": 0, "z": -0.15}},
    )
    _finish(figure, low, high, "landscape.surface")


def draw_contours(networks: Sequence[LandscapeNetwork]) -> None:
    """The contours for each network, side by side at the same levels, with the path of its training."""
    low, high = common_range(networks)
    titles = [_(each.label) for each in networks]
    figure = make_subplots(1, len(networks), subplot_titles=titles, horizontal_spacing=0.08)
    levels = {"start": low, "end": high, "size": max(high - low, 1e-6) / LEVELS}
    for column, network in enumerate(networks, 1):
        contours = go.Contour(
            x=network.xs,
            y=network.ys[: len(network.losses)],
            z=heights(network),
            coloraxis="coloraxis",
            contours=levels,
        )
        figure.add_trace(contours, row=1, col=column)
        if network.trajectory:
            path = go.Scatter(
                x=[point.x for point in network.trajectory],
                y=[point.y for point in network.trajectory],
                text=[_("step {step}").format(step=point.step) for point in network.trajectory],
                mode="lines+markers",
                line={"color": charts.line_style(1)["color"]},
                showlegend=False,
                hovertemplate=_("%{text}<extra>training</extra>"),
            )
            figure.add_trace(path, row=1, col=column)
    figure.update_xaxes(title="α")
    figure.update_yaxes(title="β", col=1)
    _finish(figure, low, high, "landscape.contours")


def _finish(figure: go.Figure, low: float, high: float, key: str) -> None:
    bar = {"title": {"text": _("loss")}} | _ticks(low, high)
    figure.update_layout(
        coloraxis={"colorscale": theme.current().sequential, "cmin": low, "cmax": high, "colorbar": bar}
    )
    charts.draw_figure(figure, key, 500)


def draw_cuts(networks: Sequence[LandscapeNetwork], plain: Collection[str]) -> None:
    """The loss along a line through the trained networks: a curve for each label, with a band over the seeds."""
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in networks], plain)
    for label, seeds in charts.by_label(networks).items():
        cuts = [losses for network in seeds if network.xs == seeds[0].xs and (losses := cut(network))]
        if cuts:
            charts.add_band(figure, seeds[0].xs, cuts, label, styles[label])
    upwards = {"title": _("loss (log)"), "type": "log"}
    charts.draw_figure(figure, "landscape.cuts", 320, xaxis={"title": "α, at β = 0"}, yaxis=upwards)
    st.caption(
        _(
            "The middle cut of the slices of all seeds: median, lowest and highest. The picture "
            "above shows the first seed."
        )
    )
