"""Lab 5, second part: cardinality against width at equal cost, and three networks of twice the cost."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, Solution, solve, solve_equal_cost
from explorer.analysis.published import PublishedRow
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.link import to_link
from explorer.outputs.formatting import whole
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared import charts, experiment, paper, predict
from explorer.ui.labs.shared.lab import Controls, Part, choice, choices
from explorer.ui.labs.shared.networks import choose_network

CARDINALITIES = ("1", "2", "4", "8", "16", "32", "64")
PAPER_CARDINALITIES = ("1", "2", "4", "8", "32")
HOLD = {"params": "parameters", "macs": "MACs"}
DOUBLED_BY = {"depth": "Deeper", "base_width": "Wider paths", "cardinality": "More paths"}
"""The settings that are solved for twice the cost, in the order of Table 4."""
QUESTION = predict.Question(
    "cardinality",
    "Five networks of 50 layers on ImageNet have about 25 M parameters each, from one path of width 64 to 32 paths of "
    "width 4. Which has the lowest error?",
    ("One wide path (1 x 64d)", "Something between (4 x 24d)", "Many narrow paths (32 x 4d)"),
    2,
    "At equal cost the error falls with each increase of the number of paths, from 23.9 % to 22.2 % (Table 3, one "
    "training each on ImageNet). The gain shrinks as the paths get narrower; the authors stop at width 4.",
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
        base = choose_network("ResNet-50", "Your network is the one on Build; it must have bottlenecks.")
        base = base or preset("resnet50")
    with right:
        held, wanted = controls.choice("held"), controls.choices("cardinalities")
    predict.draw_question(QUESTION)
    equal = experiment.try_to_make(lambda: at_equal_cost(_bottlenecks(base), tuple(map(int, wanted)), held))
    if equal:
        _draw_solved(equal, "equal")
    if predict.is_answered(QUESTION):
        _draw_published_errors()
        paper.draw_rows("resnext", "2")
    st.markdown("#### Twice the cost")
    st.markdown(
        "Start from the network above with 32 paths, and spend twice its MACs on depth, on wider paths, or on more "
        "paths. The paper starts from ResNeXt-101 (32x4d) and from 1x64d; both are in its Table 4."
    )
    doubled = experiment.try_to_make(lambda: at_twice_the_cost(_with_paths(base)))
    if doubled:
        _draw_solved(doubled, "twice")
    if predict.is_answered(QUESTION):
        paper.draw_rows("resnext", "4")


def _bottlenecks(base: ModelSpec) -> ModelSpec:
    if base.block != "bottleneck":
        raise SpecError("block", "only the 3x3 of a bottleneck has a cardinality here. Choose bottlenecks on Build.")
    return base


def _with_paths(base: ModelSpec) -> ModelSpec:
    """The base if it has several paths, else the base with 32 paths at equal parameters. Raises SpecError."""
    base = _bottlenecks(base)
    return base if base.cardinality > 1 else solve_equal_cost(base, "cardinality", 32, "base_width", "params").spec


def _draw_solved(networks: dict[str, Solution], key: str) -> None:
    table = frame(networks)
    config: dict[str, Any] = {
        "build": st.column_config.LinkColumn("Build", display_text="Build ↗"),
        "ratio": st.column_config.NumberColumn("Ratio to the target cost", format="%.3f"),
        "params": st.column_config.NumberColumn("Parameters", format="localized"),
        "macs": st.column_config.NumberColumn("MACs", format="localized"),
        "network": "Network",
        "blocks": "Blocks",
        "cardinality": "Paths C",
        "base_width": st.column_config.NumberColumn("Width d", help="The width of one path in the first stage."),
    }
    st.dataframe(table, hide_index=True, column_config=config, key=f"cost.{key}", placeholder="", height="content")
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
            x=[str(cardinality) for cardinality, _, _ in points],
            y=[error for _, error, _ in points],
            text=[f"{row.network}: {whole(assemble(preset(row.preset)).cost.params)} parameters" for *_, row in points],
            name=f"{depth} layers",
            mode="lines+markers",
            line=style,
            hovertemplate="%{text}<br>%{y:.1f} %<extra></extra>",
        )
    across = {"title": "cardinality, at equal cost", "type": "category"}
    charts.draw_figure(figure, "cost.errors", 320, xaxis=across, yaxis={"title": "top-1 error, %"})
    st.caption(
        "Xie et al. 2017, Table 3: ImageNet, one centre crop of 224 pixels, one long training each. "
        "The errors are the paper's; nothing was trained here."
    )


COST_PART = Part(
    "cost",
    "Equal cost, twice the cost",
    _draw_cost_part,
    (
        choice("held", "Cost held constant", HOLD, "params", "The cost of the whole network."),
        choices(
            "cardinalities",
            "Cardinality C",
            {each: each for each in CARDINALITIES},
            PAPER_CARDINALITIES,
            "The numbers of paths that are compared.",
        ),
    ),
)
