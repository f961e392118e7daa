"""Lab 11, second part: two inputs, and how alike they still are after each block."""

from dataclasses import replace

import streamlit as st

from explorer.experiments import ExperimentRequest, small_network
from explorer.experiments.catalogue.two_inputs import TwoInputsResult
from explorer.experiments.claims.shattered import (
    ALIKE,
    ALL_ALIKE_FROM,
    COMPARED,
    KEPT_UP_TO,
    LAW_CLAIM,
    PAIR_KINDS,
    PAIRS_DEPTH,
    SEEDS,
    inputs_plan,
)
from explorer.language import N_, Text, _, joined, sentence
from explorer.ui.labs.shared import experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import by_label, weights_and_seeds
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_small_or_own, depth_field
from explorer.ui.labs.two_inputs_charts import draw

NORMS = {"batch": N_("batch norm"), "none": N_("no norm")}
DEPTHS = (8, 14, 20, 32, 50, 110)
FIELDS = (
    depth_field(PAIRS_DEPTH, DEPTHS),
    choices("variants", N_("Compare"), PAIR_KINDS, COMPARED, N_("The same layers without and with shortcuts.")),
    short_trainings.DATA,
    choice("norm", N_("Normalisation"), NORMS, "batch", N_("The paper studies networks without normalisation.")),
    choice(
        "weights",
        N_("Weights"),
        {"0": N_("as initialised"), "1": N_("trained")},
        "0",
        N_("The paper studies initial weights."),
    ),
    replace(short_trainings.SEEDS, default=SEEDS),
)
KEPT, ALL_ALIKE, FORGOTTEN = (
    sentence("The first pair is still above {cosine}, the other is below.", cosine=ALIKE),
    sentence("Both pairs are above {cosine}: all inputs look the same.", cosine=ALIKE),
    sentence("Both pairs are below {cosine}: the first one is no longer nearly equal.", cosine=ALIKE),
)


def seen_of_pairs(result: TwoInputsResult) -> predict.Question | None:
    """Asks in which network the near pairs are most alike after the last block."""
    found = {label: [each.near[-1] for each in seeds] for label, seeds in by_label(result.networks).items()}
    text = N_("In which network are an image and its noisy copy most alike after the last block?")
    return seen.highest("two-inputs.seen", text, found)


def question(norm: str, depth: int = PAIRS_DEPTH, *, is_small: bool = True) -> predict.Question:
    """The question on the small plain network of so many layers with this norm, before training.

    Where the answer is known for more layers only, or the chosen networks are others than the untrained small ones
    (`is_small`), it says of which networks it is asked.
    """
    known = is_small and (norm == "batch" or depth >= ALL_ALIKE_FROM)
    depth = depth if known else PAIRS_DEPTH
    other = "" if known else sentence(" (Asked of the small network of {depth} layers, untrained.)", depth=depth)
    right = ALL_ALIKE if norm == "none" else KEPT if depth <= KEPT_UP_TO else FORGOTTEN
    told: dict[Text, Text] = {
        KEPT: sentence(
            "Most layers change a cosine only a little, but the changes add up over {depth} layers.", depth=depth
        ),
        ALL_ALIKE: N_("That is the deep network without norm. Batch norm subtracts what all images have in common."),
        FORGOTTEN: N_("So few layers with batch norm do not forget which inputs were close.")
        if norm == "batch"
        else N_(
            "That is the deep network with batch norm. Without it, nothing subtracts what all images have in common, "
            "and each ReLU makes two inputs more alike."
        ),
    }
    return (
        seen.one_of(
            "two-inputs" if norm == "batch" else "two-inputs-no-norm",
            joined(
                "",
                sentence(
                    "A **plain** network of {depth} layers, {norm}, before the first training step. One pair is an "
                    "image with and without a little noise; its cosine is above 0.99. Another pair is two images of "
                    "different classes. What are the cosines after the last block?",
                    depth=depth,
                    norm=sentence(NORMS[norm]),
                ),
                other,
            ),
            told,
            right,
            text.Section("shattered", "inputs_reveal" if norm == "batch" else "inputs_no_norm_reveal"),
        )
        .asking(seen_of_pairs)
        .told_by("forgotten which", "all images become alike")
    )


def _draw_inputs_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
        kinds = controls.choices("variants")
    with right:
        dataset = controls.choice("data")
        norm = controls.choice("norm")
        trained = controls.choice("weights") == "1"
        seeds = controls.whole("seeds")
    asked = question(norm, base.depth, is_small=base == small_network(base.depth) and not trained)
    predict.draw_question(asked)
    request = experiment.try_to_make(lambda: inputs_plan(kinds, norm, dataset, trained, seeds).request(base))
    if request is None:
        return
    experiment.draw_panel(
        "two-inputs",
        request,
        lambda result: draw(result, norm),
        asked,
        caption=conditions(request),
        claims=(LAW_CLAIM,),
    )
    predict.draw_section(asked, "shattered", "inputs_paper")


def conditions(request: ExperimentRequest) -> str:
    """What was measured, on which images and with which weights, in two sentences."""
    values = request.parameters
    return _(
        "{conditions} {count} images, the noise's standard deviation is {noise}, that of the images "
        "1; block 0 is the images themselves."
    ).format(conditions=weights_and_seeds(request), count=values["images"], noise=f"{values['noise']:g}")


INPUTS_PART = Part("inputs", N_("Two inputs, fifty layers"), _draw_inputs_part, FIELDS)
