"""The lab of starts: is it the shortcut, or the identity at the start? And what takes the place of normalisation?"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from statistics import median
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.catalogue.starts import START_FACTS, StartPoint, StartsResult
from explorer.experiments.claims import Claim
from explorer.experiments.claims.starts import (
    BRANCH_RATE,
    BRANCH_STARTS,
    BRANCHES_CLAIM,
    DEPTH,
    GRID_CLAIM,
    GRID_RATE,
    GRID_STARTS,
    GUESSING,
    LEARNS_BELOW,
    SEEDS,
    STEPS,
    learned,
    starts_plan,
    with_branches,
)
from explorer.model import ModelSpec
from explorer.outputs.formatting import plural
from explorer.ui.common.address import AddressField
from explorer.ui.labs.shared import charts, experiment, predict, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, choices, number
from explorer.ui.labs.shared.networks import (
    PLAIN,
    RESIDUAL,
    SMALL_DEPTHS,
    choose_small_or_own,
    depth_field,
    with_plain_twin,
)
from explorer.ui.labs.starts_questions import branch_question, grid_question

NORMS = {"none": "no norm", "batch": "batch norm"}
RATES = {"0.001": "0.001", "0.002": "0.002", "0.005": "0.005", "0.02": "0.02", "0.05": "0.05"}
RATE_HELP = "The learning rate, the same for all: a start may fail at one rate and not at another."
SEEDS_FIELD = number("seeds", "Seeds", (1, 2, 3, 5), SEEDS, "Repetitions with other initial weights and batches.")
STEPS_FIELD = number("steps", "Steps", (50, 80, 100, 150, 300), STEPS, "Number of batches, each of 32 digits.")
DEPTH_FIELD = depth_field(DEPTH, SMALL_DEPTHS)
NORM = choice("norm", "Normalisation", NORMS, "none", "With a norm, a chain of identities is no identity any more.")
LABELS = {name: facts.label for name, facts in START_FACTS.items()}
GRID = {name: LABELS[name] for name in ("he", "identity", "dirac")}
BRANCHES = {name: LABELS[name] for name in ("he", "branch_root", "skip_init", "fixup", "identity")}


class Outcome(NamedTuple):
    """How one network from one start ended: how many of its seeds learned, ran away, and all of its points."""

    label: str
    learned: int
    diverged: int
    points: tuple[StartPoint, ...]

    @property
    def all_learned(self) -> bool:
        return self.learned == len(self.points)

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        rest = f", {self.diverged} ran away" if self.diverged else ""
        return f"**{self.label}**: {self.learned} of {plural(len(self.points), 'seed')} learned{rest}."


def outcomes(result: StartsResult) -> dict[tuple[str, str], Outcome]:
    """The outcome by the label of the network and the name of the start, in the order of the result."""
    groups: dict[tuple[str, str], list[StartPoint]] = {}
    for point in result.points:
        groups.setdefault((point.label, point.start), []).append(point)
    return {
        (label, start): Outcome(
            f"{label}, {LABELS[start]}",
            sum(learned(point.training) for point in points),
            sum(bool(point.training.diverged) for point in points),
            tuple(points),
        )
        for (label, start), points in groups.items()
    }


def grid_verdict(result: StartsResult) -> str:
    """What the four trainings say on the question of the part; empty unless all four are there."""
    found = outcomes(result)
    keys = [(label, start) for label in (PLAIN, RESIDUAL) for start in ("he", "identity")]
    if not set(keys) <= found.keys():
        return ""
    usual, plain, shortcut, both = (found[key] for key in keys)
    if plain.all_learned and not usual.learned:
        without = (
            f"the shortcut alone, from He's weights, learned in {shortcut.learned} of {len(shortcut.points)} seeds"
        )
        return (
            "As measured here, the identity at the start is enough: the plain network learned from it in every seed "
            f"and from He's weights in none, and {without}."
        )
    if both.all_learned and not plain.learned:
        return "As measured here, the identity at the start is not enough: without a shortcut no seed learned from it."
    return "As measured here, the four cases do not separate: see the table, and try another learning rate."


def branch_verdict(result: StartsResult) -> str:
    """Which starts trained every seed, and whether He's did; empty while a start is not there yet."""
    found = {start: outcome for (_, start), outcome in outcomes(result).items()}
    if "he" not in found or len(found) < 2:
        return ""
    works = [LABELS[start] for start, outcome in found.items() if outcome.all_learned]
    usual = f"He's weights learned in {found['he'].learned} of {plural(len(found['he'].points), 'seed')}"
    return f"As measured here, {usual}; every seed learned from: {', '.join(works) or 'none'}."


