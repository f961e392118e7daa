"""Lab 2, second part: a constant factor on every shortcut, its product over the blocks, and its effect on training."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.theory import skip_product, skip_products
from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult, ShortcutChain
from explorer.experiments.claims.signal import FACTOR_CLAIM, FACTOR_DEPTH, FACTOR_STEPS, FACTORS, factor_plan
from explorer.experiments.result import Training
from explorer.language import N_, _, counted, joined, ngettext
from explorer.model import ModelSpec
from explorer.model.field_types import Real, Whole
from explorer.model.variants import ORDERS
from explorer.ui.common import theme
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs.shared import charts, experiment, paper, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, outcome_text, training_outcome
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_small_or_own, depth_field

OFFERED = ("0", "0.5", "0.8", "0.9", "0.95", "1", "1.05", "1.1", "1.5")
USUAL = tuple(f"{factor:g}" for factor in FACTORS)
PREDICTED = N_("λ to that power")
LEFT = {
    N_("About 90 %"): (0.7, N_("That is what one block leaves; every block takes its part again.")),
    N_("About half"): (0.3, N_("The part that is left is multiplied again in every block: compute the power.")),
    N_("About 15 %"): (0.05, N_("The part that is left is multiplied again in every block: compute the power.")),
    N_("Less than 5 %"): (0.0, N_("The power is not that small over so few blocks.")),
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
            counted(
                "Every shortcut multiplies x by {factor}, and {count} shortcut follow each other, as in a stage of "
                "this network. How much of x is left at the end, along the shortcuts alone?",
                "Every shortcut multiplies x by {factor}, and {count} shortcuts follow each other, as in a stage of "
                "this network. How much of x is left at the end, along the shortcuts alone?",
                factor=f"{ASKED:g}",
                count=blocks,
            ),
            {option: why for option, (_, why) in LEFT.items()},
            right,
            joined(" ", f"${ASKED:g}^{{{blocks}}} = {left:.2g}$.", text.Section("signal", "factor_reveal")),
        )
        .asking(seen_of_factors)
        .told_by("exponentially", "0.9^")
    )


def seen_of_factors(result: LambdaResult) -> predict.Question | None:
    """Asks which factor ended with the highest training loss."""
    labelled = ((f"λ = {point.factor:g}", point.training) for point in result.points)
    return seen.highest_loss("factor.seen", labelled, N_("Which factor ended with the highest training loss?"))


def shortcuts_in_a_row(spec: ModelSpec) -> int:
    """The most shortcuts in a row that keep the shape: a stage's blocks without its first one, at least 1."""
    return max(1, max(spec.stage_blocks) - 1)


def _draw_factor_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
    with right:
        order, dataset, seeds = controls.choice("order"), controls.choice("data"), controls.whole("seeds")
    chosen = controls.choices("factors")
    question = factor_question(shortcuts_in_a_row(base))
    predict.draw_question(question)
    if predict.is_answered(question):
        _product(controls)
    request = experiment.try_to_make(
        lambda: factor_plan([float(each) for each in chosen], order, dataset, seeds).request(base)
    )
    experiment.draw_panel("factor", request, draw, question, claims=(FACTOR_CLAIM,))
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


CURVES: Mapping[str, Callable[[ShortcutChain, float], float]] = MappingProxyType(
    {
        N_("predicted"): lambda chain, predicted: predicted,
        N_("signal, measured"): lambda chain, predicted: chain.signal,
        N_("gradient, measured"): lambda chain, predicted: chain.gradient,
        N_("gradient with branches"): lambda chain, predicted: chain.gradient_with_branches,
    }
)
"""What is drawn of the longest chain and its predicted product; all are 0 or more."""


def grouped(result: LambdaResult) -> dict[float, list[LambdaPoint]]:
    """The points of every factor, one for each seed, from the smallest factor to the largest."""
    groups: dict[float, list[LambdaPoint]] = {}
    for point in sorted(result.points, key=lambda point: (point.factor, point.training.seed)):
        groups.setdefault(point.factor, []).append(point)
    return groups


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
        _(
            "Measured over the longest chain of identity shortcuts with the branches set to 0. The ReLU "
            "after the addition lets a positive signal pass but stops the gradient where x is 0. "
            "Trainings of {steps} steps: the start of training, not a published accuracy. Of several "
            "seeds: medians, from the lowest to the highest."
        ).format(steps=FACTOR_STEPS)
    )


def branch_sentence(result: LambdaResult) -> str:
    """What the smallest and the largest factor do to the gradient of the network as it is; empty without a chain."""
    found = {
        factor: [pair[0].gradient_with_branches for point in points if (pair := longest(point))]
        for factor, points in grouped(result).items()
    }
    found = {factor: values for factor, values in found.items() if values}
    if not found:
        return ""
    shown = _(" and ").join(
        _("{value} at λ = {factor}").format(value=f"**{median(values):.3g}**", factor=f"{factor:g}")
        for factor, values in sorted(found.items())
        if factor in {min(found), 1.0, max(found)}
    )
    return _(
        "With the branches, the gradient at the start of these blocks, divided by the gradient at their end, is "
        "{shown}, measured before training, at the median over the seeds."
    ).format(shown=shown)


