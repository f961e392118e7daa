"""Lab 2, second part: a constant factor on every shortcut, its product over the blocks, and its effect on training."""

from dataclasses import replace
from math import inf

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.theory import skip_product, skip_products
from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject
from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult, ShortcutChain
from explorer.model import ModelSpec
from explorer.model.field_types import Real, Whole
from explorer.model.variants import ORDERS
from explorer.outputs.formatting import plural
from explorer.ui.common import theme
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs.shared import charts, experiment, paper, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import training_outcome
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_small_or_own, depth_field

FACTORS = ("0", "0.5", "0.8", "0.9", "0.95", "1", "1.05", "1.1", "1.5")
USUAL = ("0.5", "0.9", "1", "1.1", "1.5")
PREDICTED = "λ to that power"
LEFT = {
    "About 90 %": (0.7, "That is what one block leaves; every block takes its part again."),
    "About half": (0.3, "The part that is left is multiplied again in every block: compute the power."),
    "About 15 %": (0.05, "The part that is left is multiplied again in every block: compute the power."),
    "Less than 5 %": (0.0, "The power is not that small over so few blocks."),
}
"""The options with the least part of x that each stands for, and why each may be wrong."""
ASKED = 0.9
"""The factor of the question."""


def factor_question(blocks: int) -> predict.Question:
    """The question on this many shortcuts in a row; its right answer is the power."""
    left = skip_product([ASKED] * blocks)
    right = next(option for option, (least, _) in LEFT.items() if left >= least)
    return (
        seen.one_of(
            "factor",
            f"Every shortcut multiplies x by {ASKED:g}, and {plural(blocks, 'shortcut')} follow each other, as in a "
            f"stage "
            "of this network. How much of x is left at the end, along the shortcuts alone?",
            {option: why for option, (_, why) in LEFT.items()},
            right,
            f"${ASKED:g}^{{{blocks}}} = {left:.2g}$. {text.section('signal', 'factor_reveal')}",
        )
        .asking(seen_of_factors)
        .told_by("exponentially", "0.9^")
    )


def seen_of_factors(result: LambdaResult) -> predict.Question | None:
    """Asks which factor ended with the highest training loss."""
    losses: dict[str, list[float]] = {}
    for point in result.points:
        losses.setdefault(f"λ = {point.factor:g}", []).append(
            inf if point.training.diverged else point.training.train_loss
        )
    return seen.highest("factor.seen", "Which factor ended with the highest training loss?", losses)


def shortcuts_in_a_row(spec: ModelSpec) -> int:
    """The most shortcuts in a row that keep the shape: a stage's blocks without its first one, at least 1."""
    return max(1, max(spec.stage_blocks) - 1)


def _draw_factor_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
    with right:
        order, dataset = controls.choice("order"), controls.choice("data")
    chosen = controls.choices("factors")
    question = factor_question(shortcuts_in_a_row(base))
    predict.draw_question(question)
    if predict.is_answered(question):
        _product(controls)
    request = experiment.try_to_make(
        lambda: ExperimentRequest(
            "lambda_sweep",
            (Subject("network", replace(base, activation_order=order)),),
            replace(QUICK_TRAINING, dataset=dataset),
            {"factors": [float(each) for each in chosen]},
        )
    )
    experiment.draw_panel("factor", request, draw, question)
    if predict.is_answered(question):
        paper.draw_rows("he2016", "1", lambda row: row.network.startswith(("original", "constant")))


