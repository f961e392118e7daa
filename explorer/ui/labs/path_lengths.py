"""Lab 7, second part: how many paths there are of each length, and which of them carry gradient."""

import math
from collections.abc import Sequence
from math import comb

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.theory import summarise
from explorer.experiments import ExperimentRequest, Subject, small_network
from explorer.experiments.results_lesion import PathNetwork, PathResult
from explorer.ui.labs.shared import charts, experiment, predict, short_trainings, text
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.finished_runs import draw_kept_results
from explorer.ui.labs.shared.networks import choose_network_or_runs

DEPTHS = (14, 20, 32, 44, 56)
WEIGHTS = {"1": "trained", "0": "as initialised"}
SHARE = 0.95
MOST_RUNS = 4
"""Finished runs that are looked at together."""
QUESTION = predict.Question(
    "paths",
    "A network with many residual blocks, trained. Which paths bring most of the gradient to the first block?",
    (
        "The shortest: straight through the shortcuts.",
        "Short ones, well below half the blocks.",
        "Those of about half the blocks: there are most of them.",
        "The longest: they use every weight.",
    ),
    1,
    "Few paths are very short, and along long ones nothing arrives. The product is largest in between, and nearer the "
    "short end: the network behaves like an ensemble of rather shallow ones.",
)


def draw_paths_part(controls: Controls) -> None:
    """The three curves of the paper's Fig. 6, measured here."""
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(MOST_RUNS)
        depth = controls.whole("layers", "Layers", DEPTHS, 32, "Two to a block, and two more.") if chosen.small else 0
    with right:
        samples = controls.whole("samples", "Samples", (5, 10, 20, 50), 10, "Random paths of each length.")
        weights = (
            controls.choice("weights", "Weights", WEIGHTS, "1", "At the start, or trained.") if chosen.trains else "1"
        )
        seeds = short_trainings.seeds_control(controls) if chosen.trains else 1
    predict.draw_question(QUESTION)
    if not chosen.missing:
        request = experiment.try_to_make(
            lambda: ExperimentRequest(
                "gradient_paths",
                chosen.subjects(() if chosen.runs else (Subject("network", chosen.spec or small_network(depth)),)),
                chosen.settings(),
                {"samples": samples, "trained": weights == "1", "seeds": seeds},
            )
        )
        if request:
            experiment.draw_panel(experiment.Experiment("paths", request, draw, frame, QUESTION))
            draw_kept_results(chosen.runs, "paths")
    st.markdown(text.section("lesion", "paths_paper"), width=text.READABLE_WIDTH)


def draw(result: PathResult) -> None:
    """How many paths, gradient along one, and its share, over the length; then the ranges that hold most."""
    titles = ("paths of this length", "gradient over one of them", "share of all gradient, %")
    figure = make_subplots(1, 3, subplot_titles=titles)
    for position, (label, seeds) in enumerate(charts.by_label(result.networks).items()):
        for network in seeds:
            if not network.lengths:
                _draw_reason(network)
        known = [each for each in seeds if each.lengths and len(each.lengths) == len(seeds[0].lengths)]
        if known:
            _draw_lengths(figure, label, known, position)
    figure.update_yaxes(type="log", exponentformat="power", col=2)
    figure.update_xaxes(title="blocks crossed by their branch")
    figure.update_layout(showlegend=len({each.label for each in result.networks}) > 1)
    charts.draw_figure(figure, "paths.chart")
    for network in result.networks:
        if len(network.lengths) == network.blocks + 1 and network.blocks:
            st.markdown(path_sentence(network, len(result.networks) > 1))
    st.caption(
        "Norm of the gradient at the first block, mean over random paths of each length, 64 training images, batch "
        "statistics; the share is paths times that mean. Norms add up so only roughly: paths may cancel each other. "
        "Over few blocks gradient hardly fades, and most of it comes over the most frequent lengths: compare depths."
    )


def _draw_lengths(figure: go.Figure, label: str, seeds: Sequence[PathNetwork], position: int) -> None:
    """The three curves of one network, the second and third with their band over seeds."""
    lengths = [each.length for each in seeds[0].lengths]
    colour = charts.line_style(position)["color"]
    paths = [each.paths for each in seeds[0].lengths]
    figure.add_bar(
        x=lengths, y=paths, name=label, legendgroup=label, showlegend=False, marker_color=colour, row=1, col=1
    )
    gradients = [[each.gradient or math.nan for each in network.lengths] for network in seeds]
    charts.add_band(figure, lengths, gradients, label, position, row=1, col=2)
    shares = [[100 * each.share for each in network.lengths] for network in seeds]
    charts.add_band(figure, lengths, shares, label, position, legend=False, row=1, col=3)


def _draw_reason(network: PathNetwork) -> None:
    reason = network.training.diverged or "It has no residual block, so it has a single path and no lengths to compare."
    st.info(reason, icon=":material/info:")


def lengths_that_carry(network: PathNetwork, share: float = SHARE) -> tuple[int, int, float]:
    """The lengths around the heaviest that hold `share` of the gradient, from and to; and their share of all paths."""
    shares = [each.share for each in network.lengths]
    low = high = shares.index(max(shares))
    while sum(shares[low : high + 1]) < share and (low > 0 or high < len(shares) - 1):
        below = shares[low - 1] if low > 0 else -1.0
        above = shares[high + 1] if high < len(shares) - 1 else -1.0
        low, high = (low - 1, high) if below > above else (low, high + 1)
    paths = sum(comb(network.blocks, length) for length in range(low, high + 1))
    return low, high, paths / 2**network.blocks


def path_sentence(network: PathNetwork, named: bool = False) -> str:
    """Where most paths are, and where most gradient is; `named` where there are several networks or seeds."""
    most = summarise([each.paths for each in network.lengths], SHARE)
    low, high, part = lengths_that_carry(network)
    name = f"{network.label}, seed {network.training.seed}: " if named else ""
    return (
        f"{name}Of {network.blocks} blocks, 95 % of the paths cross **{most.shortest} to {most.longest}**; 95 % of the "
        f"gradient comes over paths that cross **{low} to {high}**, which are {100 * part:.3g} % of all paths."
    )


def frame(result: PathResult) -> pd.DataFrame:
    """A row for each length."""
    return pd.DataFrame(
        [
            {
                "network": network.label,
                "seed": network.training.seed,
                "length": each.length,
                "paths": each.paths,
                "gradient": each.gradient,
                "lowest": each.lowest,
                "highest": each.highest,
                "share": each.share,
            }
            for network in result.networks
            for each in network.lengths
        ]
    )
