"""Lab 5, second part: cardinality against width at equal cost, and three ways to spend twice the cost."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.equal_cost import HELD, KNOBS, Solution, solve, trade
from explorer.analysis.published import PublishedRow
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.text.link import to_link
from explorer.outputs.formatting import whole
from explorer.ui.labs.shared import charts, experiment, paper, predict
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.networks import choose_network

CARDINALITIES = ("1", "2", "4", "8", "16", "32", "64")
PAPERS_OWN = ("1", "2", "4", "8", "32")
HOLD = {"params": "parameters", "macs": "MACs"}
WAYS = {"depth": "Deeper", "base_width": "Wider paths", "cardinality": "More paths"}
"""The knobs for twice the cost, in the order of Table 4."""
QUESTION = predict.Question(
    "cardinality",
    "Five networks of 50 layers on ImageNet, all with about 25 M parameters: from one path of width 64 to 32 paths of "
    "width 4. Which had the lowest error?",
    ("One wide path (1 x 64d)", "Something between (4 x 24d)", "Many narrow paths (32 x 4d)"),
    2,
    "At equal cost the error falls with every step to more paths, from 23.9 % to 22.2 % (Table 3, one training each "
    "on ImageNet). The gain shrinks as paths get narrower; the authors stop at width 4.",
)


@dataclass(frozen=True)
class SolvedNetwork:
    """A network found at a cost, how it was found, and what knob was solved for."""

    way: str
    solution: Solution


def at_equal_cost(base: ModelSpec, cardinalities: tuple[int, ...], held: str) -> tuple[SolvedNetwork, ...]:
    """The base with each cardinality, its paths as wide as the held cost allows. Raises SpecError."""
    return tuple(
        SolvedNetwork(f"C = {each}", trade(base, "cardinality", each, "base_width", held)) for each in cardinalities
    )


def at_twice_the_cost(base: ModelSpec) -> tuple[SolvedNetwork, ...]:
    """The base made deeper, wider, or given more paths, until it has about twice the MACs. Raises SpecError."""
    target = 2 * HELD["macs"](assemble(base).cost)
    return tuple(SolvedNetwork(label, solve(base, target, "macs", knob)) for knob, label in WAYS.items())


def draw_cost_part(controls: Controls) -> None:
    """Both tables, computed for the chosen network, with the paper's beside them."""
    left, right = st.columns(2)
    with left:
        base = choose_network("ResNet-50", "Your network is the one on Build; it must have bottlenecks.")
        base = base or preset("resnet50")
    with right:
        held = controls.choice("held", "Cost that is held", HOLD, "params", "Of the whole network.")
        wanted = controls.choices("cardinalities", "Cardinality C", {each: each for each in CARDINALITIES}, PAPERS_OWN)
    predict.draw_question(QUESTION)
    found = experiment.try_to_make(lambda: at_equal_cost(_bottlenecks(base), tuple(map(int, wanted)), held))
    if found:
        _draw_solved(found, "equal")
    if predict.is_answered(QUESTION):
        _draw_published_errors()
        paper.draw_rows("resnext", "2")
    st.markdown("#### Twice the cost")
    st.markdown(
        "Start from the network above with 32 paths, and spend twice its MACs on depth, on wider paths, or on more "
        "paths. The paper did this with ResNeXt-101 (32x4d) and 1x64d; both parents stand in its Table 4."
    )
    doubled = experiment.try_to_make(lambda: at_twice_the_cost(_with_paths(base)))
    if doubled:
        _draw_solved(doubled, "twice")
    if predict.is_answered(QUESTION):
        paper.draw_rows("resnext", "4")


def _bottlenecks(base: ModelSpec) -> ModelSpec:
    if base.block != "bottleneck":
        raise SpecError("block", "cardinality is traded in the 3x3 of a bottleneck; choose bottlenecks on Build.")
    return base


def _with_paths(base: ModelSpec) -> ModelSpec:
    """The base itself if it has paths already, else with 32 at its own cost."""
    base = _bottlenecks(base)
    return base if base.cardinality > 1 else trade(base, "cardinality", 32, "base_width", "params").spec


def _draw_solved(found: tuple[SolvedNetwork, ...], key: str) -> None:
    table = frame(found)
    config: dict[str, Any] = {
        "build": st.column_config.LinkColumn("Build", display_text="Build ↗"),
        "ratio": st.column_config.NumberColumn("Of the cost aimed at", format="%.3f"),
        "params": st.column_config.NumberColumn("Parameters", format="localized"),
        "macs": st.column_config.NumberColumn("MACs", format="localized"),
        "network": "Network",
        "blocks": "Blocks",
        "cardinality": "Paths C",
        "base_width": st.column_config.NumberColumn("Width d", help="Of one path in the first stage."),
    }
    st.dataframe(table, hide_index=True, column_config=config, key=f"cost.{key}", placeholder="", height="content")
    st.download_button(
        "Download CSV",
        table.to_csv(index=False),
        f"cost-{key}.csv",
        "text/csv",
        key=f"cost.{key}.csv",
        icon=":material/download:",
        on_click="ignore",
    )


def frame(found: tuple[SolvedNetwork, ...]) -> pd.DataFrame:
    """A row for each network."""
    return pd.DataFrame(
        [
            {
                "network": each.way,
                "blocks": KNOBS["depth"].read(each.solution.spec),
                "cardinality": each.solution.spec.cardinality,
                "base_width": each.solution.spec.base_width,
                "params": each.solution.cost.params,
                "macs": each.solution.cost.macs,
                "ratio": each.solution.ratio,
                "build": f"/?net={to_link(each.solution.spec)}",
            }
            for each in found
        ]
    )


def published_points(prefix: str) -> list[tuple[int, float, PublishedRow]]:
    """Cardinality, printed error and row of Table 3 for the networks of one depth, by cardinality."""
    rows = paper.rows("resnext", "3", lambda row: f"-{prefix} (" in row.network)
    return [(preset(row.preset).cardinality, paper.error_percent(row), row) for row in rows]


def _draw_published_errors() -> None:
    """Table 3 as curves, with the exact parameters of every network in the label."""
    figure = go.Figure()
    for position, depth in enumerate(("50", "101")):
        points = published_points(depth)
        figure.add_scatter(
            x=[str(cardinality) for cardinality, _, _ in points],
            y=[error for _, error, _ in points],
            text=[f"{row.network}: {whole(assemble(preset(row.preset)).cost.params)} parameters" for *_, row in points],
            name=f"{depth} layers",
            mode="lines+markers",
            line=charts.line_style(position),
            hovertemplate="%{text}<br>%{y:.1f} %<extra></extra>",
        )
    figure.update_xaxes(title="cardinality, at equal cost", type="category")
    figure.update_yaxes(title="top-1 error, %")
    charts.draw_figure(figure, "cost.errors", 320)
    st.caption(
        "Xie et al. 2017, Table 3: ImageNet, one centre crop of 224 pixels, one long training each. "
        "These errors are the paper's; nothing here was trained."
    )
