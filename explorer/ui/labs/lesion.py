"""Lab 7: blocks removed from trained networks or swapped, and the path lengths that carry the gradient."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import fmean, median
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.datasets.catalogue import dataset_facts
from explorer.experiments.catalogue.lesion import LesionNetwork, LesionResult
from explorer.experiments.claims.lesion import DAMAGE_CLAIM, DEPTH, DRAWS, PLAIN, damage_plan
from explorer.language import N_, _, sentence
from explorer.ui.common import theme
from explorer.ui.labs.path_lengths import PATHS_PART
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, number
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_network_or_runs, depth_field

DAMAGES = {"one": N_("Remove one block"), "several": N_("Remove several"), "swaps": N_("Swap blocks")}
ONE_REMOVED, REMOVABLE = N_("One block removed, median %"), N_("Removable blocks")
FIELDS = (
    depth_field(DEPTH, SMALL_DEPTHS[1:], N_("Layers of the small network. More layers take longer.")),
    number("draws", N_("Draws"), (1, 3, 5, 10), DRAWS, N_("Random choices for each number of blocks.")),
    choice("damage", N_("Damage"), DAMAGES, "one", N_("One run computes all three.")),
    short_trainings.SEEDS,
)
OUTCOMES = (
    N_("Both networks only guess."),
    N_("The plain network guesses or nearly so; the error of the residual network rises far less."),
    N_("Neither changes much: one block of many is little."),
)


def seen_of_stages(result: LesionResult) -> predict.Question | None:
    """Asks in which stage of the last network the removal of a block costs most, by the worst block of each."""
    worst: dict[str, list[float]] = {}
    label = result.networks[-1].label if result.networks else ""
    for network in (each for each in result.networks if each.label == label):
        errors: dict[str, float] = {}
        for each in network.dropped:
            if not each.problem:
                stage = each.block.partition(".")[0]
                errors[stage] = max(errors.get(stage, 0.0), each.test_error)
        for stage, error in errors.items():
            worst.setdefault(stage, []).append(error)
    text = sentence("{network}: a block of which stage raises the test error most when it is removed?", network=label)
    return seen.highest("lesion.seen", text, worst, " %")


QUESTION = predict.Question(
    "lesion",
    N_(
        "A plain and a residual network are trained. Then one block is removed. What happens to the test error, at the "
        "median over blocks?"
    ),
    OUTCOMES,
    1,
    N_(
        "In a plain network the next block gets an input that it has never seen. In a residual network the next block "
        "still gets what the shortcuts carry. The first blocks, and those that change the shape, matter most. After a "
        "short training the first blocks of a stage matter more than in the paper's fully trained networks."
    ),
    {
        OUTCOMES[0]: N_(
            "The shortcut around a removed block still passes on x, so the next block gets nearly what it knows."
        ),
        OUTCOMES[2]: N_(
            "In a plain network nothing goes around the removed block: the next one gets what it never saw."
        ),
    },
    seen_of_stages,
    (
        "only guesses",
        "almost nothing",
        "should still work",
        "matter more",
    ),
)


def _draw_damage_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "lesion")
    with right:
        draws = controls.whole("draws")
        damage = controls.choice("damage")
        seeds = controls.whole("seeds") if chosen.trains else 1
    predict.draw_question(QUESTION)
    if request := chosen.ask(damage_plan(draws, seeds)):
        marks = Marks(charts.plain_labels(request), guessing(request.training.dataset))
        experiment.draw_panel(
            "lesion",
            request,
            lambda result: draw(result, damage, marks),
            QUESTION,
            caption=_(
                "{conditions} Nothing is trained again after the damage; running statistics do not change."
            ).format(conditions=training_conditions(request)),
            claims=(DAMAGE_CLAIM,),
            runs=chosen.runs,
        )
    predict.draw_section(QUESTION, "lesion", "damage_paper")


class Marks(NamedTuple):
    """Marks of a chart that are not in the result: labels of dashed curves, and the error of guessing in percent."""

    plain: Collection[str] = (PLAIN,)
    guessing: float = 90.0


def guessing(dataset: str) -> float:
    """The error in percent of guessing among the classes of a data set."""
    return 100 - 100 / len(dataset_facts(dataset).classes)


def draw(result: LesionResult, damage: str, marks: Marks) -> None:
    """A chart of the chosen damage, and a table of the errors with one block removed."""
    PICTURES[damage](result, marks)
    st.dataframe(table(result), hide_index=True, key="lesion.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{_(network.label)}: {network.training.diverged}")


def _draw_one(result: LesionResult, marks: Marks) -> None:
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in result.networks], marks.plain)
    for label, seeds in charts.by_label(result.networks).items():
        whole = [each for each in seeds if len(each.dropped) == len(seeds[0].dropped) and each.dropped]
        if whole:
            charts.add_band(
                figure,
                range(1, len(whole[0].dropped) + 1),
                [[each.test_error for each in network.dropped] for network in whole],
                label,
                styles[label],
                texts=[
                    _("{block}, what remains: {remains}").format(block=each.block, remains=each.shortcut)
                    for each in whole[0].dropped
                ],
            )
        _intact(figure, styles[label], seeds)
    _finish(figure, N_("removed block, from the input"), "lesion.one", marks.guessing)
    st.caption(
        _("Dotted: the intact networks. A plain block that changes the shape cannot be removed, so it has no point.")
    )


def _draw_several(result: LesionResult, marks: Marks) -> None:
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in result.networks], marks.plain)
    for label, seeds in charts.by_label(result.networks).items():
        pairs = [(each.count, error) for network in seeds for each in network.several for error in each.test_errors]
        _points(figure, styles[label], label, pairs)
        _intact(figure, styles[label], seeds)
    _finish(figure, N_("number of removed blocks"), "lesion.several", marks.guessing)
    st.caption(_("Each point is a random choice of blocks; the line joins the means. Dotted: the intact networks."))


def _draw_swaps(result: LesionResult, marks: Marks) -> None:
    figure = go.Figure()
    styles = charts.network_styles([network.label for network in result.networks], marks.plain)
    for label, seeds in charts.by_label(result.networks).items():
        pairs = [(each.tau, each.test_error) for network in seeds for each in network.shuffled]
        _points(figure, styles[label], label, pairs)
        _intact(figure, styles[label], seeds)
    figure.update_xaxes(autorange="reversed")
    _finish(figure, N_("order kept (Kendall's τ: 1 all, 0 none)"), "lesion.swaps", marks.guessing)
    st.caption(_("Random swaps of blocks of the same shape. Each point is one shuffle; the line joins the means."))


PICTURES: Mapping[str, Callable[[LesionResult, Marks], None]] = MappingProxyType(
    {"one": _draw_one, "several": _draw_several, "swaps": _draw_swaps}
)


def _points(figure: go.Figure, style: charts.Style, label: str, pairs: Sequence[tuple[float, float]]) -> None:
    """Adds all pairs (x, error) as points, and a line through the mean error at each x."""
    places = sorted({x for x, _error in pairs})
    means = [fmean(error for x, error in pairs if x == place) for place in places]
    figure.add_scatter(x=places, y=means, name=_(label), legendgroup=label, mode="lines", line=dict(style))
    figure.add_scatter(
        x=[x for x, _error in pairs],
        y=[error for _x, error in pairs],
        name=_(label),
        legendgroup=label,
        showlegend=False,
        mode="markers",
        marker={"color": style["color"], "size": 7, "opacity": 0.6},
    )


def _intact(figure: go.Figure, style: charts.Style, seeds: Sequence[LesionNetwork]) -> None:
    """Adds a line at the error of the intact network, the median over its seeds."""
    known = [each.intact_error for each in seeds if math.isfinite(each.intact_error)]
    if known:
        line = {"color": style["color"], "dash": "dot", "width": 1}
        figure.add_hline(y=median(known), line=line)


def _finish(figure: go.Figure, x_title: str, key: str, guess: float) -> None:
    figure.add_hline(
        y=guess,
        line={"color": theme.current().muted, "width": 1},
        annotation_text=_("guessing"),
        annotation_position="top right",
    )
    figure.update_xaxes(title=_(x_title))
    figure.update_yaxes(title=_("test error, %"), range=[0, 102])
    charts.draw_figure(figure, key)


def table(result: LesionResult) -> pd.DataFrame:
    """A row for each network: errors intact and with one block removed; medians over the seeds, with their range."""
    lines = []
    for label, seeds in charts.by_label(result.networks).items():
        errors = [[each.test_error for each in network.dropped if not each.problem] for network in seeds]
        known = [each for each in errors if each]
        lines.append(
            {
                _("Network"): _(label),
                _("Intact, %"): median_with_range([network.intact_error for network in seeds]) or _("none"),
                _(ONE_REMOVED): median_with_range([median(each) for each in known]),
                _("Least, %"): median_with_range([min(each) for each in known]),
                _("Most, %"): median_with_range([max(each) for each in known]),
                _(REMOVABLE): _("{count} of {total}").format(count=len(errors[0]), total=len(seeds[0].dropped)),
            }
        )
    return pd.DataFrame(lines)


LAB = Lab(
    "lesion",
    7,
    N_("Lesion"),
    (Part("damage", N_("Remove and swap"), _draw_damage_part, FIELDS), PATHS_PART),
)
