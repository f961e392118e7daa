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
from explorer.language import N_, _, sentence
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.lab import Controls, Part, choice, number

PLAIN_FIRST = N_("The plain block: nothing stands beside its weights.")
RESIDUAL_FIRST, EQUAL = (
    N_("The residual block: its branch only has to become silent."),
    N_("Both alike: it is one function."),
)
RATES = {f"{rate:g}": f"{rate:g}" for rate in (0.02, 0.05, RATE, 0.2)}


def seen_of_four(result: IdentityResult) -> predict.Question | None:
    """Asks how four residual blocks ended from the usual start; None where they or the single one are missing."""
    ends = {label: [fit.errors[-1] for fit in fits] for label, fits in charts.by_label(result.fits).items()}
    if not {RESIDUAL, RESIDUALS, SILENT} <= ends.keys():
        return None
    four, one = ends[RESIDUALS], ends[RESIDUAL]
    clear = min(four) > FACTOR * max(one)
    farther, alike = (
        N_("Far above one residual block, with every seed."),
        N_("Near one residual block, or not with every seed."),
    )
    return seen.one_of(
        "learn.seen",
        N_("And **four** residual blocks in a row from the usual start: how far from x did they end?"),
        dict.fromkeys((farther, alike), N_("Compare the two curves at their ends.")),
        farther if clear else alike,
        sentence(
            "As measured here: one residual block {one}, four {four}, four that start silent {silent}. "
            "So the start counts, and not the shortcut alone.",
            one=seen.spread(one),
            four=seen.spread(four),
            silent=seen.spread(ends[SILENT]),
        ),
    )


QUESTION = predict.Question(
    "learn",
    N_(
        "A block gets random numbers x and is trained to give x back. One block is plain, one residual, both with the "
        "usual random start. Which one is nearer to x after as many steps?"
    ),
    (PLAIN_FIRST, RESIDUAL_FIRST, EQUAL),
    1,
    text.Section("degradation", "learn_reveal"),
    {
        PLAIN_FIRST: N_("Those weights have to build x themselves, through a normalisation and a ReLU."),
        EQUAL: N_("The target is the same, but what the weights have to give is not: x or nothing."),
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
    caption = _(
        "Every step has 32 fresh maps of 8 channels and 8x8 normal numbers, cut at 0 as by a ReLU. "
        "SGD with momentum 0.9 at the rate {rate}; bands over the seeds."
    ).format(rate=f"{rate:g}")
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
    charts.draw_figure(figure, "learn.chart", xaxis={"title": _("step")}, yaxis=upwards)
    st.dataframe(table(result), hide_index=True, key="learn.table", placeholder="")
    st.caption(_("An error of exactly 0 has no place on this axis; the table has it."))


def table(result: IdentityResult) -> pd.DataFrame:
    """A row for each kind of blocks: the relative error at the start, in the middle and at the end."""
    return pd.DataFrame(
        [
            {
                _("Blocks"): _(label),
                **{
                    _("After {steps} steps").format(steps=fits[0].steps[place]): median_with_range(
                        [fit.errors[place] for fit in fits], ".2g"
                    )
                    for place in (0, len(fits[0].steps) // 2, -1)
                },
            }
            for label, fits in charts.by_label(result.fits).items()
        ]
    )


LEARN_PART = Part(
    "learn",
    N_("Learn to copy"),
    _draw_part,
    (
        number("steps", N_("Steps"), (50, 100, 200, 300), STEPS, N_("Number of batches.")),
        choice("rate", N_("Learning rate"), RATES, f"{RATE:g}", N_("The same for all blocks.")),
        replace(short_trainings.SEEDS, default=SEEDS),
    ),
)
