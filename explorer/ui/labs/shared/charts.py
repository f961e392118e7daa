"""Charts and short texts on trainings that several labs show."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from statistics import median
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.experiments import ExperimentRequest
from explorer.experiments.result import Training
from explorer.language import _, ngettext
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs.palette import network_colours
from explorer.ui.common import chart_downloads, theme

HEIGHT = 360


def draw_figure(figure: go.Figure, key: str, height: int = HEIGHT, **layout: Any) -> None:
    """Puts the chart on the page, `height` pixels high, with its downloads; `layout` is plotly's, such as the axes."""
    # A legend of several lines grows downwards, away from the axis title.
    legend = {"orientation": "h", "y": -0.2, "yanchor": "top"}
    figure.update_layout(height=height, margin={"t": 40, "b": 10, "l": 10, "r": 10}, legend=legend, **layout)
    chart_downloads.show_chart(figure, key, chart_downloads.default_description(figure), key.replace(".", "-"))


Style = Mapping[str, Any]
"""plotly's line: a colour and dashes."""


def line_style(position: int, dashed: bool = False) -> dict[str, Any]:
    """The line style of a curve that stands for no network, by its position."""
    return {"color": theme.current().chart[position % 10], "dash": "dash" if dashed else "solid"}


def network_styles(labels: Iterable[str], plain: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """The line style of each network by its label: its kind's colour, and dashes for those labelled in `plain`."""
    names = list(dict.fromkeys(labels))
    colours = network_colours(theme.current(), [name in plain for name in names])
    return {
        name: {"color": colour, "dash": "dash" if name in plain else "solid"}
        for name, colour in zip(names, colours, strict=True)
    }


def draw_training_curves(trainings: Sequence[Training], plain: Sequence[str], key: str) -> None:
    """Training loss over the steps: a curve for each network, with a band over its seeds; `plain` ones are dashed."""
    figure = go.Figure()
    groups = by_label(trainings)
    styles = network_styles(groups, plain)
    for label, seeds in groups.items():
        steps = max((each.steps for each in seeds), key=len)
        # A training that diverged, or has not ended yet, has fewer points.
        losses = [[*each.losses, *[math.nan] * (len(steps) - len(each.losses))] for each in seeds]
        add_band(figure, steps, losses, label, styles[label], mode="lines")
    draw_figure(figure, key, xaxis={"title": _("step")}, yaxis={"title": _("training loss (log)"), "type": "log"})


def add_band(
    figure: go.Figure,
    x: Sequence[float],
    seeds: Sequence[Sequence[float]],
    name: str,
    style: Style,
    *,
    texts: Sequence[str] = (),
    legend: bool = True,
    mode: str = "lines+markers",
    **subplot: Any,
) -> None:
    """Adds a curve, the median over the seeds, and for several seeds a band from the lowest to the highest value.

    `seeds` holds the values of each seed over `x`; a NaN leaves a gap. `subplot` is the row and column of a subplot.
    """
    columns = [[value for value in column if math.isfinite(value)] for column in zip(*seeds, strict=True)]
    if len(seeds) > 1:
        _add_range(figure, x, columns, name, fill_colour(style["color"]), subplot)
    figure.add_scatter(
        x=list(x),
        y=[median(column) if column else None for column in columns],
        text=list(texts) or None,
        name=_(name),
        legendgroup=name,
        showlegend=legend,
        mode=mode,
        line=dict(style),
        hovertemplate=f"%{{{'text' if texts else 'x'}}}<br>%{{y:.3g}}<extra>%{{fullData.name}}</extra>",
        **subplot,
    )


def _add_range(
    figure: go.Figure,
    x: Sequence[float],
    columns: Sequence[Sequence[float]],
    name: str,
    colour: str,
    subplot: Mapping[str, Any],
) -> None:
    """Adds the area between the lowest and the highest value of each column."""
    pairs = zip(x, columns, strict=True)
    outline = _outline([(at, min(column), max(column)) if column else None for at, column in pairs])
    figure.add_scatter(
        x=[point[0] for point in outline],
        y=[point[1] for point in outline],
        fill="toself",
        mode="lines",
        line={"width": 3, "color": colour},
        fillcolor=colour,
        legendgroup=name,
        showlegend=False,
        hoverinfo="skip",
        name=_("{name}, lowest to highest").format(name=_(name)),
        **subplot,
    )


def _outline(ranges: Sequence[tuple[float, float, float] | None]) -> list[tuple[float | None, float | None]]:
    """Corners of the area between lowest and highest: a closed line for each stretch without a gap."""
    corners: list[tuple[float | None, float | None]] = []
    for has_values, stretch in groupby(ranges, key=lambda each: each is not None):
        if has_values:
            points = [each for each in stretch if each is not None]
            there = [(at, low) for at, low, _ in points]
            back = [(at, high) for at, _, high in reversed(points)]
            corners += [*there, *back, there[0], (None, None)]
    return corners[:-1]


def fill_colour(colour: str) -> str:
    """The colour `#rrggbb` made transparent, to fill a band."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def plain_labels(request: ExperimentRequest) -> frozenset[str]:
    """Labels of the request's networks without shortcuts."""
    return frozenset(subject.label for subject in request.networks if is_plain(subject.spec))


def by_label(networks: Sequence[Any]) -> dict[str, list[Any]]:
    """The results of each network, one for each seed, by the network's label; labels and seeds keep their order."""
    groups: dict[str, list[Any]] = {}
    for network in networks:
        groups.setdefault(network.label, []).append(network)
    return groups


def count_columns(*names: str) -> dict[str, Any]:
    """Column settings for exact whole numbers with a thousands separator."""
    return {name: st.column_config.NumberColumn(format="localized") for name in names}


def training_conditions(request: ExperimentRequest) -> str:
    """Where the weights of a request's networks come from, in one or two sentences."""
    images = _(dataset_label(request.training.dataset))
    if any(subject.run for subject in request.networks):
        return _("{images}; the weights are those at the end of the chosen runs.").format(images=images)
    return _("{images}, {steps} steps of training, {repeats}: the start of training, not its end.").format(
        images=images, steps=request.training.steps, repeats=_repeats(request.parameters.get("seeds", 1))
    )


def _repeats(seeds: int) -> str:
    return ngettext("one seed", "{count} seeds: medians, from the lowest to the highest", seeds).format(count=seeds)


def weights_and_seeds(request: ExperimentRequest) -> str:
    """The images, whether the weights are trained, and the seeds, for an experiment that need not train."""
    template = (
        _("{images}; weights after {steps} training steps; {repeats}.")
        if request.parameters["trained"]
        else _("{images}; weights before any training; {repeats}.")
    )
    return template.format(
        images=_(dataset_label(request.training.dataset)),
        steps=request.training.steps,
        repeats=_repeats(request.parameters["seeds"]),
    )


def training_outcome(training: Training) -> str:
    """How a training ended, in a few words."""
    if not training.steps and not training.diverged:
        return _("in its run")
    return training.diverged or outcome_text(f"{training.train_loss:.3g}", f"{training.test_error:.1f}")


def outcome_text(loss: str, error: str) -> str:
    """How a training ended whose loss and test error in percent are written so."""
    return _("loss {loss}, test error {error} %").format(loss=loss, error=error)


def median_with_range(values: Sequence[float], number_format: str = ".1f") -> str:
    """The median, and the lowest and highest value if there are several; empty if there is no finite value."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    middle, low, high = (f"{value:{number_format}}" for value in (median(finite), min(finite), max(finite)))
    return middle if len(finite) == 1 else with_range(middle, low, high)


def with_range(middle: str, low: str, high: str) -> str:
    """A median with the lowest and highest value, as they are written: `0.5 (0.4 to 0.7)`."""
    return _("{middle} ({low} to {high})").format(middle=middle, low=low, high=high)
