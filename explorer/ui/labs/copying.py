"""Lab 1, second and third part: blocks that copy their input, and how much a residual changes."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.theory import sensitivity
from explorer.experiments.catalogue.signal_and_gradient import SignalResult
from explorer.experiments.claims.degradation import COPY_CLAIM, COPY_DEPTH, COPY_PLAN, USUAL
from explorer.language import N_, Sentence, _, sentence
from explorer.model.field_types import Real
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs.shared import charts, experiment, predict, seen, text
from explorer.ui.labs.shared.lab import Controls, Part
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_small_or_own, depth_field


def copy_question(blocks: int) -> predict.Question:
    """The question on a network of this many residual blocks."""
    return predict.Question(
        "copy",
        sentence(
            "In each of {blocks} residual blocks the scale of the last normalisation starts at 0. What "
            "is the output of a block for a positive x, before the first step?",
            blocks=blocks,
        ),
        (N_("Zero"), N_("x itself"), N_("Noise")),
        1,
        text.Section("degradation", "copy_reveal"),
        {
            N_("Zero"): N_("The branch gives zero, but the shortcut adds x to it."),
            N_("Noise"): N_("The branch has random weights, but the scale of 0 multiplies everything that they give."),
        },
        seen_of_the_usual_start,
        (
            "copy their input",
            "exactly that",
            "adds nothing",
            "the output is x",
        ),
    )


def seen_of_the_usual_start(result: SignalResult) -> predict.Question | None:
    """Asks how many blocks add nothing with the usual start; None where it was not measured."""
    usual = next((network for network in result.networks if network.label == USUAL and network.readings), None)
    if usual is None:
        return None
    branches = usual.readings[0].branch_mean_square
    silent = sum(value == 0 for value in branches)
    every, some, none = sentence("All {count}", count=len(branches)), N_("Some of them"), N_("None")
    right = every if silent == len(branches) else some if silent else none
    return seen.one_of(
        "copy.seen",
        N_("And with the **usual start**: how many of the blocks add exactly nothing before the first step?"),
        {
            every: N_("Only a scale of 0 silences a branch; the usual start has a scale of 1."),
            some: N_("All blocks start in the same way."),
            none: N_("The sentence above counts them."),
        },
        right,
        sentence(
            "As measured here: {silent} So the copying is no property of a residual block by itself; it "
            "comes from the start.",
            silent=silent_blocks_sentence(branches),
        ),
    )


def _draw_copy_part(controls: Controls) -> None:
    with st.columns(2)[0]:
        base = choose_small_or_own(controls, "layers")
    request = experiment.try_to_make(lambda: COPY_PLAN.request(base))
    question = copy_question(sum(base.stage_blocks))
    predict.draw_question(question)
    predict.draw_section(question, "degradation", "copy_equation")
    experiment.draw_panel("copy", request, draw_copy, question, make_table=copy_frame, claims=(COPY_CLAIM,))


def draw_copy(result: SignalResult) -> None:
    """A chart of the deviation of x at the input of each block, flat if every block copies, and a sentence on each."""
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in result.networks])
    for network in result.networks:
        values = network.readings[0].stream_deviation
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=values,
            text=network.blocks,
            mode="lines",
            name=_(network.label),
            line=styles[network.label],
            hovertemplate="%{text}<br>%{y:.4g}<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": _("deviation of x"), "rangemode": "tozero"}
    charts.draw_figure(figure, "copy.chart", xaxis={"title": _("block, from the input")}, yaxis=upwards)
    for network in result.networks:
        st.markdown(f"**{_(network.label)}**: {silent_blocks_sentence(network.readings[0].branch_mean_square)}")
    st.caption(
        _("Measured on 64 digits before the first step. In a plain network that starts at 0 no signal would pass.")
    )


def silent_blocks_sentence(branches: tuple[float, ...]) -> Sentence:
    """A sentence on the number of blocks that add exactly nothing."""
    silent = sum(value == 0 for value in branches)
    return sentence("{silent} of {count} blocks add exactly nothing.", silent=silent, count=len(branches))


def copy_frame(result: SignalResult) -> pd.DataFrame:
    """A row for each network and block: deviation of x, mean square of the branch."""
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
        x, before, after = controls.real("x"), controls.real("before"), controls.real("after")
    # The sliders have tenths; more digits would only show rounding errors.
    changes = sensitivity(x, before, after)
    new, old = round(changes.new_residual, 6), round(changes.residual, 6)
    question = sensitivity_question(x, before, after)
    predict.draw_question(question)
    if not predict.is_answered(question):
        return
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
        columns[0].metric(
            _("Change of the output"),
            relative_change(changes.output_change),
            _("{before} to {after}").format(before=f"{before:g}", after=f"{after:g}"),
            "off",
        )
        columns[1].metric(
            _("Change of the residual"),
            relative_change(changes.residual_change),
            _("{old} to {new}").format(old=f"{old:g}", new=f"{new:g}"),
            "off",
        )
    predict.draw_section(question, "degradation", "sensitivity_limits")
    predict.draw_seen(question, x)


def sensitivity_question(x: float, before: float, after: float) -> predict.Question:
    """Asks which changes by more in percent, the output or what is added to x. All three are tenths."""
    changes = sensitivity(x, before, after)
    more, same, less = N_("By more percent than the output."), N_("By as many percent."), N_("By fewer percent.")
    output, residual = changes.output_change, changes.residual_change
    right = same if abs(output - residual) < 1e-6 else more if residual > output else less
    return (
        seen.one_of(
            "sensitivity",
            sentence(
                "The output of a layer for x = {x} has to change from {before} to {after}. By how much must "
                "that change which is **added** to x?",
                x=f"{x:g}",
                before=f"{before:g}",
                after=f"{after:g}",
            ),
            {
                more: N_("What is added is no smaller than the output itself here."),
                same: N_(
                    "Both change by the same amount, but the percentage also depends on the size of what changes."
                ),
                less: N_("Both change by the same amount, and what is added is the smaller of the two."),
            },
            right,
            sentence(
                "The output changes from {before} to {after}, {output_change}; what is added changes from "
                "{old} to {new}, {residual_change}.",
                before=f"{before:g}",
                after=f"{after:g}",
                output_change=relative_change(output),
                old=f"{round(before - x, 6):g}",
                new=f"{round(after - x, 6):g}",
                residual_change=relative_change(residual),
            ),
        )
        .asking(_seen_at_zero)
        .told_by("1.96 %", "100 %", "from 0.1 to 0.2")
    )


def _seen_at_zero(x: float) -> predict.Question:
    """Asks for the input at which nothing is gained, which the sliders show."""
    never, zero, large = N_("At none"), N_("At x = 0"), N_("At x = 10")
    return seen.one_of(
        "sensitivity.seen",
        N_("Move the slider of x. At which x do output and added part always change by the same percentage?"),
        {
            never: N_("Where x is 0 there is nothing to add to: the output is the added part."),
            large: N_("There the two differ unless the target is far from 10."),
        }
        | {zero: ""},
        zero,
        N_("With x = 0 the shortcut passes on nothing, so F(x) = H(x)."),
    )


def relative_change(change: float) -> str:
    """A relative change in percent; "from zero" if the first value is 0."""
    return _("from zero") if change == float("inf") else f"{100 * change:.3g} %"


UNIT = Value(Real(0.0, 10.0, 0.1))
COPY_PART = Part(
    "copy",
    N_("Branches that start at 0"),
    _draw_copy_part,
    (depth_field(COPY_DEPTH, (*SMALL_DEPTHS, 110), name=N_("layers")),),
)
SENSITIVITY_PART = Part(
    "sensitivity",
    N_("5 to 5.1"),
    _draw_sensitivity_part,
    (
        AddressField("x", N_("Input x"), UNIT, 5.0, N_("The input of the block.")),
        AddressField("before", N_("Target H(x)"), UNIT, 5.1, N_("The output that the block is to learn.")),
        AddressField("after", N_("Target after a change"), UNIT, 5.2, N_("The output that it is to learn next.")),
    ),
)