def _draw_products(result: LambdaResult) -> None:
    by_factor = {
        factor: [pair for point in points if (pair := longest(point))] for factor, points in grouped(result).items()
    }
    seeds = min((len(pairs) for pairs in by_factor.values() if pairs), default=0)
    by_factor = {factor: pairs[:seeds] for factor, pairs in by_factor.items() if pairs}
    if not by_factor:
        st.info(_("This network has no two consecutive identity shortcuts, so there is no product to measure."))
        return
    figure = go.Figure()
    for position, (name, value_of) in enumerate(CURVES.items()):
        style = charts.line_style(position, dashed=position == 3)
        values = [[value_of(*pairs[seed]) or math.nan for pairs in by_factor.values()] for seed in range(seeds)]
        charts.add_band(figure, list(by_factor), values, name, style)
    blocks = next(iter(by_factor.values()))[0][0].blocks
    title = ngettext(
        "ratio of end to start, {count} block (log)", "ratio of end to start, {count} blocks (log)", blocks
    ).format(count=blocks)
    upwards = {"title": title, "type": "log"}
    charts.draw_figure(figure, "factor.products", xaxis={"title": _("λ on every shortcut")}, yaxis=upwards)


def _draw_outcomes(result: LambdaResult) -> None:
    figure = go.Figure()
    groups = grouped(result)
    losses = {
        factor: [point.training.train_loss for point in points if not point.training.diverged]
        for factor, points in groups.items()
    }
    completed = {factor: values for factor, values in losses.items() if values}
    most = max((len(values) for values in completed.values()), default=0)
    seeds = [
        [values[seed] if seed < len(values) else math.nan for values in completed.values()] for seed in range(most)
    ]
    if completed:
        charts.add_band(figure, list(completed), seeds, _("training loss"), charts.line_style(0))
    for factor, points in groups.items():
        diverged = sum(bool(point.training.diverged) for point in points)
        if diverged:
            words = _("diverged") if len(points) == 1 else _diverged(diverged, len(points))
            figure.add_vline(x=factor, line={"color": theme.current().error, "dash": "dot"})
            figure.add_annotation(x=factor, yref="paper", y=1, text=words, showarrow=False, xanchor="right")
    upwards = {"title": _("loss at the end (log)"), "type": "log"}
    charts.draw_figure(figure, "factor.outcomes", xaxis={"title": _("λ on every shortcut")}, yaxis=upwards)


def table(result: LambdaResult) -> pd.DataFrame:
    """A row for each factor: predicted product, measured signal and gradient, outcome of training, over the seeds."""
    lines = []
    for factor, points in grouped(result).items():
        pairs = [pair for point in points if (pair := longest(point))]
        lines.append(
            {
                "λ": f"{factor:g}",
                _("Blocks"): pairs[0][0].blocks if pairs else 0,
                _(PREDICTED): f"{skip_products(factor, pairs[0][0].blocks)[-1]:.3g}" if pairs else "",
                _("Signal"): median_with_range([chain.signal for chain, _product in pairs], ".3g"),
                _("Gradient"): median_with_range([chain.gradient for chain, _product in pairs], ".3g"),
                _("Gradient with branches"): median_with_range(
                    [chain.gradient_with_branches for chain, _product in pairs], ".3g"
                ),
                _("Trained"): outcomes([point.training for point in points]),
            }
        )
    return pd.DataFrame(lines)


def outcomes(trainings: Sequence[Training]) -> str:
    """How the trainings of one factor ended, in a few words."""
    if len(trainings) == 1:
        return training_outcome(trainings[0])
    ended = [each for each in trainings if not each.diverged]
    lost = _diverged(len(trainings) - len(ended), len(trainings)) if len(ended) < len(trainings) else ""
    loss = median_with_range([each.train_loss for each in ended], ".3g")
    error = median_with_range([each.test_error for each in ended])
    return "; ".join(filter(None, (lost, outcome_text(loss, error) if ended else "")))


def _diverged(count: int, trainings: int) -> str:
    return _("{count} of {total} diverged").format(count=count, total=trainings)


FACTOR_PART = Part(
    "factor",
    N_("A factor on the shortcut"),
    _draw_factor_part,
    (
        depth_field(FACTOR_DEPTH, SMALL_DEPTHS[1:]),
        choice(
            "order",
            N_("Activation order"),
            {name: ORDERS[name].label for name in ("post", "preact")},
            "post",
            N_("After the addition there is a ReLU or nothing. The equation is exact only with nothing."),
        ),
        short_trainings.DATA,
        short_trainings.SEEDS,
        choices(
            "factors", N_("Factors λ"), {each: each for each in OFFERED}, USUAL, N_("The factors that are compared.")
        ),
        AddressField(
            "lambda", N_("λ in the equation"), Value(Real(0.0, 1.5)), 0.9, N_("The factor on every shortcut.")
        ),
        AddressField("blocks", N_("Blocks L − l"), Value(Whole(1, 54)), 18, N_("A network of 110 layers has 54.")),
    ),
)
