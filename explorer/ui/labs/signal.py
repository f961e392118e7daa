"""Lab 2: how signal and gradient travel, and what a factor on the shortcut makes of both."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject, small_network
from explorer.experiments.results import SignalNetwork, SignalResult
from explorer.model import ModelSpec
from explorer.ui.common.networks import plain_twin
from explorer.ui.labs.factors import draw_factor_part
from explorer.ui.labs.shared import charts, experiment, predict, text
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.finished_runs import draw_kept_results
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.labs.shared.networks import choose_network_or_runs

DEPTHS = (8, 14, 20, 32, 44, 56)
MOST_RUNS = 4
"""Finished runs that are looked at together."""
NORMS = {"batch": "batch norm", "none": "no norm"}
PLAIN, POST, PREACT = "plain", "residual, as it is", "residual, pre-activation"
ZERO = "residual, branches start at 0"
NETWORKS = {"plain": PLAIN, "post": POST, "preact": PREACT, "zero": ZERO}
READINGS = {"0": "before training", "20": "after 20 steps", "60": "after 60 steps", "150": "after 150 steps"}
QUANTITIES = {
    "output_gradient": "gradient at the block's output",
    "weight_gradient": "gradient of the block's weights",
    "stream_deviation": "deviation of the stream x",
    "ratio": "deviation of F(x) over that of the shortcut",
}
QUESTION = predict.Question(
    "signal",
    "56 layers, batch normalisation, before the first step. Where is the gradient of the **plain** network?",
    (
        "It has vanished in the early blocks.",
        "It is about as large in the early blocks as in the late ones.",
        "It is far larger in the early blocks than in the late ones.",
    ),
    2,
    text.section("signal", "blocks_reveal"),
)


def variants(base: ModelSpec, chosen: tuple[str, ...]) -> tuple[Subject, ...]:
    """The chosen networks made from one network. Raises SpecError where one cannot be made."""
    make = {
        "plain": lambda: plain_twin(base) or base,
        "post": lambda: base,
        "preact": lambda: replace(base, activation_order="preact"),
        "zero": lambda: replace(base, zero_init_residual=True),
    }
    return tuple(Subject(NETWORKS[name], make[name]()) for name in chosen)


def _draw_blocks_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        source = choose_network_or_runs(MOST_RUNS)
        depth = controls.whole("depth", "Layers", DEPTHS, 56) if source.small else 0
    with right:
        quantity = controls.menu("quantity", "Show", QUANTITIES, "output_gradient")
        norm = "batch"
        if source.trains:
            norm = controls.choice("norm", "Normalisation", NORMS, "batch", "Without it the initialisation is alone.")
    if source.trains:
        chosen = controls.choices("networks", "Compare", NETWORKS, ("plain", "post"))
        readings = controls.choices("readings", "Look", READINGS, ("0", "20"))
        base = source.spec or small_network(depth)
        request = experiment.try_to_make(lambda: _trained_here(base, norm, chosen, tuple(map(int, readings))))
    elif source.missing:
        request = None
    else:
        request = experiment.try_to_make(
            lambda: ExperimentRequest("signal_and_gradient", source.subjects(()), source.settings(), {"readings": [0]})
        )
    predict.draw_question(QUESTION)
    if request:
        _draw_result_panel(request, quantity)
        draw_kept_results(source.runs, "signal")
    if source.trains and norm == "none" and predict.is_answered(QUESTION):
        text.draw_section("signal", "no_norm")


def _trained_here(base: ModelSpec, norm: str, chosen: tuple[str, ...], readings: tuple[int, ...]) -> ExperimentRequest:
    """The networks, looked at while they are trained. Raises SettingsError or SpecError."""
    return ExperimentRequest(
        "signal_and_gradient",
        variants(replace(base, norm=norm) if norm != base.norm else base, chosen),
        replace(QUICK_TRAINING, steps=max([20, *readings])),
        {"readings": list(readings)},
    )


def _draw_result_panel(request: ExperimentRequest, quantity: str) -> None:
    plain = charts.plain_labels(request)

    def paint(found: SignalResult) -> None:
        draw(found, quantity, plain)
        st.caption(f"Measured on 64 training images in training mode. {charts.training_conditions(request)}")

    experiment.draw_panel(experiment.Experiment("signal", request, paint, frame, QUESTION))


def draw(result: SignalResult, quantity: str, plain: Collection[str] = (PLAIN,)) -> None:
    """A column of curves for each reading: the quantity block by block, from input to output."""
    steps = sorted({reading.step for network in result.networks for reading in network.readings})
    titles = [READINGS.get(str(step), f"after {step:,} steps") for step in steps]
    figure = make_subplots(1, max(1, len(steps)), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    for position, network in enumerate(result.networks):
        for reading in network.readings:
            values = [value if value > 0 else None for value in getattr(reading, quantity)]
            figure.add_scatter(
                x=list(range(1, len(values) + 1)),
                y=values,
                text=network.blocks,
                mode="lines",
                name=network.label,
                legendgroup=network.label,
                showlegend=reading is network.readings[0],
                line=charts.line_style(position, network.label in plain),
                hovertemplate="%{text}<br>%{y:.3g}<extra>%{fullData.name}</extra>",
                row=1,
                col=steps.index(reading.step) + 1,
            )
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    figure.update_yaxes(title=QUANTITIES[quantity], col=1)
    figure.update_xaxes(title="block, from the input")
    charts.draw_figure(figure, "signal.chart")
    st.dataframe(summary(result, quantity), hide_index=True, key="signal.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{network.label}: {network.training.diverged}")


def summary(result: SignalResult, quantity: str) -> pd.DataFrame:
    """First and last block of every reading, and how many times larger the first is."""
    lines = []
    for network in result.networks:
        for reading in network.readings:
            values = getattr(reading, quantity)
            known = [value for value in values if not np.isnan(value)]
            lines.append(
                {
                    "Network": network.label,
                    "Step": reading.step,
                    "First block": f"{known[0]:.3g}" if known else "none",
                    "Last block": f"{known[-1]:.3g}" if known else "none",
                    "First over last": ratio(known[0], known[-1]) if known else "none",
                    "Loss": f"{reading.loss:.3g}",
                }
            )
    return pd.DataFrame(lines)


def ratio(first: float, last: float) -> str:
    """One over the other, for a reader."""
    if not last:
        return "none"
    found = first / last
    return f"{found:,.0f}" if found >= 100 else f"{found:.3g}"


def frame(result: SignalResult) -> pd.DataFrame:
    """Every value that was read, a row for each network, step and block."""
    return pd.DataFrame([row for network in result.networks for row in _rows(network)])


def _rows(network: SignalNetwork) -> list[dict[str, object]]:
    names = ("stream_mean_square", "branch_mean_square", "branch_deviation", *QUANTITIES)
    return [
        {"network": network.label, "step": reading.step, "loss": reading.loss, "block": block}
        | {name: getattr(reading, name)[place] for name in names}
        for reading in network.readings
        for place, block in enumerate(network.blocks)
    ]


LAB = Lab(
    "signal",
    2,
    "Signal and gradient",
    (Part("blocks", "Block by block", _draw_blocks_part), Part("factor", "A factor on the shortcut", draw_factor_part)),
)
