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
from explorer.model.changes import with_equal_stages
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
    "Nearly equal: their cosine is above 0.8.",
    "Half alike: their cosine is between 0.2 and 0.8.",
    "Unrelated: their cosine is below 0.2, nearly as in white noise.",
)
NEARLY_EQUAL_UP_TO, HALF_ALIKE_UP_TO = 8, 20
"""Layers of the plain small network up to which this is so: the cosine is .91 at 8, .69 at 14, .45 at 20, .05 at 32."""


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


def question(depth: int) -> predict.Question:
    """The question on the plain network of so many layers, before training, on the digits with the usual points."""
    right = 0 if depth <= NEARLY_EQUAL_UP_TO else 1 if depth <= HALF_ALIKE_UP_TO else 2
    told = (
        "The likeness falls with every layer, since every layer makes the score more crooked.",
        "The likeness falls with depth, from nearly equal at 8 layers to unrelated from about 32 layers on.",
        "Few layers leave the gradients alike; it takes more than 20 layers to lose all likeness.",
    )
    return predict.Question(
        "shattered",
        f"A **plain** network of {depth} layers with batch norm, before the first training step. A line leads from one "
        f"digit to another, and two inputs are neighbours on it, 1/{POINTS - 1} of its length apart. How alike are the "
        "gradients there?",
        LIKENESS,
        right,
        text.section("shattered", "gradients_reveal"),
        {option: why for place, (option, why) in enumerate(zip(LIKENESS, told, strict=True)) if place != right},
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
    asked = question(max((with_equal_stages(base, each).depth for each in depths), default=base.depth))
    predict.draw_question(asked)
    plan = gradients_plan(kinds, depths, dataset, trained, points, seeds)
    request = experiment.try_to_make(lambda: plan.request(base))
    if request is None:
        return
    labels = {name_at(KINDS[kind], each.spec.depth): KINDS[kind] for kind in kinds for each in request.networks}
    experiment.draw_panel(
        "shattered",
        request,
        lambda result: draw(result, labels),
        asked,
        caption=conditions(request),
        claims=(GRADIENTS_CLAIM,),
    )
    if predict.is_answered(asked):
        text.draw_section("shattered", "gradients_paper")


def conditions(request: ExperimentRequest) -> str:
    """What was measured, on which images and with which weights, in two sentences."""
    values = request.parameters
    return (
        f"{weights_and_seeds(request)} {values['lines']} lines of "
        f"{values['points']} points, the same for all networks; the score is that of the class at the line's end."
    )


GRADIENTS_PART = Part("gradients", "Neighbouring gradients", _draw_gradients_part, FIELDS)
