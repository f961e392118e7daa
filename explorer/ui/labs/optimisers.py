"""Lab 1, a part: plain and residual networks under several optimisers."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from explorer.experiments.catalogue.optimisers import OptimiserPoint, OptimisersResult
from explorer.experiments.claims.optimisers import DEPTH, OPTIMISER_CLAIM, SEEDS, STEPS, optimisers_plan
from explorer.language import N_, _, joined, ngettext
from explorer.runs.settings import OPTIMISERS
from explorer.ui.labs.shared import charts, experiment, predict, seen, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices, number
from explorer.ui.labs.shared.networks import PLAIN, RESIDUAL, choose_small_or_own, depth_field

LABELS = {name: facts.label for name, facts in OPTIMISERS.items()}
FACTORS = {"0.1": N_("a tenth"), "0.3": N_("0.3 times"), "1": N_("usual"), "3": N_("3 times")}


def seen_of_losses(result: OptimisersResult) -> predict.Question | None:
    """Asks which network and optimiser ended with the highest training loss."""
    labelled = (
        (joined(", ", point.training.label, LABELS[point.optimiser]), point.training) for point in result.points
    )
    return seen.highest_loss("optimiser.seen", labelled, N_("Which one ended with the highest training loss?"))


QUESTION = predict.Question(
    "optimiser",
    N_(
        "56 layers with batch normalisation, trained for a few steps with three optimisers. With "
        "which of them does the "
        "**plain** network end as low as the residual one?"
    ),
    (
        N_("With Adam: each weight gets a rate of its own."),
        N_("With Muon: its updates are orthogonal, so no direction is left behind."),
        N_("With none of the three."),
    ),
    2,
    text.Section("degradation", "optimiser_reveal"),
    {
        N_("With Adam: each weight gets a rate of its own."): N_(
            "As measured here, the plain network ends above the residual one with Adam all the same."
        ),
        N_("With Muon: its updates are orthogonal, so no direction is left behind."): N_(
            "As measured here, the plain network ends above the residual one with Muon all the same."
        ),
    },
    seen_of_losses,
    ("stayed above the residual one",),
)


def _draw_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls, "deep")
        names = controls.choices("optimisers")
    with right:
        steps, seeds = controls.whole("length"), controls.whole("repeats")
        factor = float(controls.choice("factor"))
    predict.draw_question(QUESTION)
    request = experiment.try_to_make(lambda: optimisers_plan(names, steps, seeds, factor).request(base))
    if request:
        experiment.draw_panel(
            "optimiser", request, draw, QUESTION, claims=(OPTIMISER_CLAIM,), caption=training_conditions(request)
        )


def draw(result: OptimisersResult) -> None:
    """The training curves, a table, and what the result says of the question."""
    trainings = [replace(point.training, label=label_of(point)) for point in result.points]
    plain = [label_of(point) for point in result.points if point.training.label == PLAIN]
    charts.draw_training_curves(trainings, plain, "optimiser.chart")
    st.dataframe(table(result), hide_index=True, key="optimiser.table", placeholder="")
    if sentence := verdict(result):
        st.markdown(_("**Result.** {sentence}").format(sentence=sentence))


def label_of(point: OptimiserPoint) -> str:
    """The network and its optimiser."""
    return f"{_(point.training.label)}, {_(LABELS[point.optimiser])}"


def verdict(result: OptimisersResult) -> str:
    """With which optimisers the plain network ended as low as the residual one; empty without a pair of both."""
    pairs = seed_pairs(result)
    if not pairs:
        return ""
    level = [_(LABELS[name]) for name, seeds in pairs.items() if all(plain <= residual for plain, residual in seeds)]
    above = {name: sum(plain > residual for plain, residual in seeds) for name, seeds in pairs.items()}
    counted = _(", ").join(
        ngettext(
            "with {optimiser} in {above} of {count} seed", "with {optimiser} in {above} of {count} seeds", len(seeds)
        ).format(optimiser=_(LABELS[name]), above=above[name], count=len(seeds))
        for name, seeds in pairs.items()
    )
    if all(above[name] == len(seeds) for name, seeds in pairs.items()):
        closing = _("None of these optimisers takes the place of the shortcuts in so short a training.")
    else:
        closing = _("As low or lower in every seed: {names}.").format(names=", ".join(level) or _("with none"))
    return _("As measured here, the plain network ends above the residual one {counted}. {closing}").format(
        counted=counted, closing=closing
    )


def seed_pairs(result: OptimisersResult) -> dict[str, list[tuple[float, float]]]:
    """The last losses of plain and residual network by optimiser, a pair a seed; infinity for one that ran away."""
    losses = {
        (point.optimiser, point.training.seed, point.training.label): point.training.final_loss
        for point in result.points
    }
    pairs: dict[str, list[tuple[float, float]]] = {}
    for (name, seed, label), loss in losses.items():
        if label == PLAIN and (name, seed, RESIDUAL) in losses:
            pairs.setdefault(name, []).append((loss, losses[name, seed, RESIDUAL]))
    return pairs


def table(result: OptimisersResult) -> pd.DataFrame:
    """A row for each optimiser and network: its rate, and medians over the seeds."""
    groups: dict[tuple[str, str], list[OptimiserPoint]] = {}
    for point in result.points:
        groups.setdefault((point.optimiser, point.training.label), []).append(point)
    return pd.DataFrame(
        [
            {
                _("Optimiser"): _(LABELS[name]),
                _("Network"): _(label),
                _("Rate"): f"{points[0].rate:g}",
                _("Loss"): median_with_range([each.training.train_loss for each in points], ".3g") or _("none"),
                _("Test error, %"): median_with_range([each.training.test_error for each in points]) or _("none"),
                _("Ran away"): sum(bool(each.training.diverged) for each in points),
            }
            for (name, label), points in groups.items()
        ]
    )


OPTIMISER_PART = Part(
    "optimiser",
    N_("Is it the optimiser?"),
    _draw_part,
    (
        depth_field(DEPTH, name="deep"),
        choices("optimisers", N_("Optimisers"), LABELS, tuple(LABELS), N_("Those that are compared.")),
        number("length", N_("Steps"), (30, 40, 50, 100, 150, 300), STEPS, N_("Number of batches, each of 32 digits.")),
        number("repeats", N_("Seeds"), (1, 2, 3, 5), SEEDS, N_("Repetitions with other initial weights and batches.")),
        choice(
            "factor",
            N_("Learning rate"),
            FACTORS,
            "1",
            N_("Times the usual rate of each: SGD with momentum 0.02, Adam 0.002, Muon 0.002."),
        ),
    ),
)
