"""The lab of starts: is it the shortcut, or the identity at the start? And what takes the place of normalisation?"""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.starts import StartsResult
from explorer.experiments.claims import Claim
from explorer.experiments.claims.starts import (
    BRANCH_RATE,
    BRANCH_STARTS,
    BRANCHES_CLAIM,
    DEPTH,
    GRID_CLAIM,
    GRID_RATE,
    GRID_STARTS,
    SEEDS,
    STEPS,
    starts_plan,
    with_branches,
)
from explorer.language import N_
from explorer.model import ModelSpec
from explorer.ui.common.address import AddressField
from explorer.ui.labs.shared import experiment, predict, text
from explorer.ui.labs.shared.charts import training_conditions
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices, number
from explorer.ui.labs.shared.networks import (
    SMALL_DEPTHS,
    choose_small_or_own,
    depth_field,
    with_plain_twin,
)
from explorer.ui.labs.starts_questions import branch_question, grid_question
from explorer.ui.labs.starts_results import LABELS, branch_verdict, draw, grid_verdict

NORMS = {"none": N_("no norm"), "batch": N_("batch norm")}
RATES = {"0.001": "0.001", "0.002": "0.002", "0.005": "0.005", "0.02": "0.02", "0.05": "0.05"}
RATE_HELP = N_("The learning rate, the same for all: a start may fail at one rate and not at another.")
SEEDS_FIELD = number(
    "seeds", N_("Seeds"), (1, 2, 3, 5), SEEDS, N_("Repetitions with other initial weights and batches.")
)
STEPS_FIELD = number("steps", N_("Steps"), (50, 80, 100, 150, 300), STEPS, N_("Number of batches, each of 32 digits."))
DEPTH_FIELD = depth_field(DEPTH, SMALL_DEPTHS)
NORM = choice(
    "norm", N_("Normalisation"), NORMS, "none", N_("With a norm, a chain of identities is no identity any more.")
)
GRID = {name: LABELS[name] for name in ("he", "identity", "dirac")}
BRANCHES = {name: LABELS[name] for name in ("he", "branch_root", "skip_init", "fixup", "identity")}


class Chosen(NamedTuple):
    """What the controls of a part ask for: the depth and the rate, and the request, None where it is not valid."""

    depth: int
    rate: float
    request: ExperimentRequest | None


def _choose(controls: Controls, subjects: Callable[[ModelSpec], tuple[Subject, ...]], norm: str) -> Chosen:
    """Draws the controls of a part, with a message where the request is not valid."""
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
        starts = controls.choices("starts")
    with right:
        steps, seeds, rate = controls.whole("steps"), controls.whole("seeds"), float(controls.choice("rate"))
    plan = starts_plan(starts, subjects, norm, steps, seeds, rate)
    return Chosen(base.depth, rate, experiment.try_to_make(lambda: plan.request(base)))


def _draw_panel(
    name: str, chosen: Chosen, verdict: Callable[[StartsResult], str], question: predict.Question, claim: Claim
) -> None:
    """The question, and the panel of a part behind it."""
    predict.draw_question(question)
    if chosen.request:
        caption = training_conditions(chosen.request)
        experiment.draw_panel(
            name,
            chosen.request,
            lambda result: draw(result, name, verdict),
            question,
            claims=(claim,),
            caption=caption,
        )


def _draw_grid_part(controls: Controls) -> None:
    norm = controls.choice("norm")
    chosen = _choose(controls, with_plain_twin, norm)
    question = grid_question(chosen.depth, norm, chosen.rate)
    _draw_panel("starts", chosen, grid_verdict, question, GRID_CLAIM)
    if norm == "batch" and predict.is_answered(question):
        text.draw_section("starts", "batch_norm")


def _draw_branches_part(controls: Controls) -> None:
    chosen = _choose(controls, with_branches, "none")
    question = branch_question(chosen.depth, chosen.rate)
    _draw_panel("branches", chosen, branch_verdict, question, BRANCHES_CLAIM)
    if predict.is_answered(question):
        text.draw_section("starts", "branches_note")


def _starts_field(offered: dict[str, str], default: tuple[str, ...]) -> AddressField:
    return choices("starts", N_("Starts"), offered, default, N_("The starts that are compared."))


LAB = Lab(
    "starts",
    12,
    N_("Shortcut or start?"),
    (
        Part(
            "grid",
            N_("Shortcut, or the identity at the start?"),
            _draw_grid_part,
            (
                DEPTH_FIELD,
                NORM,
                _starts_field(GRID, GRID_STARTS),
                STEPS_FIELD,
                SEEDS_FIELD,
                choice("rate", N_("Learning rate"), RATES, f"{GRID_RATE:g}", RATE_HELP),
            ),
        ),
        Part(
            "branches",
            N_("In place of normalisation"),
            _draw_branches_part,
            (
                DEPTH_FIELD,
                _starts_field(BRANCHES, BRANCH_STARTS),
                STEPS_FIELD,
                SEEDS_FIELD,
                choice("rate", N_("Learning rate"), RATES, f"{BRANCH_RATE:g}", RATE_HELP),
            ),
        ),
    ),
)
