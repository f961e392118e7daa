"""Lab 2: several streams instead of one, mixed by a matrix in every block; the product of the matrices by depth."""

from statistics import median

import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments.claims.mixing import (
    BALANCED,
    BLOCKS,
    DRAWS,
    ITERATIONS,
    MIXING_CLAIM,
    SPREAD,
    STREAMS,
    Drawn,
    mixed,
)
from explorer.language import N_, Text, _, joined, sentence
from explorer.model.field_types import Real
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs.shared import charts, predict, seen, text
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.claims import draw_claim
from explorer.ui.labs.shared.lab import Controls, Part, number

SHRINKS, ONE, GROWS = (
    N_("Close to 0: averages shrink, like a factor below 1."),
    N_("1: the product is doubly stochastic as well."),
    N_("Far above 1: small errors multiply, like a factor above 1."),
)


def seen_of_differences(drawn: Drawn) -> predict.Question | None:
    """Asks for which matrices less is left of the differences between streams; None for a single stream."""
    left = {kind: [each[-1].difference for each in every] for kind, every in drawn.items()}
    if not all(value > 0 for values in left.values() for value in values):
        return None
    less = {kind: [1 / value for value in values] for kind, values in left.items()}
    best = seen.clearly_highest(less)
    told = joined("; ", *(joined(" ", kind, median_with_range(values, ".2g")) for kind, values in left.items()))
    options: dict[str, Text] = {
        **dict.fromkeys(left, sentence(seen.AS_MEASURED, values=told)),
        seen.NOT_CLEAR: N_("One is clearly lower."),
    }
    return seen.one_of(
        "mixing.seen",
        N_("With which matrices is less left of the differences between the streams?"),
        options,
        best or seen.NOT_CLEAR,
        sentence(
            "Differences left, as measured here: {values}. A gain of 1 does not say that the streams stay apart.",
            values=told,
        ),
    )


QUESTION = predict.Question(
    "mixing",
    N_(
        "Four streams pass 64 blocks. Every block mixes them by a random matrix near the identity, made **doubly "
        "stochastic**: no entry is negative, every row and every column sums to 1. What is the "
        "greatest gain of a stream "
        "at the end?"
    ),
    (SHRINKS, ONE, GROWS),
    1,
    text.Section("signal", "mixing_reveal"),
    {
        SHRINKS: N_(
            "A mean of values lies between them: if all streams carry the same value, every mean is that value."
        ),
        GROWS: N_("No row of the product sums to more than 1, however many matrices are multiplied."),
    },
    seen_of_differences,
    ("weighted means", "gain stays 1"),
)


def _draw_mixing_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        streams, count = controls.whole("streams"), controls.whole("mixings")
        spread = controls.real("spread")
    with right:
        iterations, draws = controls.whole("iterations"), controls.whole("draws")
    predict.draw_question(QUESTION)
    if not predict.is_answered(QUESTION):
        return
    drawn = mixed(range(draws), streams, count, spread, iterations)
    _draw_chart(drawn)
    st.dataframe(table(drawn), hide_index=True, key="mixing.table", placeholder="")
    if said := difference_sentence(drawn):
        st.markdown(said)
    draw_claim(MIXING_CLAIM, drawn)
    predict.draw_seen(QUESTION, drawn)
    text.draw_section("signal", "mixing_papers")


def _draw_chart(drawn: Drawn) -> None:
    titles = (_("greatest gain of a stream"), _("what is left of the differences between streams"))
    figure = make_subplots(1, 2, subplot_titles=titles)
    for place, (kind, every) in enumerate(drawn.items()):
        depths = [each.count for each in every[0]]
        for column, field in enumerate(("forward", "difference"), 1):
            values = [[getattr(each, field) or float("nan") for each in one] for one in every]
            style, legend = charts.line_style(place), column == 1
            charts.add_band(figure, depths, values, kind, style, legend=legend, mode="lines", row=1, col=column)
    figure.update_yaxes(type="log", exponentformat="power")
    figure.update_xaxes(title=_("blocks"))
    charts.draw_figure(figure, "mixing.chart")


def table(drawn: Drawn) -> pd.DataFrame:
    """A row for each kind of matrix: the gains of the whole product, medians over the draws with their range."""
    return pd.DataFrame(
        [
            {
                _("Matrices"): _(kind),
                _("Gain forward"): median_with_range([each[-1].forward for each in every], ".3g"),
                _("Gain backward"): median_with_range([each[-1].backward for each in every], ".3g"),
                _("Differences left"): median_with_range([each[-1].difference for each in every], ".2g"),
            }
            for kind, every in drawn.items()
        ]
    )


def difference_sentence(drawn: Drawn) -> str:
    """What is left of the differences between the streams; empty for one stream and where much is left."""
    left = median(each[-1].difference for each in drawn[BALANCED])
    if not 0 < left < 0.5:
        return ""
    return _(
        "Of the differences between the streams {share} is left: every doubly stochastic matrix "
        "takes averages, so along the shortcuts alone all streams become the same. Only the branches "
        "can keep them apart."
    ).format(share=f"{left:.1g}")


MIXING_PART = Part(
    "mixing",
    N_("Several streams"),
    _draw_mixing_part,
    (
        number(
            "streams", N_("Streams"), (1, 2, 4, 8), STREAMS, N_("With one stream a matrix is a number: the factor λ.")
        ),
        number(
            "mixings",
            N_("Blocks"),
            (8, 16, 32, 64, 128),
            BLOCKS,
            N_("Each block multiplies the streams by one matrix."),
        ),
        AddressField(
            "spread",
            N_("Spread"),
            Value(Real(0.05, 0.5)),
            SPREAD,
            N_("Deviation of the normal numbers that are added to the identity."),
        ),
        number(
            "iterations",
            N_("Iterations of Sinkhorn and Knopp"),
            (1, 2, 5, 20, 100),
            ITERATIONS,
            N_("How often columns and rows are divided by their sums."),
        ),
        number(
            "draws",
            N_("Random draws"),
            (1, 3, 5, 10),
            DRAWS,
            N_("Other random matrices; bands from lowest to highest."),
        ),
    ),
)
