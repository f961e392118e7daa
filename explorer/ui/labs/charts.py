"""What the laboratories' charts have in common."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from explorer.runs.probes.result import Training
from explorer.ui import chart_files, palette

HEIGHT = 360
FAILED_ABOVE = 20.0
"""He et al. 2016, Table 1 prints `fail` for an error above 20 %."""


def show(figure: go.Figure, key: str, height: int = HEIGHT) -> None:
    """The chart in the page's colours."""
    figure.update_layout(
        height=height, margin={"t": 40, "b": 10, "l": 10, "r": 10}, legend={"orientation": "h", "y": -0.22}
    )
    chart_files.show(figure, key, chart_files.words_of(figure), key.replace(".", "-"))


def line(position: int, plain: bool = False) -> dict[str, Any]:
    """A curve's colour by its place; plain networks are dashed wherever they are drawn."""
    return {"color": palette.current().chart[position % 10], "dash": "dash" if plain else "solid"}


def race(trainings: Sequence[Training], plain: Sequence[str], key: str) -> None:
    """Training loss over the steps, a curve for each training; `plain` are the labels drawn dashed."""
    figure = go.Figure()
    labels = list(dict.fromkeys(each.label for each in trainings))
    for each in trainings:
        first = next(other for other in trainings if other.label == each.label) is each
        figure.add_scatter(
            x=each.steps,
            y=each.losses,
            name=each.label,
            mode="lines",
            legendgroup=each.label,
            showlegend=first,
            line=line(labels.index(each.label), each.label in plain),
            hovertemplate="step %{x}<br>loss %{y:.4f}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title="step")
    figure.update_yaxes(title="training loss (log)", type="log")
    show(figure, key)


def counts(*names: str) -> dict[str, Any]:
    """Columns of exact whole numbers, with thousands apart."""
    return {name: st.column_config.NumberColumn(format="localized") for name in names}


def outcome(training: Training) -> str:
    """How a training ended, in a few words."""
    return training.diverged or f"loss {training.train_loss:.3g}, test error {training.test_error:.1f} %"
