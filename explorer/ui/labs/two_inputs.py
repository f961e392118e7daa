"""Lab 11, second part: two inputs, and how alike they still are after each block."""

from dataclasses import replace

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.two_inputs import TwoInputsResult
from explorer.experiments.claims.shattered import COMPARED, LAW_CLAIM, PAIR_KINDS, PAIRS_DEPTH, SEEDS, inputs_plan
from explorer.ui.labs.shared import experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import by_label, weights_and_seeds
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_small_or_own, depth_field
from explorer.ui.labs.two_inputs_charts import draw

NORMS = {"batch": "batch norm", "none": "no norm"}
DEPTHS = (8, 14, 20, 32, 50, 110)
FIELDS = (
    depth_field(PAIRS_DEPTH, DEPTHS),
    choices("variants", "Compare", PAIR_KINDS, COMPARED, "The same layers without and with shortcuts."),
    short_trainings.DATA,
    choice("norm", "Normalisation", NORMS, "batch", "The paper studies networks without normalisation."),
    choice("weights", "Weights", {"0": "as initialised", "1": "trained"}, "0", "The paper studies initial weights."),
    replace(short_trainings.SEEDS, default=SEEDS),
)
KEPT, ALIKE, FORGOTTEN = (
    "The first pair is still above 0.85, the other is below.",
    "Both pairs are above 0.85: all inputs look the same.",
    "Both pairs are below 0.85: the first one is no longer nearly equal.",
)
KEPT_UP_TO = {"batch": 14, "none": 8}
"""Layers of the plain small network up to which the first pair alone stays above .85, by the norm."""


def seen_of_pairs(result: TwoInputsResult) -> predict.Question | None:
    """Asks in which network the near pairs are most alike after the last block."""
    found = {label: [each.near[-1] for each in seeds] for label, seeds in by_label(result.networks).items()}
    text = "In which network are an image and its noisy copy most alike after the last block?"
    return seen.highest("two-inputs.seen", text, found)


def question(norm: str, depth: int = PAIRS_DEPTH) -> predict.Question:
    """The question on the plain network of so many layers with this norm, before training."""
    deep = ALIKE if norm == "none" else FORGOTTEN
    told = {
        KEPT: f"Most layers change a cosine only a little, but the changes add up over {depth} layers.",
        ALIKE: "So few layers without norm do not make all images alike."
        if norm == "none"
        else "That is the deep network without norm. Batch norm subtracts what all images have in common.",
        FORGOTTEN: "So few layers with batch norm do not forget which inputs were close."
        if norm == "batch"
        else "That is the deep network with batch norm. Without it, nothing subtracts what all images have in common, "
        "and each ReLU makes two inputs more alike.",
    }
    return (
        seen.one_of(
            "two-inputs" if norm == "batch" else "two-inputs-no-norm",
            f"A **plain** network of {depth} layers, {NORMS[norm]}, before the first training step. One pair is an "
            "image with and without a little noise; its cosine is above 0.99. Another pair is two digits of different "
            "classes. What are the cosines after the last block?",
            told,
            KEPT if depth <= KEPT_UP_TO[norm] else deep,
            text.section("shattered", "inputs_reveal" if norm == "batch" else "inputs_no_norm_reveal"),
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
    asked = question(norm, base.depth)
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
    return (
        f"{weights_and_seeds(request)} {values['images']} images, the noise's "
        f"standard deviation is {values['noise']:g}, that of the images 1; block 0 is the images themselves."
    )


INPUTS_PART = Part("inputs", "Two inputs, fifty layers", _draw_inputs_part, FIELDS)
