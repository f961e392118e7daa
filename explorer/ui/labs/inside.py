"""Lab 9: one image on its way through the network in hand: x, F(x), h(x) and their sum, as real tensors."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject, small_network
from explorer.experiments.results_feature_maps import BlockView, FeatureMaps, LookInsideNetwork, LookInsideResult
from explorer.model import ModelSpec, assemble
from explorer.outputs.drawing import overview_svg
from explorer.outputs.drawing import summary as in_words
from explorer.ui.common import components, theme
from explorer.ui.labs.shared import charts, experiment, predict, short_trainings, text
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.finished_runs import draw_kept_results
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.labs.shared.networks import choose_network_or_runs

DEPTHS = (8, 14, 20, 32)
MOST_IMAGES = 1000
"""Test images that can be chosen."""
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


def block_paths(spec: ModelSpec, dataset: str = QUICK_TRAINING.dataset) -> tuple[str, ...]:
    """Paths of the blocks of a network as it is fitted to the images."""
    graph = assemble(fit_spec(spec, dataset))
    return tuple(placed.path for _, placed in graph.placed_blocks() if placed.path)


def _draw_maps_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(1)
        depth = controls.whole("depth", "Layers", DEPTHS, 20, "Of the small network.") if chosen.small else 0
        weights = (
            controls.choice("weights", "Weights", WEIGHTS, "1", "After a training or before.") if chosen.trains else "1"
        )
    dataset = chosen.runs[0].dataset if chosen.runs else QUICK_TRAINING.dataset
    with right:
        image = controls.whole("image", "Test image", _images(dataset), 0, "Number of the test image.")
        channels = controls.whole("channels", "Channels", (1, 2, 4, 6, 8), 6, "Those whose sum varies most.")
        seeds = short_trainings.seeds_control(controls) if chosen.trains else 1
    predict.draw_question(QUESTION)
    if not chosen.missing:
        spec = chosen.runs[0].spec if chosen.runs else chosen.spec or small_network(depth)
        request = experiment.try_to_make(
            lambda: ExperimentRequest(
                "look_inside",
                chosen.subjects((Subject("network", spec),)),
                chosen.settings(),
                {"image": image, "channels": channels, "trained": weights == "1", "seeds": seeds},
            )
        )
        if request:
            block = _choose_block(controls, spec, dataset)
            experiment.draw_panel(
                experiment.Experiment("inside", request, lambda found: draw(found, block), frame, QUESTION)
            )
            draw_kept_results(chosen.runs, "inside")
    st.caption(text.section("inside", "maps_paper"))


def _images(dataset: str) -> range:
    """Numbers of the test images that can be looked at; the first ones of a large data set."""
    return range(min(dataset_facts(dataset).test_images, MOST_IMAGES))


def _choose_block(controls: Controls, spec: ModelSpec, dataset: str) -> str:
    """The network drawn: a click on a block chooses it; so does the menu, which the keyboard reaches too."""
    paths = block_paths(spec, dataset)
    key = f"labs.{controls.lab}.{BLOCK}"
    if st.session_state.get(key) not in (None, *paths):
        st.session_state[key] = paths[0]
    graph = assemble(fit_spec(spec, dataset))

    def take(path: str) -> None:
        if path in paths:
            st.session_state[key] = path

    components.drawing(
        overview_svg(graph, theme.current()), in_words(graph), key="inside.overview", height=300, on_chosen=take
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
    _draw_deviations(result)


def verdict(result: LookInsideResult, network: LookInsideNetwork) -> str:
    """What the network takes the image for, beside what it is."""
    best = max(range(len(network.scores)), key=network.scores.__getitem__)
    mark = "right" if result.classes[best] == result.truth else "wrong"
    return f"It is a **{result.truth}**; the network says {result.classes[best]} ({network.scores[best]:.0%}, {mark})."


def _draw_image(result: LookInsideResult, network: LookInsideNetwork) -> None:
    picture = np.array([result.image.rows(place) for place in range(len(result.image.channels))], dtype=np.uint8)
    shades = picture.mean(axis=0)
    colours = theme.current()
    scale = [[0.0, colours.background], [1.0, colours.text]]
    figure = go.Figure(go.Heatmap(z=shades, colorscale=scale, showscale=False, hoverinfo="skip"))
    _as_picture(figure)
    charts.draw_figure(figure, "inside.image", 220)
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
    colours = theme.current().diverging
    scale = [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]
    figure.update_layout(coloraxis={"colorscale": scale, "cmin": -reach, "cmax": reach})
    charts.draw_figure(figure, "inside.maps", 60 + ROW_HEIGHT * len(shown))
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


def _draw_deviations(result: LookInsideResult) -> None:
    """Deviation of x, of F(x) and of the sum, block by block, with its band over the seeds."""
    figure = go.Figure()
    blocks = [view.block for view in result.networks[0].blocks]
    for position, name in enumerate(ORDER[:2] + ORDER[3:4]):
        seeds = [deviations(network, name) for network in result.networks if len(network.blocks) == len(blocks)]
        if any(math.isfinite(each) for each in seeds[0]):
            charts.add_band(figure, range(1, len(blocks) + 1), seeds, name, position, texts=blocks)
    figure.update_xaxes(tickvals=list(range(1, len(blocks) + 1)), ticktext=blocks)
    figure.update_yaxes(title="deviation", rangemode="tozero")
    charts.draw_figure(figure, "inside.deviations", 280)
    if len(result.networks) > 1:
        st.caption(f"Median of {len(result.networks)} seeds, from the lowest to the highest. Above stands the first.")


def deviations(network: LookInsideNetwork, name: str) -> list[float]:
    """Deviation of one tensor in every block; NaN in blocks that have none of that name."""
    found = [{each.name: each.deviation for each in view.tensors} for view in network.blocks]
    return [each.get(name, math.nan) for each in found]


def frame(result: LookInsideResult) -> pd.DataFrame:
    """Every value that is shown: network, block, tensor, channel, row, column."""
    return pd.DataFrame(
        [
            (network.label, network.training.seed, view.block, maps.name, channel, row, column, value)
            for network in result.networks
            for view in network.blocks
            for maps in view.tensors
            for place, channel in enumerate(maps.channels)
            for row, line in enumerate(maps.values(place))
            for column, value in enumerate(line)
        ],
        columns=["network", "seed", "block", "tensor", "channel", "row", "column", "value"],
    )


LAB = Lab("inside", 9, "Look inside", (Part("maps", "Feature maps", _draw_maps_part),))
