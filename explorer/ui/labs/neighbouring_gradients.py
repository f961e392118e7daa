"""Lab 11, first part: gradients at neighbouring points on a line between two images."""

from dataclasses import replace

import streamlit as st

from explorer.experiments import ExperimentRequest, small_network
from explorer.experiments.catalogue.shattered_gradients import ShatteredResult
from explorer.experiments.claims.shattered import (
    ALIKE_UP_TO,
    BLOCKS,
    COMPARED,
    DATASET,
    GRADIENTS_CLAIM,
    KINDS,
    NEARLY_EQUAL,
    POINTS,
    SEEDS,
    UNRELATED,
    gradients_plan,
    name_at,
)
from explorer.language import N_, _, joined, sentence
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
        N_("Layers"),
        DEPTHS,
        [str(each) for each in BLOCKS],
        N_("6 n + 2 layers have n blocks in each of three stages. Your own network gets n blocks in each stage."),
    ),
    choices("kinds", N_("Compare"), KINDS, COMPARED, N_("The same layers without and with shortcuts.")),
    short_trainings.DATA,
    choice(
        "weights",
        N_("Weights"),
        {"0": N_("as initialised"), "1": N_("trained")},
        "0",
        N_("The paper studies initial weights."),
    ),
    number(
        "points", N_("Points"), (32, 64, 128), POINTS, N_("Points on each line: more points are nearer to each other.")
    ),
    replace(short_trainings.SEEDS, default=SEEDS),
)
LIKENESS = (
    sentence("Nearly equal: their cosine is above {high}.", high=NEARLY_EQUAL),
    sentence("Half alike: their cosine is between {low} and {high}.", low=UNRELATED, high=NEARLY_EQUAL),
    sentence("Unrelated: their cosine is below {low}, nearly as in white noise.", low=UNRELATED),
)


IMAGE_NAMES = {"digits": N_("digit"), "gratings": N_("grating")}


def seen_of_neighbours(result: ShatteredResult) -> predict.Question | None:
    """Asks which of the deepest networks has the most similar gradients at neighbouring points."""
    known = [network for network in result.networks if has_gradient(network)]
    deepest = max((network.depth for network in known), default=0)
    cosines: dict[str, list[float]] = {}
    for network in known:
        if network.depth == deepest:
            cosines.setdefault(network.label, []).append(network.correlations[0])
    text = N_("Which of the deepest networks has the most similar gradients at neighbouring points?")
    return seen.highest("shattered.seen", text, cosines)


def question(depth: int, points: int = POINTS, dataset: str = DATASET, *, is_small: bool = True) -> predict.Question:
    """The question on the small plain network of so many layers, before training, on images of a data set.

    Where the answer is known for other points only, or the chosen networks are others than the untrained small ones
    (`is_small`), it says of which networks it is asked.
    """
    known = is_small and points in ALIKE_UP_TO
    points = points if points in ALIKE_UP_TO else POINTS
    nearly_equal, half_alike = ALIKE_UP_TO[points]
    right = 0 if depth <= nearly_equal else 1 if depth <= half_alike else 2

    other = "" if known else sentence(" (Asked of the small network, untrained, with {points} points.)", points=points)
    told = (
        N_("The likeness falls with every layer, since every layer makes the score more crooked."),
        N_("The likeness falls with depth, from nearly equal at 8 layers to unrelated from about 32 layers on."),
        N_("Few layers leave the gradients alike; it takes more than 20 layers to lose all likeness."),
    )
    return predict.Question(
        "shattered",
        joined(
            "",
            sentence(
                "A **plain** network of {depth} layers with batch norm, before the first training step. A line leads "
                "from one {image} to another, and two inputs are neighbours on it, 1/{steps} of its length apart. How "
                "alike are the gradients there?",
                depth=depth,
                image=sentence(IMAGE_NAMES[dataset]),
                steps=points - 1,
            ),
            other,
        ),
        LIKENESS,
        right,
        text.Section("shattered", "gradients_reveal"),
        {option: why for place, (option, why) in enumerate(zip(LIKENESS, told, strict=True)) if place != right},
        seen_of_neighbours,
        ("become unrelated", "*shattered*", "more slowly"),
    )


def _draw_gradients_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = choose_network()
        base = own or small_network(20)
        depths = [int(each) for each in controls.choices("depths")]
        kinds = controls.choices("kinds")
    with right:
        dataset = controls.choice("data")
        trained = controls.choice("weights") == "1"
        points = controls.whole("points")
        seeds = controls.whole("seeds")
    deepest = max((with_equal_stages(small_network(20), each).depth for each in depths), default=base.depth)
    asked = question(deepest, points, dataset, is_small=own is None and not trained)
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
    return _(
        "{conditions} {lines} lines of {points} points, the same for all networks; the score is that "
        "of the class at the line's end."
    ).format(conditions=weights_and_seeds(request), lines=values["lines"], points=values["points"])


GRADIENTS_PART = Part("gradients", N_("Neighbouring gradients"), _draw_gradients_part, FIELDS)
