"""Lab 1: blocks that are trained to pass on their input."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments import small_network
from explorer.experiments.catalogue.learn_identity import IdentityResult
from explorer.experiments.claims.copying import (
    DEPTH,
    FACTOR,
    LEARN_CLAIM,
    PLAIN,
    PLAINS,
    RATE,
    RESIDUAL,
    RESIDUALS,
    SEEDS,
    SILENT,
    START_CLAIM,
    STEPS,
    learn_plan,
)
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.lab import Controls, Part, choice, number

PLAIN_FIRST = "The plain block: nothing stands beside its weights."
RESIDUAL_FIRST, EQUAL = "The residual block: its branch only has to become silent.", "Both alike: it is one function."
RATES = {f"{rate:g}": f"{rate:g}" for rate in (0.02, 0.05, RATE, 0.2)}


def seen_of_four(result: IdentityResult) -> predict.Question | None:
    """Asks how four residual blocks ended from the usual start; None where they or the single one are missing."""
    ends = {label: [fit.errors[-1] for fit in fits] for label, fits in charts.by_label(result.fits).items()}
    if not {RESIDUAL, RESIDUALS, SILENT} <= ends.keys():
        return None
    four, one = ends[RESIDUALS], ends[RESIDUAL]
    clear = min(four) > FACTOR * max(one)
    farther, alike = (
        "Far above one residual block, with every seed.",
        "Near one residual block, or not with every seed.",
    )
    return seen.one_of(
        "learn.seen",
        "And **four** residual blocks in a row from the usual start: how far from x did they end?",
        dict.fromkeys((farther, alike), "Compare the two curves at their ends."),
        farther if clear else alike,
        f"As measured here: one residual block {seen.spread(one)}, four {seen.spread(four)}, four that start silent "
        f"{seen.spread(ends[SILENT])}. So the start counts, and not the shortcut alone.",
    )


QUESTION = predict.Question(
    "learn",
    "A block gets random numbers x and is trained to give x back. One block is plain, one residual, both with the "
    "usual random start. Which one is nearer to x after as many steps?",
    (PLAIN_FIRST, RESIDUAL_FIRST, EQUAL),
    1,
    text.Section("degradation", "learn_reveal"),
    {
        PLAIN_FIRST: "Those weights have to build x themselves, through a normalisation and a ReLU.",
        EQUAL: "The target is the same, but what the weights have to give is not: x or nothing.",
    },
    seen_of_four,
    ("scale of the last normalisation falls", "has to build"),
)


def _draw_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        steps, rate = controls.whole("steps"), float(controls.choice("rate"))
    with right:
        seeds = controls.whole("seeds")
    predict.draw_question(QUESTION)
    request = experiment.try_to_make(lambda: learn_plan(steps, seeds, rate).request(small_network(DEPTH)))
    caption = (
        "Every step has 32 fresh maps of 8 channels and 8x8 normal numbers, cut at 0 as by a ReLU. SGD with momentum "
        f"0.9 at the rate {rate:g}; bands over the seeds."
    )
    experiment.draw_panel("learn", request, draw, QUESTION, claims=(LEARN_CLAIM, START_CLAIM), caption=caption)


def draw(result: IdentityResult) -> None:
    """A curve of the relative error for each kind of blocks, on a logarithmic axis; a table of its values."""
    figure = go.Figure()
    labelled = charts.by_label(result.fits)
    styles = charts.network_styles(labelled, (PLAIN, PLAINS))
    for label, fits in labelled.items():
        # A logarithmic axis has no place for an error of exactly 0.
        seeds = [[error or float("nan") for error in fit.errors] for fit in fits]
        charts.add_band(figure, fits[0].steps, seeds, label, styles[label], mode="lines")
    upwards = {"title": "‖H(x) − x‖ / ‖x‖ (log)", "type": "log", "exponentformat": "power"}
    charts.draw_figure(figure, "learn.chart", xaxis={"title": "step"}, yaxis=upwards)
    st.dataframe(table(result), hide_index=True, key="learn.table", placeholder="")
    st.caption("An error of exactly 0 has no place on this axis; the table has it.")


def table(result: IdentityResult) -> pd.DataFrame:
    """A row for each kind of blocks: the relative error at the start, in the middle and at the end."""
    return pd.DataFrame(
        [
            {
                "Blocks": label,
                **{
                    f"After {fits[0].steps[place]} steps": median_with_range([fit.errors[place] for fit in fits], ".2g")
                    for place in (0, len(fits[0].steps) // 2, -1)
                },
            }
            for label, fits in charts.by_label(result.fits).items()
        ]
    )


LEARN_PART = Part(
    "learn",
    "Learn to copy",
    _draw_part,
    (
        number("steps", "Steps", (50, 100, 200, 300), STEPS, "Number of batches."),
        choice("rate", "Learning rate", RATES, f"{RATE:g}", "The same for all blocks."),
        replace(short_trainings.SEEDS, default=SEEDS),
    ),
)
