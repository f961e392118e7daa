"""Lab 1: deeper plain networks train worse; why that should not be, and what a residual changes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.theory import sensitivity
from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject, small_network
from explorer.experiments.results import DepthSweepResult, SignalResult
from explorer.model import ModelSpec
from explorer.ui.labs.shared import charts, experiment, paper, predict, text
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.labs.shared.networks import choose_network
from explorer.ui.labs.shared.short_trainings import length_controls

DEPTHS = {str(blocks): f"{6 * blocks + 2}" for blocks in (1, 2, 3, 4, 5, 7, 9)}
COPY_DEPTHS = (8, 14, 20, 32, 44, 56, 110)
KINDS = {True: "plain", False: "residual"}
SWEEP_QUESTION = predict.Question(
    "sweep",
    "Plain networks of 8, 20 and 56 layers are trained on the same images for the same time. Which one has the highest "
    "**training** loss at the end?",
    (
        "The one with 8 layers: it can express least.",
        "None: with enough images they are equal.",
        "The one with 56 layers, although it contains the others.",
    ),
    2,
    text.section("degradation", "sweep_reveal"),
)
COPY_QUESTION = predict.Question(
    "copy",
    "In each of 27 residual blocks the last normalisation starts with its scale at 0. What does a block make of a "
    "positive x, before the first step?",
    ("Zero", "x itself", "Noise"),
    1,
    text.section("degradation", "copy_reveal"),
)


def _draw_sweep_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = choose_network()
        about = "Blocks in each of three stages, times 6, and 2. Your own network gets as many blocks in each stage."
        blocks = controls.choices("depths", "Layers", DEPTHS, ("1", "3", "9"), about)
    with right:
        length = length_controls(controls)
    predict.draw_question(SWEEP_QUESTION)
    request = experiment.try_to_make(
        lambda: ExperimentRequest(
            "depth_sweep",
            (Subject("network", own or small_network(20)),),
            length.training,
            {"blocks": [int(each) for each in blocks], "seeds": length.seeds},
        )
    )
    ours, theirs = st.columns(2)
    with ours:
        st.markdown("**Here, now**")
        if request:
            experiment.draw_panel(experiment.Experiment("sweep", request, draw_sweep, sweep_frame, SWEEP_QUESTION))
            st.caption(charts.training_conditions(request))
    if predict.is_answered(SWEEP_QUESTION):
        with theirs:
            _draw_published()
        _draw_published_tables()


def draw_sweep(result: DepthSweepResult) -> None:
    """Training loss at the end by depth, plain and residual, with the spread over seeds; and the numbers."""
    figure = go.Figure()
    table = sweep_table(result)
    for position, kind in enumerate(KINDS.values()):
        part = table[table["Kind"] == kind]
        figure.add_scatter(
            x=part["Layers"].tolist(),
            y=part["Training loss"].tolist(),
            error_y={"array": part["highest"] - part["Training loss"], "type": "data"}
            | {"arrayminus": part["Training loss"] - part["lowest"], "symmetric": False},
            mode="lines+markers",
            name=kind,
            line=charts.line_style(1 - position, kind == "plain"),
        )
    figure.update_xaxes(title="layers")
    figure.update_yaxes(title="training loss at the end (log)", type="log")
    charts.draw_figure(figure, "sweep.chart")
    shown = table.drop(columns=["lowest", "highest"])
    st.dataframe(
        shown,
        hide_index=True,
        key="sweep.table",
        column_config={
            "Training loss": st.column_config.NumberColumn(format="%.4f"),
            "Test error, %": st.column_config.NumberColumn(format="%.1f"),
        },
    )
    st.caption("Medians over seeds, bars from the lowest to the highest.")


def sweep_table(result: DepthSweepResult) -> pd.DataFrame:
    """A row for each depth and kind: medians over the seeds."""
    groups: dict[tuple[int, bool], list[tuple[float, float]]] = {}
    for point in result.points:
        found = (point.training.train_loss, point.training.test_error)
        groups.setdefault((point.depth, point.plain), []).append(found)
    lines = []
    for (depth, plain), values in sorted(groups.items()):
        losses = [loss for loss, _ in values]
        lines.append(
            {
                "Layers": depth,
                "Kind": KINDS[plain],
                "Training loss": float(np.median(losses)),
                "Test error, %": float(np.median([error for _, error in values])),
                "lowest": min(losses),
                "highest": max(losses),
            }
        )
    return pd.DataFrame(lines)


def sweep_frame(result: DepthSweepResult) -> pd.DataFrame:
    """Every training, a row each."""
    return pd.DataFrame(
        [
            {
                "layers": point.depth,
                "kind": KINDS[point.plain],
                "seed": point.training.seed,
                "train_loss": point.training.train_loss,
                "test_error": point.training.test_error,
                "seconds": point.training.seconds,
                "diverged": point.training.diverged,
            }
            for point in result.points
        ]
    )


def _draw_published() -> None:
    """He et al. 2015 on CIFAR-10: residual as printed in Table 6, plain as read off Fig. 6."""
    st.markdown("**He et al. 2015, Table 6 and Fig. 6**")
    figure = go.Figure()
    residual = paper.rows("he2015", "6", lambda row: row.preset.startswith("cifar_resnet"))
    plain = [row for row in paper.rows("he2015", "Fig. 6") if not np.isnan(paper.error_percent(row))]
    for position, (name, found) in enumerate({"residual, printed": residual, "plain, read off": plain}.items()):
        figure.add_scatter(
            x=[int(row.network.split("-")[1]) for row in found],
            y=[paper.error_percent(row) for row in found],
            text=[row.protocol for row in found],
            mode="lines+markers",
            name=name,
            line=charts.line_style(position, position == 1),
            hovertemplate="%{x} layers: %{y} %<br>%{text}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title="layers (log)", type="log", tickvals=[20, 32, 56, 110, 1202], tickformat="d")
    figure.update_yaxes(title="test error on CIFAR-10, %")
    charts.draw_figure(figure, "sweep.published")
    st.caption(
        "64,000 steps. Residual: one run each, 110 layers the best of five. Plain: the paper prints no number; these "
        "are readings of the figure, ± 0.5. Plain with 110 layers is above 60 % (caption of Fig. 6). At 1,202 layers "
        "the training error is below 0.1 %: that is overfitting, not degradation."
    )


def _draw_published_tables() -> None:
    left, right = st.columns(2)
    with left:
        paper.draw_rows("he2015", "2")
    with right:
        paper.draw_rows("he2015", "3", lambda row: row.network.startswith(("plain", "ResNet")))


def _draw_copy_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = choose_network()
    with right:
        depth = controls.whole("layers", "Layers", COPY_DEPTHS, 56) if own is None else 0
    request = experiment.try_to_make(
        lambda: ExperimentRequest(
            "signal_and_gradient",
            copies(own or small_network(depth)),
            replace(QUICK_TRAINING, steps=1),
            {"readings": [0]},
        )
    )
    predict.draw_question(COPY_QUESTION)
    if request:
        experiment.draw_panel(experiment.Experiment("copy", request, draw_copy, copy_frame, COPY_QUESTION))


ZERO, USUAL = "branches start at 0", "usual start"


def copies(base: ModelSpec) -> tuple[Subject, ...]:
    """The network with branches that start at zero, and as usual. Raises SpecError where it has no branches."""
    return tuple(
        Subject(label, replace(base, zero_init_residual=zero)) for label, zero in ((ZERO, True), (USUAL, False))
    )


def draw_copy(result: SignalResult) -> None:
    """The size of the stream at each block's input: flat where every block copies."""
    figure = go.Figure()
    for position, network in enumerate(result.networks):
        values = network.readings[0].stream_deviation
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=values,
            text=network.blocks,
            mode="lines",
            name=network.label,
            line=charts.line_style(position),
            hovertemplate="%{text}<br>%{y:.4g}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title="block, from the input")
    figure.update_yaxes(title="deviation of x", rangemode="tozero")
    charts.draw_figure(figure, "copy.chart")
    for network in result.networks:
        st.markdown(f"**{network.label}**: {copying(network.readings[0].branch_mean_square)}")
    st.caption(
        "Measured on 64 digits before the first step. A plain network that starts at 0 would let nothing through."
    )


