"""Lab 7: blocks dropped and swapped in trained networks, and the path lengths that carry gradient."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.model import ModelSpec
from explorer.runs.probes import QUICK_TRAINING, ProbeRequest, Subject, small_network
from explorer.runs.probes.damage import LesionNetwork, LesionResult
from explorer.ui import palette
from explorer.ui.entry import plain_twin
from explorer.ui.labs import charts, experiment, predict
from explorer.ui.labs.controls import Controls
from explorer.ui.labs.lab import Lab, Part
from explorer.ui.labs.networks import chosen_network
from explorer.ui.labs.path_lengths import show_paths

DEPTHS = (14, 20, 32, 44, 56)
PLAIN, RESIDUAL = "plain", "residual"
DAMAGES = {"one": "Drop one block", "several": "Drop several", "swaps": "Swap blocks"}
CHANCE = 90.0
"""Percent wrong of a guess among ten classes."""
QUESTION = predict.Question(
    "lesion",
    "Both networks are trained. Then one block is taken out. What does the test error do, at the median over blocks?",
    (
        "Both networks fall to guessing.",
        "The plain one falls to guessing or near it, the residual one loses a few per cent.",
        "Neither suffers much: one block of many is little.",
    ),
    1,
    "A plain block's successor never saw what now reaches it. A residual block's successor still gets what the "
    "shortcuts carry. The first blocks, and those that change the shape, matter most; after a short training the first "
    "blocks of a stage matter more than in the paper's networks, which were trained for hours.",
)
PAPER = (
    "**Veit et al. 2016**, Figs. 3 and 5 ([arXiv:1605.06431](https://arxiv.org/abs/1605.06431)): a plain VGG network "
    "with 15 layers falls to chance (90 % error on CIFAR-10) whichever layer is removed; a ResNet-110 loses almost "
    "nothing for any single block but those that change the resolution. With several removed or exchanged, the error "
    "grows smoothly with the damage. Both fully trained, one run each; no numbers are printed, these are the figures "
    "in words."
)


def subjects(base: ModelSpec) -> tuple[Subject, ...]:
    """The network and its plain twin, where it has one. Raises SpecError for a twin that cannot be."""
    twin = plain_twin(base)
    return (*([Subject(PLAIN, twin)] if twin else []), Subject(RESIDUAL if twin else "network", base))


def _show_damage(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = chosen_network()
        depth = controls.whole("depth", "Layers", DEPTHS, 20, "More take longer.") if own is None else 0
    with right:
        draws = controls.whole("draws", "Draws", (1, 3, 5, 10), 5, "Random choices for each number of blocks.")
        damage = controls.choice("damage", "Damage", DAMAGES, "one", "All three are computed at once.")
    request = experiment.asked(
        lambda: ProbeRequest("lesion", subjects(own or small_network(depth)), QUICK_TRAINING, {"draws": draws})
    )
    predict.ask(QUESTION)
    if request:
        experiment.show(experiment.Experiment("lesion", request, lambda found: draw(found, damage), frame, QUESTION))
    st.markdown(PAPER)


def draw(result: LesionResult, damage: str) -> None:
    """The chosen damage as a chart, and in a table what one block is worth."""
    PICTURES[damage](result)
    st.dataframe(table(result), hide_index=True, key="lesion.table", placeholder="")
    for network in result.networks:
        if network.training.diverged:
            st.caption(f"{network.label}: {network.training.diverged}")
    st.caption(
        f"Test error on the digits' 360 test images after {QUICK_TRAINING.steps} steps of training, one seed. "
        "Nothing is trained again after the damage, and running statistics stay as they were."
    )


def _draw_one(result: LesionResult) -> None:
    figure = go.Figure()
    for position, network in enumerate(result.networks):
        figure.add_scatter(
            x=list(range(1, len(network.dropped) + 1)),
            y=[None if each.problem else each.test_error for each in network.dropped],
            text=[f"{each.block}, left of it: {each.shortcut}" for each in network.dropped],
            name=network.label,
            mode="lines+markers",
            line=charts.line(position, network.label == PLAIN),
            hovertemplate="%{text}<br>test error %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
        _intact(figure, position, network)
    _finish(figure, "block dropped, from the input", "lesion.one")
    st.caption("Dotted: the intact networks. A plain block that changes the shape cannot be dropped and has no point.")


def _draw_several(result: LesionResult) -> None:
    figure = go.Figure()
    for position, network in enumerate(result.networks):
        pairs = [(each.count, error) for each in network.several for error in each.test_errors]
        _points(figure, position, network, pairs)
        _intact(figure, position, network)
    _finish(figure, "blocks dropped together", "lesion.several")
    st.caption("A point for each random choice of blocks, a line through their means; dotted: the intact networks.")


def _draw_swaps(result: LesionResult) -> None:
    figure = go.Figure()
    for position, network in enumerate(result.networks):
        _points(figure, position, network, [(each.tau, each.test_error) for each in network.shuffled])
        _intact(figure, position, network)
    figure.update_xaxes(autorange="reversed")
    _finish(figure, "order kept (Kendall's τ: 1 all, 0 none)", "lesion.swaps")
    st.caption("Random swaps of blocks of one shape. A point for each shuffle, a line through their means.")


PICTURES: Mapping[str, Callable[[LesionResult], None]] = MappingProxyType(
    {"one": _draw_one, "several": _draw_several, "swaps": _draw_swaps}
)


def _points(figure: go.Figure, position: int, network: LesionNetwork, pairs: Sequence[tuple[float, float]]) -> None:
    """All pairs as points, and a line through the means at equal x."""
    style = charts.line(position, network.label == PLAIN)
    places = sorted({x for x, _ in pairs})
    means = [_mean([error for x, error in pairs if x == place]) for place in places]
    figure.add_scatter(x=places, y=means, name=network.label, legendgroup=network.label, mode="lines", line=style)
    figure.add_scatter(
        x=[x for x, _ in pairs],
        y=[error for _, error in pairs],
        name=network.label,
        legendgroup=network.label,
        showlegend=False,
        mode="markers",
        marker={"color": style["color"], "size": 7, "opacity": 0.6},
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _intact(figure: go.Figure, position: int, network: LesionNetwork) -> None:
    if math.isfinite(network.intact_error):
        line = {"color": charts.line(position)["color"], "dash": "dot", "width": 1}
        figure.add_hline(y=network.intact_error, line=line)


def _finish(figure: go.Figure, across: str, key: str) -> None:
    figure.add_hline(
        y=CHANCE,
        line={"color": palette.current().muted, "width": 1},
        annotation_text="guessing",
        annotation_position="top right",
    )
    figure.update_xaxes(title=across)
    figure.update_yaxes(title="test error, %", range=[0, 102])
    charts.show(figure, key)


def table(result: LesionResult) -> pd.DataFrame:
    """A row for each network: intact, and with one block gone."""
    lines = []
    for network in result.networks:
        errors = [each.test_error for each in network.dropped if not each.problem]
        lines.append(
            {
                "Network": network.label,
                "Intact, %": f"{network.intact_error:.1f}",
                "One block gone, median %": f"{median(errors):.1f}" if errors else "",
                "Least, %": f"{min(errors):.1f}" if errors else "",
                "Most, %": f"{max(errors):.1f}" if errors else "",
                "Blocks that can go": f"{len(errors)} of {len(network.dropped)}",
            }
        )
    return pd.DataFrame(lines)


def frame(result: LesionResult) -> pd.DataFrame:
    """A row for each damage done."""
    return pd.DataFrame([row for network in result.networks for row in _rows(network)])


def _rows(network: LesionNetwork) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"damage": "none", "test_error": network.intact_error}]
    rows += [
        {"damage": "drop", "count": 1, "block": each.block, "test_error": each.test_error, "problem": each.problem}
        for each in network.dropped
    ]
    rows += [
        {"damage": "drop several", "count": each.count, "test_error": error}
        for each in network.several
        for error in each.test_errors
    ]
    rows += [
        {"damage": "swap", "count": each.swaps, "tau": each.tau, "test_error": each.test_error}
        for each in network.shuffled
    ]
    return [{"network": network.label} | row for row in rows]


LAB = Lab(
    "lesion",
    7,
    "Lesion",
    (Part("damage", "Drop and swap", _show_damage), Part("paths", "Paths that carry gradient", show_paths)),
)
