"""Lab 5, second part: cardinality against width at equal cost, and three networks of twice the cost."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, Solution, solve, solve_equal_cost
from explorer.analysis.published import PublishedRow
from explorer.language import N_, _, counted, sentence
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.link import to_link
from explorer.outputs.formatting import whole
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import charts, experiment, paper, predict, seen
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_network

CARDINALITIES = ("1", "2", "4", "8", "16", "32", "64")
PAPER_CARDINALITIES = ("1", "2", "4", "8", "32")
HOLD = {"params": N_("parameters"), "macs": "MACs"}
DOUBLED_BY = {"depth": N_("Deeper"), "base_width": N_("Wider paths"), "cardinality": N_("More paths")}
"""The settings that are solved for twice the cost, in the order of Table 4."""


def width_question(solved: Mapping[str, Solution], held: str) -> predict.Question | None:
    """Asks for the width of a path in the solved network with the most paths, beside the one with the fewest.

    None where fewer than two differ, or where the width would be the same by either way of counting.
    """
    found = sorted((each.spec for each in solved.values()), key=lambda spec: spec.cardinality)
    if not found or found[0].cardinality == found[-1].cardinality:
        return None
    few, many = found[0], found[-1]
    shared = few.base_width * few.cardinality / many.cardinality
    equal, part, more = (
        sentence("As wide: {width}", width=few.base_width),
        sentence("{width} divided by as many: about {shared}", width=few.base_width, shared=f"{shared:.2g}"),
        sentence("More than that, but less than {width}", width=few.base_width),
    )
    right = more if shared + 0.5 <= many.base_width < few.base_width else part
    return (
        seen.one_of(
            "cardinality",
            counted(
                "In a block of this network, {count} path of width {width} become {paths}. How wide can each of them "
                "be, at the same number of {held} of the whole network?",
                "In a block of this network, {count} paths of width {width} become {paths}. How wide can each of them "
                "be, at the same number of {held} of the whole network?",
                count=few.cardinality,
                width=few.base_width,
                paths=many.cardinality,
                held=sentence(HOLD[held]),
            ),
            {
                equal: N_("Then the 1 x 1 convolutions alone would cost several times as much."),
                part: N_(
                    "The 1 x 1 convolutions would then cost the same, but a 3 x 3 in groups has fewer weights, so "
                    "there is room for more."
                ),
                more: N_("The width is rounded to whole channels, and nothing is left over."),
            },
            right,
            sentence(
                "The solved width is {width}. The 1 x 1 convolutions cost as much as the channels of all "
                "paths together; the 3 x 3 costs less, since each path convolves its own channels only.",
                width=many.base_width,
            ),
        )
        .asking(seen_of_errors)
        .told_by("solved width", "32x4d", "32 x 4d", "23.9", "22.2")
    )


def seen_of_errors(points: Sequence[tuple[int, float, PublishedRow]]) -> predict.Question:
    """Asks what the printed errors of Table 3 do as the cardinality grows."""
    errors = [error for _count, error, _row in sorted(points, key=lambda point: point[0])]
    falls, rises, neither = (
        N_("It falls with each increase."),
        N_("It rises with each increase."),
        N_("It goes up and down."),
    )
    steps = [after - before for before, after in pairwise(errors)]
    right = falls if all(step < 0 for step in steps) else rises if all(step > 0 for step in steps) else neither
    return seen.one_of(
        "cardinality.seen",
        N_("What does the paper's error of the networks of 50 layers do as the cardinality grows at equal cost?"),
        dict.fromkeys((falls, rises, neither), N_("The curve of Table 3 says otherwise.")),
        right,
        sentence(
            "From {first} % to {last} % (Table 3, one training each on ImageNet). The paths get narrower "
            "from step to step; the authors stop at width 4.",
            first=f"{errors[0]:.1f}",
            last=f"{errors[-1]:.1f}",
        ),
    )


def at_equal_cost(base: ModelSpec, cardinalities: tuple[int, ...], held: str) -> dict[str, Solution]:
    """By label, the base with each cardinality; the width of its paths is solved for equal cost. Raises SpecError."""
    return {f"C = {each}": solve_equal_cost(base, "cardinality", each, "base_width", held) for each in cardinalities}


def at_twice_the_cost(base: ModelSpec) -> dict[str, Solution]:
    """By label, the base with more depth, wider paths, or more paths, of about twice the MACs. Raises SpecError."""
    target = 2 * HELD["macs"](assemble(base).cost)
    return {label: solve(base, target, "macs", setting) for setting, label in DOUBLED_BY.items()}


def _draw_cost_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_network("ResNet-50", N_("Your network is the one on Build; it must have bottlenecks."))
        base = base or preset("resnet50")
    with right:
        held, wanted = controls.choice("held"), controls.choices("cardinalities")
    equal = experiment.try_to_make(lambda: at_equal_cost(_bottlenecks(base), tuple(map(int, wanted)), held)) or {}
    question = width_question(equal, held)
    if question is not None:
        predict.draw_question(question)
        if not predict.is_answered(question):
            return
    if equal:
        _draw_solved(equal, "equal")
    _draw_published_errors()
    if question is not None:
        predict.draw_seen(question, published_points("50"))
    paper.draw_rows("resnext", "2")
    st.markdown(_("#### Twice the cost"))
    st.markdown(
        _(
            "Start from the network above with 32 paths, and spend twice its MACs on depth, on wider paths, or on more "
            "paths. The paper starts from ResNeXt-101 (32x4d) and from 1x64d; both are in its Table 4."
        )
    )
    doubled = experiment.try_to_make(lambda: at_twice_the_cost(_with_paths(base)))
    if doubled:
        _draw_solved(doubled, "twice")
    paper.draw_rows("resnext", "4")


def _bottlenecks(base: ModelSpec) -> ModelSpec:
    if base.block != "bottleneck":
        raise SpecError(
            "block", sentence("only the 3x3 of a bottleneck has a cardinality here. Choose bottlenecks on Build.")
        )
    return base


def _with_paths(base: ModelSpec) -> ModelSpec:
    """The base if it has several paths, else the base with 32 paths at equal parameters. Raises SpecError."""
    base = _bottlenecks(base)
    return base if base.cardinality > 1 else solve_equal_cost(base, "cardinality", 32, "base_width", "params").spec


def _draw_solved(networks: dict[str, Solution], key: str) -> None:
    table = frame(networks)
    config: dict[str, Any] = {
        "build": st.column_config.LinkColumn(_("Build"), display_text=_("Build ↗")),
        "ratio": st.column_config.NumberColumn(_("Ratio to the target cost"), format="%.3f"),
        "params": st.column_config.NumberColumn(_("Parameters"), format="localized"),
        "macs": st.column_config.NumberColumn("MACs", format="localized"),
        "network": _("Network"),
        "blocks": _("Blocks"),
        "cardinality": _("Paths C"),
        "base_width": st.column_config.NumberColumn(_("Width d"), help=_("The width of one path in the first stage.")),
    }
    shown = table.assign(network=[_(label) for label in table["network"]])
    st.dataframe(shown, hide_index=True, column_config=config, key=f"cost.{key}", placeholder="", height="content")
    csv_button(lambda: table, f"cost-{key}.csv", f"cost.{key}.csv")


def frame(networks: dict[str, Solution]) -> pd.DataFrame:
    """A row for each network."""
    return pd.DataFrame(
        [
            {
                "network": label,
                "blocks": COST_SETTINGS["depth"].read(found.spec),
                "cardinality": found.spec.cardinality,
                "base_width": found.spec.base_width,
                "params": found.cost.params,
                "macs": found.cost.macs,
                "ratio": found.ratio,
                "build": f"/?net={to_link(found.spec)}",
            }
            for label, found in networks.items()
        ]
    )


def published_points(prefix: str) -> list[tuple[int, float, PublishedRow]]:
    """Cardinality, printed error in percent, and row of Table 3, for each network of `prefix` layers."""
    rows = paper.rows("resnext", "3", lambda row: f"-{prefix} (" in row.network)
    return [(preset(row.preset).cardinality, paper.error_percent(row), row) for row in rows]


def _draw_published_errors() -> None:
    """Table 3 as curves; the hover text gives the exact parameters of each network."""
    figure = go.Figure()
    styles = charts.network_styles(("50", "101"))
    for depth, style in styles.items():
        points = published_points(depth)
        figure.add_scatter(
            x=[str(cardinality) for cardinality, *_rest in points],
            y=[error for _count, error, _row in points],
            text=[
                _("{network}: {count} parameters").format(
                    network=row.network, count=whole(assemble(preset(row.preset)).cost.params)
                )
                for *_values, row in points
            ],
            name=_("{depth} layers").format(depth=depth),
            mode="lines+markers",
            line=style,
            hovertemplate="%{text}<br>%{y:.1f} %<extra></extra>",
        )
    across = {"title": _("cardinality, at equal cost"), "type": "category"}
    charts.draw_figure(figure, "cost.errors", 320, xaxis=across, yaxis={"title": _("top-1 error, %")})
    st.caption(
        _(
            "Xie et al. 2017, Table 3: ImageNet, one centre crop of 224 pixels, one long training each. "
            "The errors are the paper's; nothing was trained here."
        )
    )


COST_PART = Part(
    "cost",
    N_("Equal cost, twice the cost"),
    _draw_cost_part,
    (
        choice("held", N_("Cost held constant"), HOLD, "params", N_("The cost of the whole network.")),
        choices(
            "cardinalities",
            N_("Cardinality C"),
            {each: each for each in CARDINALITIES},
            PAPER_CARDINALITIES,
            N_("The numbers of paths that are compared."),
        ),
    ),
)
