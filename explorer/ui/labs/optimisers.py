"""Lab 1, a part: plain and residual networks under several optimisers."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from explorer.experiments.catalogue.optimisers import USUAL_RATES, OptimiserPoint, OptimisersResult
from explorer.experiments.claims.optimisers import DEPTH, OPTIMISER_CLAIM, SEEDS, STEPS, optimisers_plan
from explorer.outputs.formatting import plural
from explorer.runs.settings import OPTIMISERS
from explorer.ui.labs.shared import charts, experiment, predict, seen, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices, number
from explorer.ui.labs.shared.networks import PLAIN, RESIDUAL, choose_small_or_own, depth_field

LABELS = {name: facts.label for name, facts in OPTIMISERS.items()}
FACTORS = {"0.1": "a tenth", "0.3": "0.3 times", "1": "usual", "3": "3 times"}


def seen_of_losses(result: OptimisersResult) -> predict.Question | None:
    """Asks which network and optimiser ended with the highest training loss."""
    labelled = ((label_of(point), point.training) for point in result.points)
    return seen.highest_loss("optimiser.seen", labelled, "Which one ended with the highest training loss?")


QUESTION = predict.Question(
    "optimiser",
    "56 layers with batch normalisation, trained for a few steps with three optimisers. With which of them does the "
    "**plain** network end as low as the residual one?",
    (
        "With Adam: each weight gets a rate of its own.",
        "With Muon: its updates are orthogonal, so no direction is left behind.",
        "With none of the three.",
    ),
    2,
    text.Section("degradation", "optimiser_reveal"),
    {
        "With Adam: each weight gets a rate of its own.": "As measured here, the plain network ends above the residual "
        "one with Adam all the same.",
        "With Muon: its updates are orthogonal, so no direction is left behind.": "As measured here, the plain network "
        "ends above the residual one with Muon all the same.",
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
        st.markdown(f"**Result.** {sentence}")


def label_of(point: OptimiserPoint) -> str:
    """The network and its optimiser."""
    return f"{point.training.label}, {LABELS[point.optimiser]}"


def verdict(result: OptimisersResult) -> str:
    """With which optimisers the plain network ended as low as the residual one; empty without a pair of both."""
    pairs = seed_pairs(result)
    if not pairs:
        return ""
    level = [LABELS[name] for name, seeds in pairs.items() if all(plain <= residual for plain, residual in seeds)]
    above = {name: sum(plain > residual for plain, residual in seeds) for name, seeds in pairs.items()}
    counted = ", ".join(
        f"with {LABELS[name]} in {above[name]} of {plural(len(seeds), 'seed')}" for name, seeds in pairs.items()
    )
    if all(above[name] == len(seeds) for name, seeds in pairs.items()):
        closing = "None of these optimisers takes the place of the shortcuts in so short a training."
    else:
        closing = f"As low or lower in every seed: {', '.join(level) or 'with none'}."
    return f"As measured here, the plain network ends above the residual one {counted}. {closing}"


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
                "Optimiser": LABELS[name],
                "Network": label,
                "Rate": f"{points[0].rate:g}",
                "Loss": median_with_range([each.training.train_loss for each in points], ".3g") or "none",
                "Test error, %": median_with_range([each.training.test_error for each in points]) or "none",
                "Ran away": sum(bool(each.training.diverged) for each in points),
            }
            for (name, label), points in groups.items()
        ]
    )


_RATES = ", ".join(f"{LABELS[name]} {rate:g}" for name, rate in USUAL_RATES.items())
OPTIMISER_PART = Part(
    "optimiser",
    "Is it the optimiser?",
    _draw_part,
    (
        depth_field(DEPTH, name="deep"),
        choices("optimisers", "Optimisers", LABELS, tuple(LABELS), "Those that are compared."),
        number("length", "Steps", (30, 40, 50, 100, 150, 300), STEPS, "Number of batches, each of 32 digits."),
        number("repeats", "Seeds", (1, 2, 3, 5), SEEDS, "Repetitions with other initial weights and batches."),
        choice("factor", "Learning rate", FACTORS, "1", f"Times the usual rate of each: {_RATES}."),
    ),
)
