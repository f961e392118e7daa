"""Lab 2: how signal and gradient pass through a network, and the effect of a factor on the shortcut."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject
from explorer.experiments.catalogue.signal_and_gradient import SignalResult
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin
from explorer.ui.labs.factors import FACTOR_PART
from explorer.ui.labs.mixing import MIXING_PART
from explorer.ui.labs.shared import charts, experiment, predict, seen, text
from explorer.ui.labs.shared.charts import training_conditions
from explorer.ui.labs.shared.finished_runs import draw_kept_results
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices
from explorer.ui.labs.shared.networks import PLAIN, NetworkChoice, choose_network_or_runs, depth_field

EXPERIMENT = "signal_and_gradient"
FIRST_OVER_LAST = "First over last"
UNTRAINED = {"readings": [0]}
"""The parameters for finished runs: one reading, without further training."""
NORMS = {"batch": "batch norm", "none": "no norm"}
POST, PREACT = "residual, as it is", "residual, pre-activation"
ZERO = "residual, branches start at 0"
NETWORKS = {"plain": PLAIN, "post": POST, "preact": PREACT, "zero": ZERO}
READINGS = {"0": "before training", "20": "after 20 steps", "60": "after 60 steps", "150": "after 150 steps"}
QUANTITIES = {
    "output_gradient": "gradient at the block's output",
    "weight_gradient": "gradient of the block's weights",
    "stream_deviation": "deviation of the stream x",
    "ratio": "deviation of F(x) over that of the shortcut",
}
FIELDS = (
    depth_field(56),
    choice("quantity", "Show", QUANTITIES, "output_gradient", "The quantity that is drawn, block by block."),
    choice("norm", "Normalisation", NORMS, "batch", "No norm: the initialisation alone."),
    choices("networks", "Compare", NETWORKS, ("plain", "post"), "The variants of the network."),
    choices("readings", "When", READINGS, ("0", "20"), "The training steps after which the network is measured."),
)
EARLY = (
    "It has vanished.",
    "It is about as large as in the last block.",
    "It is larger than in the last block, the more so the deeper the network.",
)


def plain_question(depth: int) -> predict.Question:
    """The question on the plain network of this depth with batch normalisation."""
    vanished, equal, _ = EARLY
    return predict.Question(
        "signal",
        f"{depth} layers, batch normalisation, before the first step. How large is the gradient of the **plain** "
        "network in its first block, beside that in its last?",
        EARLY,
        2,
        text.section("signal", "blocks_reveal"),
        {
            vanished: "Without normalisation it may vanish, but each normalisation sets the size of the signal anew, "
            "and the gradient of a layer that normalises is divided by the deviation of what it got.",
            equal: "Each layer changes its size only a little, but the changes multiply over the layers.",
        },
        seen_of_ratios,
        ("explodes", "nothing vanishes", "a little larger"),
    )


def unnormalised_question(depth: int) -> predict.Question:
    """The question on the plain network of this depth without normalisation."""
    shrinks, keeps, grows = "It shrinks from block to block.", "It keeps its size.", "It grows from block to block."
    return predict.Question(
        "signal_no_norm",
        f"{depth} layers without any normalisation, before the first step. How does the signal x behave along the "
        "**residual** network?",
        (shrinks, keeps, grows),
        2,
        "Every block adds its branch to x, and nothing sets the sum back to a deviation of 1. In a plain network each "
        "layer multiplies instead.",
        {
            shrinks: "A sum of two tensors that do not cancel is larger than each of them.",
            keeps: "It would with branches that start at 0.",
        },
        seen_of_ratios,
        ("signal grows", "Every block adds its branch", "nothing vanishes"),
    )


def asked_of(network: ModelSpec | None, norm: str) -> predict.Question | None:
    """The question on the untrained network; None for finished runs, whose gradients depend on their training."""
    if network is None:
        return None
    return unnormalised_question(network.depth) if norm == "none" else plain_question(network.depth)


def seen_of_ratios(result: SignalResult) -> predict.Question | None:
    """Asks in which network the gradient at the first block is largest, relative to the last, at the last reading."""
    ratios = {}
    for network in result.networks:
        gradients = network.readings[-1].output_gradient if network.readings else ()
        known = [each for each in gradients if not np.isnan(each)]
        if known and known[-1]:
            ratios[network.label] = [known[0] / known[-1]]
    return seen.highest(
        "signal.seen",
        "Show the gradient at the block's output, at the last reading: which network has the largest ratio of the "
        "first block's gradient to the last block's?",
        ratios,
    )


def variants(base: ModelSpec, chosen: tuple[str, ...]) -> tuple[Subject, ...]:
    """The chosen variants of a network. Raises SpecError for a variant that is not valid."""
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
        chosen = choose_network_or_runs(controls, "signal_and_gradient")
    with right:
        quantity = controls.menu("quantity")
        norm = controls.choice("norm") if chosen.trains else "batch"
    request = _training_request(controls, chosen, norm) if chosen.trains else chosen.request(EXPERIMENT, UNTRAINED)
    question = asked_of(chosen.network, norm)
    if question is not None:
        predict.draw_question(question)
    if request:
        plain = charts.plain_labels(request)
        experiment.draw_panel(
            "signal",
            request,
            lambda result: draw(result, quantity, plain),
            question,
            caption=f"Measured on 64 training images in training mode. {training_conditions(request)}",
        )
        draw_kept_results(chosen.runs, "signal")
    if question is not None and norm == "none":
        predict.draw_section(question, "signal", "no_norm")


def _training_request(controls: Controls, chosen: NetworkChoice, norm: str) -> ExperimentRequest | None:
    names = controls.choices("networks")
    readings = [int(each) for each in controls.choices("readings")]

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return variants(replace(base, norm=norm) if norm != base.norm else base, names)

    training = replace(QUICK_TRAINING, steps=max([20, *readings]))
    return chosen.request(EXPERIMENT, {"readings": readings}, subjects, training)


def draw(result: SignalResult, quantity: str, plain: Collection[str] = (PLAIN,)) -> None:
    """A chart for each reading, the quantity block by block from input to output, and a table."""
    steps = sorted({reading.step for network in result.networks for reading in network.readings})
    titles = [READINGS.get(str(step), f"after {step:,} steps") for step in steps]
    figure = make_subplots(1, max(1, len(steps)), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    styles = charts.network_styles([network.label for network in result.networks], plain)
    for network in result.networks:
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
                line=styles[network.label],
                hovertemplate="%{text}<br>%{y:.3g}<extra>%{fullData.name}</extra>",
                row=1,
                col=steps.index(reading.step) + 1,
            )
    figure.update_yaxes(type="log")
    figure.update_yaxes(title=QUANTITIES[quantity], col=1)
    figure.update_xaxes(title="block, from the input")
    charts.draw_figure(figure, "signal.chart")
    st.dataframe(summary(result, quantity), hide_index=True, key="signal.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{network.label}: {network.training.diverged}")


def summary(result: SignalResult, quantity: str) -> pd.DataFrame:
    """A row for each reading: the values of the first and last block, their ratio, and the loss."""
    lines = []
    for network in result.networks:
        for reading in network.readings:
            values = getattr(reading, quantity)
            numbers = [value for value in values if not np.isnan(value)]
            lines.append(
                {
                    "Network": network.label,
                    "Step": reading.step,
                    "First block": f"{numbers[0]:.3g}" if numbers else "none",
                    "Last block": f"{numbers[-1]:.3g}" if numbers else "none",
                    FIRST_OVER_LAST: ratio(numbers[0], numbers[-1]) if numbers else "none",
                    "Loss": f"{reading.loss:.3g}",
                }
            )
    return pd.DataFrame(lines)


def ratio(first: float, last: float) -> str:
    """The ratio of two values to three digits or as a whole number; `none` for a division by 0."""
    if not last:
        return "none"
    value = first / last
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


LAB = Lab(
    "signal",
    2,
    "Signal and gradient",
    (Part("blocks", "Block by block", _draw_blocks_part, FIELDS), FACTOR_PART, MIXING_PART),
)
