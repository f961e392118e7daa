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
from explorer.language import N_, _, sentence
from explorer.model import ModelSpec
from explorer.ui.labs.factors import FACTOR_PART
from explorer.ui.labs.mixing import MIXING_PART
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions, with_range
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_network_or_runs, depth_field

FIRST_OVER_LAST = N_("First over last")
ON_RUNS = Plan("signal_and_gradient", {"readings": [0]})
"""What is asked of finished runs: one reading, without further training."""
NORMS = {"batch": N_("batch norm"), "none": N_("no norm")}
READINGS = {
    "0": N_("before training"),
    "20": N_("after 20 steps"),
    "60": N_("after 60 steps"),
    "150": N_("after 150 steps"),
}
QUANTITIES = {
    "output_gradient": N_("gradient at the block's output"),
    "weight_gradient": N_("gradient of the block's weights"),
    "stream_deviation": N_("deviation of the stream x"),
    "ratio": N_("deviation of F(x) over that of the shortcut"),
}
FIELDS = (
    depth_field(claims.DEPTH),
    choice("quantity", N_("Show"), QUANTITIES, "output_gradient", N_("The quantity that is drawn, block by block.")),
    choice("norm", N_("Normalisation"), NORMS, "batch", N_("No norm: the initialisation alone.")),
    choices("networks", N_("Compare"), claims.VARIANTS, claims.COMPARED, N_("The variants of the network.")),
    choices(
        "readings",
        N_("When"),
        READINGS,
        tuple(map(str, claims.READINGS)),
        N_("The training steps after which the network is measured."),
    ),
    choice(
        "border",
        N_("Border of the maps"),
        BORDERS,
        "circular",
        N_(
            "What a 3x3 filter meets beyond the border of a map. On the last stage's maps of 2x2 "
            "pixels a border of zeros "
            "leaves it four of its nine weights."
        ),
    ),
    short_trainings.SEEDS,
)
EARLY = (
    N_("It has vanished."),
    N_("It is about as large as in the last block."),
    N_("It is larger than in the last block, the more so the deeper the network."),
)


def plain_question(depth: int) -> predict.Question:
    """The question on the plain network of this depth with batch normalisation."""
    vanished, equal, _ = EARLY
    return predict.Question(
        "signal",
        sentence(
            "{depth} layers, batch normalisation, before the first step. How large is the gradient of "
            "the **plain** network in its first block, beside that in its last?",
            depth=depth,
        ),
        EARLY,
        2,
        text.Section("signal", "blocks_reveal"),
        {
            vanished: N_(
                "Without normalisation it may vanish, but each normalisation sets the size of the signal anew, "
                "and the gradient of a layer that normalises is divided by the deviation of what it got."
            ),
            equal: N_("Each layer changes its size only a little, but the changes multiply over the layers."),
        },
        seen_of_ratios,
        ("explodes", "nothing vanishes", "a little larger"),
    )


def unnormalised_question(depth: int) -> predict.Question:
    """The question on the plain network of this depth without normalisation."""
    shrinks, keeps, grows = (
        N_("It shrinks from block to block."),
        N_("It keeps its size."),
        N_("It grows from block to block."),
    )
    return predict.Question(
        "signal_no_norm",
        sentence(
            "{depth} layers without any normalisation, before the first step. How does the signal x "
            "behave along the **residual** network?",
            depth=depth,
        ),
        (shrinks, keeps, grows),
        2,
        N_(
            "Every block adds its branch to x, and nothing sets the sum back to a deviation of 1. In "
            "a plain network each "
            "layer multiplies instead."
        ),
        {
            shrinks: N_("A sum of two tensors that do not cancel is larger than each of them."),
            keeps: N_("It would with branches that start at 0."),
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
        N_(
            "Show the gradient at the block's output, at the last reading: which network has the largest ratio of the "
            "first block's gradient to the last block's?"
        ),
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
            caption=_("Measured on 64 training images in training mode. {conditions}").format(
                conditions=training_conditions(request)
            ),
            runs=chosen.runs,
        )
    if question is not None and norm == "none":
        predict.draw_section(question, "signal", "no_norm")


def draw(result: SignalResult, quantity: str, plain: Collection[str] = (claims.PLAIN,)) -> None:
    """A chart for each reading, the quantity block by block from input to output, and a table."""
    steps = sorted({reading.step for network in result.networks for reading in network.readings})
    titles = [_reading_text(step) for step in steps]
    figure = make_subplots(1, max(1, len(steps)), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    styles = charts.network_styles([network.label for network in result.networks], plain)
    for (label, step), readings in readings_by_network(result).items():
        lines = [[value if value > 0 else math.nan for value in getattr(each, quantity)] for _network, each in readings]
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
    figure.update_yaxes(title=_(QUANTITIES[quantity]), col=1)
    figure.update_xaxes(title=_("block, from the input"))
    charts.draw_figure(figure, "signal.chart")
    st.dataframe(summary(result, quantity), hide_index=True, key="signal.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{_(network.label)}: {network.training.diverged}")


def _reading_text(step: int) -> str:
    known = READINGS.get(str(step))
    return _(known) if known else _("after {steps} steps").format(steps=f"{step:,}")


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
        ends = [
            (numbers[0], numbers[-1]) for _network, each in readings if (numbers := measured(getattr(each, quantity)))
        ]
        lines.append(
            {
                _("Network"): _(label),
                _("Step"): step,
                _("First block"): median_with_range([first for first, _last in ends], ".3g") or _("none"),
                _("Last block"): median_with_range([last for _first, last in ends], ".3g") or _("none"),
                _(FIRST_OVER_LAST): ratios(ends),
                _("Loss"): median_with_range([each.loss for _network, each in readings], ".3g") or _("none"),
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
        return ratio(*ends[0]) if ends else _("none")
    return with_range(*(ratio(value, 1) for value in (median(values), min(values), max(values))))


def ratio(first: float, last: float) -> str:
    """The ratio of two values to three digits or as a whole number; `none` for a division by 0."""
    if not last:
        return _("none")
    value = first / last
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


LAB = Lab(
    "signal",
    2,
    N_("Signal and gradient"),
    (Part("blocks", N_("Block by block"), _draw_blocks_part, FIELDS), FACTOR_PART, MIXING_PART),
)