def draw(result: StartsResult, key: str, verdict: Callable[[StartsResult], str]) -> None:
    """Curves of the trainings, sizes of stream and branch before the first step, a table, and the verdict."""
    trainings = [replace(point.training, label=label_of(point)) for point in result.points]
    plain = [label_of(point) for point in result.points if point.label == PLAIN]
    left, right = st.columns(2)
    with left:
        charts.draw_training_curves(trainings, plain, f"{key}.curves")
    with right:
        _draw_sizes(result, plain, f"{key}.sizes")
    st.dataframe(table(result), hide_index=True, key=f"{key}.table", placeholder="")
    if sentence := verdict(result):
        st.markdown(f"**Result.** {sentence}")
    st.caption(
        f"*Learned*: a loss under {LEARNS_BELOW:.2f} at the end; guessing among ten classes gives {GUESSING:.2f}. "
        "Sizes: mean squares over a batch before the first step, on a logarithmic axis; what is exactly 0 is not drawn."
    )


def label_of(point: StartPoint) -> str:
    """The network and its start."""
    return f"{point.label}, {LABELS[point.start]}"


def _draw_sizes(result: StartsResult, plain: Sequence[str], key: str) -> None:
    figure = go.Figure()
    first = {label_of(point): point for point in reversed(result.points)}
    styles = charts.network_styles(dict.fromkeys(map(label_of, result.points)), plain)
    for label in styles:
        point = first[label]
        across = list(range(1, len(point.blocks) + 1))
        for name, values, width in (
            (f"{label}: stream", point.reading.stream_mean_square, 3),
            (f"{label}: branch", point.reading.branch_mean_square, 1),
        ):
            shown = [value if isfinite(value) and value > 0 else None for value in values]
            if any(shown):
                style = {**styles[label], "width": width}
                figure.add_scatter(x=across, y=shown, name=name, text=point.blocks, mode="lines", line=style)
    charts.draw_figure(
        figure, key, xaxis={"title": "block, from the input"}, yaxis={"title": "mean square (log)", "type": "log"}
    )


def table(result: StartsResult) -> pd.DataFrame:
    """A row for each network and start: seeds that learned, medians over the seeds, growth of the stream."""
    return pd.DataFrame(
        [
            {
                "Network": label,
                "Start": LABELS[start],
                "Learned": f"{outcome.learned} of {len(outcome.points)}",
                "Ran away": outcome.diverged,
                "Loss": median_with_range([each.training.train_loss for each in outcome.points], ".3g") or "none",
                "Test error, %": median_with_range([each.training.test_error for each in outcome.points]) or "none",
                "Stream, last over first": f"{median(growth(each) for each in outcome.points):.3g}",
            }
            for (label, start), outcome in outcomes(result).items()
        ]
    )


def growth(point: StartPoint) -> float:
    """The mean square of the last block's input over that of the first's, before the first step."""
    sizes = point.reading.stream_mean_square
    return sizes[-1] / sizes[0] if sizes[0] else 0.0


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
    return choices("starts", "Starts", offered, default, "The starts that are compared.")


LAB = Lab(
    "starts",
    12,
    "Shortcut or start?",
    (
        Part(
            "grid",
            "Shortcut, or the identity at the start?",
            _draw_grid_part,
            (
                DEPTH_FIELD,
                NORM,
                _starts_field(GRID, GRID_STARTS),
                STEPS_FIELD,
                SEEDS_FIELD,
                choice("rate", "Learning rate", RATES, f"{GRID_RATE:g}", RATE_HELP),
            ),
        ),
        Part(
            "branches",
            "In place of normalisation",
            _draw_branches_part,
            (
                DEPTH_FIELD,
                _starts_field(BRANCHES, BRANCH_STARTS),
                STEPS_FIELD,
                SEEDS_FIELD,
                choice("rate", "Learning rate", RATES, f"{BRANCH_RATE:g}", RATE_HELP),
            ),
        ),
    ),
)
