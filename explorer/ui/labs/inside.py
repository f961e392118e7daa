"""Lab 9: one image on its way through the network in hand: x, F(x), h(x) and their sum, as real tensors."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.model import ModelSpec, assemble
from explorer.outputs.drawing import overview_svg
from explorer.outputs.drawing import summary as in_words
from explorer.runs.datasets import fit_spec
from explorer.runs.probes import QUICK_TRAINING, ProbeRequest, Subject, small_network
from explorer.runs.probes.pictures import BlockView, FeatureMaps, LookInsideNetwork, LookInsideResult
from explorer.ui import palette, views
from explorer.ui.labs import charts, experiment, predict
from explorer.ui.labs.controls import Controls
from explorer.ui.labs.lab import Lab, Part
from explorer.ui.labs.networks import chosen_network

DEPTHS = (8, 14, 20, 32)
IMAGES = 360
"""Test images of the digits."""
WEIGHTS = {"1": "trained", "0": "as initialised"}
BLOCK = "block"
ROW_HEIGHT = 120
ORDER = ("x", "F(x)", "h(x)", "F(x) + h(x)", "output")
QUESTION = predict.Question(
    "inside",
    "In a trained residual network of 20 layers, how does the stream's deviation change from the first block to the "
    "last?",
    ("It shrinks: every block filters something out.", "It stays as it was.", "It grows: every block adds something."),
    2,
    "A sum of parts that are not opposed has a larger deviation than each. Every branch adds its own, so the stream "
    "grows from block to block, and what a single branch says weighs less and less beside it. (A ReLU follows each "
    "sum here, which takes some away.)",
)


def block_paths(spec: ModelSpec) -> tuple[str, ...]:
    """Paths of the blocks of a network as it is fitted to the images."""
    graph = assemble(fit_spec(spec, QUICK_TRAINING.dataset))
    return tuple(placed.path for _, placed in graph.placed_blocks() if placed.path)


def _show_maps(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        own = chosen_network()
        depth = controls.whole("depth", "Layers", DEPTHS, 20, "Of the small network.") if own is None else 0
        weights = controls.choice("weights", "Weights", WEIGHTS, "1", "After a short training, or before it.")
    with right:
        image = controls.whole("image", "Test image", range(IMAGES), 0, "Number of the test image.")
        channels = controls.whole("channels", "Channels", (1, 2, 4, 6, 8), 6, "Those whose sum varies most.")
    spec = own or small_network(depth)
    request = experiment.asked(
        lambda: ProbeRequest(
            "look_inside",
            (Subject("network", spec),),
            QUICK_TRAINING,
            {"image": image, "channels": channels, "trained": weights == "1"},
        )
    )
    predict.ask(QUESTION)
    if request is None:
        return
    block = _choose_block(controls, spec)
    experiment.show(experiment.Experiment("inside", request, lambda found: draw(found, block), frame, QUESTION))
    st.caption(
        "He et al. 2015, Fig. 7 shows the deviations of layers in trained networks: residual ones answer more weakly "
        "than plain ones, and the deeper the more weakly (CIFAR-10, fully trained, after batch norm and before ReLU; a "
        "figure without printed numbers). After a training of seconds only the ratio of branch to stream shows it."
    )


def _choose_block(controls: Controls, spec: ModelSpec) -> str:
    """The network drawn: a click on a block chooses it; so does the menu, which the keyboard reaches too."""
    paths = block_paths(spec)
    key = f"labs.{controls.lab}.{BLOCK}"
    if st.session_state.get(key) not in (None, *paths):
        st.session_state[key] = paths[0]
    graph = assemble(fit_spec(spec, QUICK_TRAINING.dataset))

    def choose(path: str) -> None:
        if path in paths:
            st.session_state[key] = path

    views.drawing(
        overview_svg(graph, palette.current()), in_words(graph), key="inside.overview", height=300, on_chosen=choose
    )
    return controls.menu(BLOCK, "Block", {path: path for path in paths}, paths[0], "Or click it in the picture.")


def draw(result: LookInsideResult, block: str) -> None:
    """The image and what the network makes of it, the chosen block's tensors, and all blocks' deviations."""
    network = result.networks[0]
    view = next((each for each in network.blocks if each.block == block), network.blocks[0])
    left, right = st.columns([1, 4])
    with left:
        _draw_image(result, network)
    with right:
        _draw_block(view)
    _draw_deviations(network)


def verdict(result: LookInsideResult, network: LookInsideNetwork) -> str:
    """What the network takes the image for, beside what it is."""
    best = max(range(len(network.scores)), key=network.scores.__getitem__)
    mark = "right" if result.classes[best] == result.truth else "wrong"
    return f"It is a **{result.truth}**; the network says {result.classes[best]} ({network.scores[best]:.0%}, {mark})."


def _draw_image(result: LookInsideResult, network: LookInsideNetwork) -> None:
    picture = np.array([result.image.rows(place) for place in range(len(result.image.channels))], dtype=np.uint8)
    shades = picture.mean(axis=0)
    colours = palette.current()
    scale = [[0.0, colours.background], [1.0, colours.text]]
    figure = go.Figure(go.Heatmap(z=shades, colorscale=scale, showscale=False, hoverinfo="skip"))
    _as_picture(figure)
    charts.show(figure, "inside.image", 220)
    st.markdown(verdict(result, network))
    if network.training.diverged:
        st.caption(network.training.diverged)


def tiles(maps: FeatureMaps) -> "NDArray[np.float64]":
    """The channels side by side, a column of NaN between two, `(height, channels x (width + 1) - 1)`."""
    gap = np.full((maps.height, 1), math.nan)
    pieces: list[NDArray[np.float64]] = []
    for place in range(len(maps.channels)):
        pieces += [gap, np.array(maps.values(place))]
    return np.hstack(pieces[1:]) if pieces else gap


def _draw_block(view: BlockView) -> None:
    """A row for each tensor, all on one scale that is symmetric about 0."""
    shown = [each for name in ORDER for each in view.tensors if each.name == name and each.channels]
    reach = max((max(abs(each.lowest), abs(each.highest)) for each in shown), default=1.0) or 1.0
    titles = [f"{each.name}: {each.height} × {each.width}, deviation {each.deviation:.2f}" for each in shown]
    figure = make_subplots(len(shown), 1, subplot_titles=titles, vertical_spacing=0.3 / max(1, len(shown)))
    for row, each in enumerate(shown, 1):
        figure.add_trace(
            go.Heatmap(z=tiles(each), coloraxis="coloraxis", hovertemplate="%{z:.3f}<extra>" + each.name + "</extra>"),
            row=row,
            col=1,
        )
    _as_picture(figure)
    colours = palette.current().diverging
    scale = [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]
    figure.update_layout(coloraxis={"colorscale": scale, "cmin": -reach, "cmax": reach})
    charts.show(figure, "inside.maps", 60 + ROW_HEIGHT * len(shown))
    names = ", ".join(map(str, shown[-1].channels)) if shown else "none"
    total = shown[-1].total_channels if shown else 0
    st.caption(
        f"{view.block}, shortcut: {view.shortcut}. Channels {names} of {total}, from left to right; the "
        "deviation is over all channels; a row shows those that it has. Values are exact to one part in 255 of each "
        "row's range."
    )


def _as_picture(figure: go.Figure) -> None:
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")


def _draw_deviations(network: LookInsideNetwork) -> None:
    """Deviation of x, of F(x) and of the sum, block by block."""
    figure = go.Figure()
    for position, name in enumerate(ORDER[:2] + ORDER[3:4]):
        points = [(view.block, each.deviation) for view in network.blocks for each in view.tensors if each.name == name]
        if points:
            blocks, deviations = zip(*points, strict=True)
            figure.add_scatter(x=blocks, y=deviations, name=name, mode="lines+markers", line=charts.line(position))
    figure.update_yaxes(title="deviation", rangemode="tozero")
    charts.show(figure, "inside.deviations", 280)


def frame(result: LookInsideResult) -> pd.DataFrame:
    """Every value that is shown: network, block, tensor, channel, row, column."""
    return pd.DataFrame(
        [
            (network.label, view.block, maps.name, channel, row, column, value)
            for network in result.networks
            for view in network.blocks
            for maps in view.tensors
            for place, channel in enumerate(maps.channels)
            for row, line in enumerate(maps.values(place))
            for column, value in enumerate(line)
        ],
        columns=["network", "block", "tensor", "channel", "row", "column", "value"],
    )


LAB = Lab("inside", 9, "Look inside", (Part("maps", "Feature maps", _show_maps),))
