"""Lab 11, first part: gradients at neighbouring points on a line between two images."""

from dataclasses import replace

import streamlit as st

from explorer.experiments import ExperimentRequest, small_network
from explorer.experiments.catalogue.shattered_gradients import ShatteredResult
from explorer.experiments.claims.shattered import (
    BLOCKS,
    COMPARED,
    GRADIENTS_CLAIM,
    KINDS,
    POINTS,
    SEEDS,
    gradients_plan,
    name_at,
)
from explorer.ui.labs.gradient_charts import draw, has_gradient
from explorer.ui.labs.shared import experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import weights_and_seeds
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices, number
from explorer.ui.labs.shared.networks import choose_network

DEPTHS = {str(blocks): f"{6 * blocks + 2}" for blocks in (1, 2, 3, 5, 7, 9)}
FIELDS = (
    choices(
        "depths",
        "Layers",
        DEPTHS,
        [str(each) for each in BLOCKS],
        "6 n + 2 layers have n blocks in each of three stages. Your own network gets n blocks in each stage.",
    ),
    choices("kinds", "Compare", KINDS, COMPARED, "The same layers without and with shortcuts."),
    short_trainings.DATA,
    choice("weights", "Weights", {"0": "as initialised", "1": "trained"}, "0", "The paper studies initial weights."),
    number("points", "Points", (32, 64, 128), POINTS, "Points on each line: more points are nearer to each other."),
    replace(short_trainings.SEEDS, default=SEEDS),
)
LIKENESS = (
    "Nearly equal: their cosine is above 0.9.",
    "Half alike: their cosine is about 0.5.",
    "Unrelated: their cosine is about 0, as in white noise.",
)


def seen_of_neighbours(result: ShatteredResult) -> predict.Question | None:
    """Asks which of the deepest networks has the most similar gradients at neighbouring points."""
    known = [network for network in result.networks if has_gradient(network)]
    deepest = max((network.depth for network in known), default=0)
    cosines: dict[str, list[float]] = {}
    for network in known:
        if network.depth == deepest:
            cosines.setdefault(network.label, []).append(network.correlations[0])
    text = "Which of the deepest networks has the most similar gradients at neighbouring points?"
    return seen.highest("shattered.seen", text, cosines)


QUESTION = predict.Question(
    "shattered",
    "A **plain** network of 56 layers with batch norm, before the first training step. A line leads from one digit to "
    "another, and two inputs are neighbours on it, 1/63 of its length apart. How alike are the gradients there?",
    LIKENESS,
    2,
    text.section("shattered", "gradients_reveal"),
    {
        LIKENESS[0]: "A network of few layers has such gradients; every layer makes the score more crooked.",
        LIKENESS[1]: "That is on the way: the likeness falls with depth, and 56 layers are many.",
    },
    seen_of_neighbours,
    ("become unrelated", "*shattered*", "more slowly"),
)


def _draw_gradients_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_network() or small_network(20)
        depths = [int(each) for each in controls.choices("depths")]
        kinds = controls.choices("kinds")
    with right:
        dataset = controls.choice("data")
        trained = controls.choice("weights") == "1"
        points = controls.whole("points")
        seeds = controls.whole("seeds")
    predict.draw_question(QUESTION)
    plan = gradients_plan(kinds, depths, dataset, trained, points, seeds)
    request = experiment.try_to_make(lambda: plan.request(base))
    if request is None:
        return
    labels = {name_at(KINDS[kind], each.spec.depth): KINDS[kind] for kind in kinds for each in request.networks}
    experiment.draw_panel(
        "shattered",
        request,
        lambda result: draw(result, labels),
        QUESTION,
        caption=conditions(request),
        claims=(GRADIENTS_CLAIM,),
    )
    if predict.is_answered(QUESTION):
        text.draw_section("shattered", "gradients_paper")


def conditions(request: ExperimentRequest) -> str:
    """What was measured, on which images and with which weights, in two sentences."""
    values = request.parameters
    return (
        f"{weights_and_seeds(request)} {values['lines']} lines of "
        f"{values['points']} points, the same for all networks; the score is that of the class at the line's end."
    )


GRADIENTS_PART = Part("gradients", "Neighbouring gradients", _draw_gradients_part, FIELDS)
