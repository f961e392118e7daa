"""Lab 2: how signal and gradient pass through a network, and the effect of a factor on the shortcut."""

import math
from collections.abc import Collection, Sequence
from statistics import median

import numpy as np
import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments.catalogue.signal_and_gradient import BORDERS, SignalNetwork, SignalReading, SignalResult
from explorer.experiments.claims import signal as claims
from explorer.experiments.claims.claim import Plan
from explorer.model import ModelSpec
from explorer.ui.labs.factors import FACTOR_PART
from explorer.ui.labs.mixing import MIXING_PART
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_network_or_runs, depth_field

FIRST_OVER_LAST = "First over last"
ON_RUNS = Plan("signal_and_gradient", {"readings": [0]})
"""What is asked of finished runs: one reading, without further training."""
NORMS = {"batch": "batch norm", "none": "no norm"}
READINGS = {"0": "before training", "20": "after 20 steps", "60": "after 60 steps", "150": "after 150 steps"}
QUANTITIES = {
    "output_gradient": "gradient at the block's output",
    "weight_gradient": "gradient of the block's weights",
    "stream_deviation": "deviation of the stream x",
    "ratio": "deviation of F(x) over that of the shortcut",
}
FIELDS = (
    depth_field(claims.DEPTH),
    choice("quantity", "Show", QUANTITIES, "output_gradient", "The quantity that is drawn, block by block."),
    choice("norm", "Normalisation", NORMS, "batch", "No norm: the initialisation alone."),
    choices("networks", "Compare", claims.VARIANTS, claims.COMPARED, "The variants of the network."),
    choices(
        "readings",
        "When",
        READINGS,
        tuple(map(str, claims.READINGS)),
        "The training steps after which the network is measured.",
    ),
    choice(
        "border",
        "Border of the maps",
        BORDERS,
        "circular",
        "What a 3x3 filter meets beyond the border of a map. On the last stage's maps of 2x2 pixels a border of zeros "
        "leaves it four of its nine weights.",
    ),
    short_trainings.SEEDS,
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
        text.Section("signal", "blocks_reveal"),
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
    ratios: dict[str, list[float]] = {}
    for network in result.networks:
        gradients = network.readings[-1].output_gradient if network.readings else ()
        known = [each for each in gradients if not np.isnan(each)]
        if known and known[-1]:
            ratios.setdefault(network.label, []).append(known[0] / known[-1])
    return seen.highest(
        "signal.seen",
        "Show the gradient at the block's output, at the last reading: which network has the largest ratio of the "
        "first block's gradient to the last block's?",
        ratios,
    )


def _draw_blocks_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "signal_and_gradient")
    with right:
        quantity = controls.menu("quantity")
        norm = controls.choice("norm") if chosen.trains else "batch"
        border = controls.choice("border") if chosen.trains and norm == "none" else "zeros"
        seeds = controls.whole("seeds") if chosen.trains else 1
    if chosen.trains:
        readings = [int(each) for each in controls.choices("readings")]
        plan = claims.signal_plan(controls.choices("networks"), readings, norm, border, seeds)
    else:
        plan = ON_RUNS
    request = chosen.ask(plan)
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
            claims=(claims.UNNORMALISED_CLAIM if norm == "none" else claims.NORMALISED_CLAIM,),
            caption=f"Measured on 64 training images in training mode. {training_conditions(request)}",
            runs=chosen.runs,
        )
    if question is not None and norm == "none":
        predict.draw_section(question, "signal", "no_norm")


def draw(result: SignalResult, quantity: str, plain: Collection[str] = (claims.PLAIN,)) -> None:
    """A chart for each reading, the quantity block by block from input to output, and a table."""
    steps = sorted({reading.step for network in result.networks for reading in network.readings})
    titles = [READINGS.get(str(step), f"after {step:,} steps") for step in steps]
    figure = make_subplots(1, max(1, len(steps)), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    styles = charts.network_styles([network.label for network in result.networks], plain)
    for (label, step), readings in readings_by_network(result).items():
        lines = [[value if value > 0 else math.nan for value in getattr(each, quantity)] for _, each in readings]
        charts.add_band(
            figure,
            range(1, len(lines[0]) + 1),
            lines,
            label,
            styles[label],
            texts=readings[0][0].blocks,
            legend=step == steps[0],
            mode="lines",
            row=1,
            col=steps.index(step) + 1,
        )
    figure.update_yaxes(type="log")
    figure.update_yaxes(title=QUANTITIES[quantity], col=1)
    figure.update_xaxes(title="block, from the input")
    charts.draw_figure(figure, "signal.chart")
    st.dataframe(summary(result, quantity), hide_index=True, key="signal.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{network.label}: {network.training.diverged}")


def readings_by_network(result: SignalResult) -> dict[tuple[str, int], list[tuple[SignalNetwork, SignalReading]]]:
    """The readings of each network after each number of steps, one for each seed."""
    groups: dict[tuple[str, int], list[tuple[SignalNetwork, SignalReading]]] = {}
    for network in result.networks:
        for reading in network.readings:
            groups.setdefault((network.label, reading.step), []).append((network, reading))
    return groups


def summary(result: SignalResult, quantity: str) -> pd.DataFrame:
    """A row for each network and step: the values of the first and last block, their ratio, and the loss.

    Over several seeds: medians, from the lowest to the highest.
    """
    lines = []
    for (label, step), readings in readings_by_network(result).items():
        ends = [(numbers[0], numbers[-1]) for _, each in readings if (numbers := measured(getattr(each, quantity)))]
        lines.append(
            {
                "Network": label,
                "Step": step,
                "First block": median_with_range([first for first, _ in ends], ".3g") or "none",
                "Last block": median_with_range([last for _, last in ends], ".3g") or "none",
                FIRST_OVER_LAST: ratios(ends),
                "Loss": median_with_range([each.loss for _, each in readings], ".3g") or "none",
            }
        )
    return pd.DataFrame(lines)


def measured(values: Sequence[float]) -> list[float]:
    """The values without those that were not measured."""
    return [value for value in values if not np.isnan(value)]


def ratios(ends: Sequence[tuple[float, float]]) -> str:
    """The ratios of first and last values to three digits or as whole numbers; `none` where all divide by 0."""
    values = [first / last for first, last in ends if last]
    if len(values) < 2:
        return ratio(*ends[0]) if ends else "none"
    return f"{ratio(median(values), 1)} ({ratio(min(values), 1)} to {ratio(max(values), 1)})"


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
