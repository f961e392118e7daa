"""Lab 1: deeper plain networks train worse than shallow ones, and residual networks do not."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.short_trainings import AS_HERE, SMALL, trainings_of
from explorer.experiments import QUICK_TRAINING, ExperimentRequest, small_network
from explorer.experiments.catalogue.depth_sweep import DepthPoint, DepthSweepResult
from explorer.experiments.catalogue.learning_rates import RATE_LABELS
from explorer.experiments.claims.degradation import BLOCKS, RATE, SWEEP_CLAIM, sweep_plan
from explorer.experiments.claims.optimisers import RATES_CLAIM
from explorer.experiments.result import Training
from explorer.language import N_, _, sentence
from explorer.model.changes import with_equal_stages
from explorer.ui.labs.copying import COPY_PART, SENSITIVITY_PART
from explorer.ui.labs.degradation_question import sweep_question
from explorer.ui.labs.inserting import INSERT_PART
from explorer.ui.labs.learning_to_copy import LEARN_PART
from explorer.ui.labs.optimisers import OPTIMISER_PART
from explorer.ui.labs.shared import charts, experiment, paper, predict, seen
from explorer.ui.labs.shared.charts import training_conditions
from explorer.ui.labs.shared.claims import draw_stored_claim
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_network
from explorer.ui.labs.shared.short_trainings import LENGTH, length_controls
from explorer.ui.labs.weight_decay import DECAY_PART

DEPTHS = {str(blocks): f"{6 * blocks + 2}" for blocks in (1, 2, 3, 4, 5, 7, 9)}
DEPTHS_FIELD = choices(
    "depths",
    N_("Layers"),
    DEPTHS,
    tuple(map(str, BLOCKS)),
    N_("6 n + 2 layers have n blocks in each of three stages. Your own network gets n blocks in each stage."),
)
RATE_FIELD = choice(
    "rate",
    N_("Learning rate"),
    RATE_LABELS,
    RATE,
    N_("Does the deep plain network fail because the rate does not suit it? Try others."),
)
KINDS = {True: N_("plain"), False: N_("residual")}


def _draw_sweep_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = choose_network()
        blocks = controls.choices("depths")
    with right:
        length = length_controls(controls)
        rate = controls.menu("rate")
    base = own or small_network(20)
    question = sweep_question([with_equal_stages(base, int(each)).depth for each in blocks]).asking(seen_of_depth)
    predict.draw_question(question)
    request = experiment.try_to_make(lambda: sweep_plan([int(each) for each in blocks], length, rate).request(base))
    ours, theirs = st.columns(2)
    with ours:
        st.markdown(_("**Here, now**"))
        if request:
            stored = stored_sweep(request) if own is None else None
            experiment.draw_panel("sweep", request, draw_sweep, question, stored=stored, claims=(SWEEP_CLAIM,))
            st.caption(training_conditions(request))
    if predict.is_answered(question):
        with ours:
            draw_stored_claim(RATES_CLAIM)
        with theirs:
            _draw_published()
        left, right = st.columns(2)
        with left:
            paper.draw_rows("he2015", "2")
        with right:
            paper.draw_rows("he2015", "3", lambda row: row.network.startswith(("plain", "ResNet")))


def seen_of_depth(result: DepthSweepResult) -> predict.Question | None:
    """Asks what depth did to the networks with shortcuts; None with fewer than two depths."""
    losses: dict[int, list[float]] = {}
    for point in result.points:
        if not point.plain:
            losses.setdefault(point.depth, []).append(point.training.final_loss)
    if len(losses) < 2:
        return None
    shallow, deep = losses[min(losses)], losses[max(losses)]
    worse, better, close = N_("The deepest ended clearly higher."), N_("The deepest ended clearly lower."), seen.CLOSE
    right = worse if seen.is_far_above(deep, shallow) else better if seen.is_far_above(shallow, deep) else close
    told = sentence(
        "As measured here, {few} layers ended at {shallow}, {many} at {deep}.",
        few=min(losses),
        shallow=seen.spread(shallow),
        many=max(losses),
        deep=seen.spread(deep),
    )
    return seen.one_of(
        "sweep.seen",
        N_("What did depth do to the training loss of the networks **with** shortcuts?"),
        dict.fromkeys((worse, better, close), N_("The two ends of the curve say otherwise.")),
        right,
        told,
    )


def stored_sweep(request: ExperimentRequest) -> DepthSweepResult | None:
    """What the record of short trainings has of a sweep of the small network; None unless it has every depth of it."""
    depths = [6 * blocks + 2 for blocks in request.parameters["blocks"]]
    points = tuple(
        DepthPoint(depth, plain, Training(row.network, row.seed, (), (), row.train_loss, row.test_error, 0.0))
        for depth in depths
        for plain, kind in KINDS.items()
        for row in trainings_of(SMALL, f"{kind}{depth}")
        if row.condition == AS_HERE
    )
    complete = {point.depth for point in points} == set(depths)
    return DepthSweepResult(points) if complete and request.training == QUICK_TRAINING else None


def draw_sweep(result: DepthSweepResult) -> None:
    """A chart of the final training loss by depth, plain and residual, with the range over the seeds; a table."""
    figure = go.Figure()
    table = sweep_table(result)
    styles = charts.network_styles(KINDS.values(), (KINDS[True],))
    for kind in KINDS.values():
        part = table[table[N_("Kind")] == kind]
        figure.add_scatter(
            x=part[N_("Layers")].tolist(),
            y=part["Training loss"].tolist(),
            error_y={"array": part["highest"] - part["Training loss"], "type": "data"}
            | {"arrayminus": part["Training loss"] - part["lowest"], "symmetric": False},
            mode="lines+markers",
            name=_(kind),
            line=styles[kind],
        )
    upwards = {"title": _("training loss at the end (log)"), "type": "log"}
    charts.draw_figure(figure, "sweep.chart", xaxis={"title": _("layers")}, yaxis=upwards)
    shown = table.drop(columns=["lowest", "highest"]).assign(Kind=[_(kind) for kind in table["Kind"]])
    st.dataframe(
        shown.rename(columns=_),
        hide_index=True,
        key="sweep.table",
        column_config={
            _("Training loss"): st.column_config.NumberColumn(format="%.4f"),
            _("Test error, %"): st.column_config.NumberColumn(format="%.1f"),
        },
    )
    st.caption(_("Medians over the seeds; the bars reach from the lowest to the highest value."))


def sweep_table(result: DepthSweepResult) -> pd.DataFrame:
    """A row for each depth and kind: medians over the seeds."""
    groups: dict[tuple[int, bool], list[tuple[float, float]]] = {}
    for point in result.points:
        outcome = (point.training.train_loss, point.training.test_error)
        groups.setdefault((point.depth, point.plain), []).append(outcome)
    lines = []
    for (depth, plain), values in sorted(groups.items()):
        losses = [loss for loss, _ in values]
        lines.append(
            {
                N_("Layers"): depth,
                N_("Kind"): KINDS[plain],
                N_("Training loss"): float(np.median(losses)),
                N_("Test error, %"): float(np.median([error for _, error in values])),
                "lowest": min(losses),
                "highest": max(losses),
            }
        )
    return pd.DataFrame(lines)


def _draw_published() -> None:
    """A chart of He et al. 2015 on CIFAR-10: residual from Table 6, plain as read from Fig. 6."""
    st.markdown(_("**He et al. 2015, Table 6 and Fig. 6**"))
    figure = go.Figure()
    residual = paper.rows("he2015", "6", lambda row: row.preset.startswith("cifar_resnet"))
    plain = [row for row in paper.rows("he2015", "Fig. 6") if not np.isnan(paper.error_percent(row))]
    printed = {N_("residual, printed"): residual, N_("plain, read from the figure"): plain}
    styles = charts.network_styles(printed, (N_("plain, read from the figure"),))
    for name, rows in printed.items():
        figure.add_scatter(
            x=[int(row.network.split("-")[1]) for row in rows],
            y=[paper.error_percent(row) for row in rows],
            text=[row.protocol for row in rows],
            mode="lines+markers",
            name=_(name),
            line=styles[name],
            hovertemplate=_("%{x} layers: %{y} %<br>%{text}<extra>%{fullData.name}</extra>"),
        )
    across = {"title": _("layers (log)"), "type": "log", "tickvals": [20, 32, 56, 110, 1202], "tickformat": "d"}
    charts.draw_figure(figure, "sweep.published", xaxis=across, yaxis={"title": _("test error on CIFAR-10, %")})
    st.caption(
        _(
            "64,000 steps. Residual: one run each, for 110 layers the best of five. Plain: the paper "
            "prints no numbers; "
            "the author of github.com/a-martyn/resnet read these from the figure, ± 0.5. The plain "
            "network of 110 layers "
            "is above 60 % (caption of Fig. 6). At 1,202 layers the training error is below 0.1 %: that is "
            "overfitting, not degradation."
        )
    )


LAB = Lab(
    "degradation",
    1,
    N_("Degradation"),
    (
        Part("sweep", N_("Depth"), _draw_sweep_part, (DEPTHS_FIELD, *LENGTH, RATE_FIELD)),
        COPY_PART,
        INSERT_PART,
        LEARN_PART,
        DECAY_PART,
        SENSITIVITY_PART,
        OPTIMISER_PART,
    ),
)