def _product(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        factor = controls.real("lambda")
    with right:
        blocks = controls.whole("blocks")
    product = skip_product([factor] * blocks)
    st.latex(rf"\prod_{{i=l}}^{{L-1}} \lambda_i = {factor:g}^{{{blocks}}} = {product:.4g}")


def longest(point: LambdaPoint) -> tuple[ShortcutChain, float] | None:
    """The longest chain of identity shortcuts and its predicted product; None if there is no chain."""
    pairs = list(zip(point.chains, point.predicted, strict=True))
    return max(pairs, key=lambda pair: pair[0].blocks) if pairs else None


def draw(result: LambdaResult) -> None:
    """Charts of the product, predicted and measured, and of the training loss for each factor; a table."""
    left, right = st.columns(2)
    with left:
        _draw_products(result)
    with right:
        _draw_outcomes(result)
    st.markdown(branch_sentence(result))
    st.dataframe(table(result), hide_index=True, key="factor.table", placeholder="")
    st.caption(
        "Measured over the longest chain of identity shortcuts with the branches set to 0. The ReLU after the addition "
        "lets a positive signal pass but stops the gradient where x is 0. Trainings of "
        f"{QUICK_TRAINING.steps} steps, one seed: the start of training, not a published accuracy."
    )


def branch_sentence(result: LambdaResult) -> str:
    """What the smallest and the largest factor do to the gradient of the network as it is; empty without a chain."""
    found = {point.factor: pair[0] for point in result.points if (pair := longest(point))}
    if not found:
        return ""
    shown = " and ".join(
        f"**{chain.gradient_with_branches:.3g}** at λ = {factor:g}"
        for factor, chain in sorted(found.items())
        if factor in {min(found), 1.0, max(found)}
    )
    return (
        "With the branches, the gradient at the start of these blocks, divided by the gradient at their end, is "
        f"{shown}, measured before training."
    )


def _draw_products(result: LambdaResult) -> None:
    pairs = [(point.factor, pair) for point in result.points if (pair := longest(point))]
    if not pairs:
        st.info("This network has no two consecutive identity shortcuts, so there is no product to measure.")
        return
    factors = [factor for factor, _ in pairs]
    figure = go.Figure()
    curves = {
        "predicted": [predicted for _, (_, predicted) in pairs],
        "signal, measured": [chain.signal for _, (chain, _) in pairs],
        "gradient, measured": [chain.gradient for _, (chain, _) in pairs],
        "gradient with branches": [chain.gradient_with_branches for _, (chain, _) in pairs],
    }
    symbols = ("line-ew", "circle-open", "diamond-open", "x-thin")
    for position, (name, values) in enumerate(curves.items()):
        marker = {
            "symbol": symbols[position],
            "size": 11,
            "line": {"width": 2, "color": charts.line_style(position)["color"]},
        }
        positive = [value if value > 0 else None for value in values]
        style = charts.line_style(position, dashed=position == 3)
        figure.add_scatter(x=factors, y=positive, name=name, mode="lines+markers", line=style, marker=marker)
    blocks = pairs[0][1][0].blocks
    title = f"ratio of end to start, {plural(blocks, 'block')} (log)"
    upwards = {"title": title, "type": "log"}
    charts.draw_figure(figure, "factor.products", xaxis={"title": "λ on every shortcut"}, yaxis=upwards)


def _draw_outcomes(result: LambdaResult) -> None:
    figure = go.Figure()
    completed = [point for point in result.points if not point.training.diverged]
    figure.add_scatter(
        x=[point.factor for point in completed],
        y=[point.training.train_loss for point in completed],
        mode="lines+markers",
        name="training loss",
        line=charts.line_style(0),
    )
    for point in (point for point in result.points if point.training.diverged):
        figure.add_vline(x=point.factor, line={"color": theme.current().error, "dash": "dot"})
        figure.add_annotation(x=point.factor, yref="paper", y=1, text="diverged", showarrow=False, xanchor="right")
    upwards = {"title": "loss at the end (log)", "type": "log"}
    charts.draw_figure(figure, "factor.outcomes", xaxis={"title": "λ on every shortcut"}, yaxis=upwards)


def table(result: LambdaResult) -> pd.DataFrame:
    """A row for each factor: predicted product, measured signal and gradient, outcome of training."""
    lines = []
    for point in result.points:
        pair = longest(point)
        lines.append(
            {
                "λ": f"{point.factor:g}",
                "Blocks": pair[0].blocks if pair else 0,
                PREDICTED: f"{skip_products(point.factor, pair[0].blocks)[-1]:.3g}" if pair else "",
                "Signal": f"{pair[0].signal:.3g}" if pair else "",
                "Gradient": f"{pair[0].gradient:.3g}" if pair else "",
                "Gradient with branches": f"{pair[0].gradient_with_branches:.3g}" if pair else "",
                "Trained": training_outcome(point.training),
            }
        )
    return pd.DataFrame(lines)


FACTOR_PART = Part(
    "factor",
    "A factor on the shortcut",
    _draw_factor_part,
    (
        depth_field(56, SMALL_DEPTHS[1:]),
        choice(
            "order",
            "Activation order",
            {name: ORDERS[name].label for name in ("post", "preact")},
            "post",
            "After the addition there is a ReLU or nothing. The equation is exact only with nothing.",
        ),
        short_trainings.DATA,
        choices("factors", "Factors λ", {each: each for each in FACTORS}, USUAL, "The factors that are compared."),
        AddressField("lambda", "λ in the equation", Value(Real(0.0, 1.5)), 0.9, "The factor on every shortcut."),
        AddressField("blocks", "Blocks L − l", Value(Whole(1, 54)), 18, "A network of 110 layers has 54."),
    ),
)