def copying(branches: tuple[float, ...]) -> str:
    """How many blocks add nothing at all."""
    silent = sum(value == 0 for value in branches)
    return f"{silent} of {len(branches)} blocks add exactly nothing."


def copy_frame(result: SignalResult) -> pd.DataFrame:
    """Sizes of stream and branch by block."""
    return pd.DataFrame(
        [
            {
                "network": network.label,
                "block": block,
                "stream_deviation": reading.stream_deviation[place],
                "branch_mean_square": reading.branch_mean_square[place],
            }
            for network in result.networks
            for reading in network.readings
            for place, block in enumerate(network.blocks)
        ]
    )


def _draw_sensitivity_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        x = controls.real("x", "Input x", (0.0, 10.0), 0.1, 5.0)
        before = controls.real("before", "Wanted output H(x)", (0.0, 10.0), 0.1, 5.1)
        after = controls.real("after", "Wanted output after a change", (0.0, 10.0), 0.1, 5.2)
    # Sliders of tenths: more digits would only show what floating point adds.
    found = sensitivity(x, before, after)
    new, old = round(found.new_residual, 6), round(found.residual, 6)
    with right:
        st.latex(
            rf"""
\begin{{aligned}}
F(x) = H(x) - x &= {before:g} - {x:g} = {old:g} \\
F'(x) = H'(x) - x &= {after:g} - {x:g} = {new:g}
\end{{aligned}}
"""
        )
        columns = st.columns(2)
        columns[0].metric("The output moves by", share(found.output_change), f"{before:g} to {after:g}", "off")
        columns[1].metric("The residual moves by", share(found.residual_change), f"{old:g} to {new:g}", "off")
    text.draw_section("degradation", "sensitivity_limits")


def share(change: float) -> str:
    """A relative change in percent; words where there is nothing to compare with."""
    return "from zero" if change == float("inf") else f"{100 * change:.3g} %"


LAB = Lab(
    "degradation",
    1,
    "Degradation",
    (
        Part("sweep", "Depth", _draw_sweep_part),
        Part("copy", "A deeper network can copy", _draw_copy_part),
        Part("sensitivity", "5 to 5.1", _draw_sensitivity_part),
    ),
)
