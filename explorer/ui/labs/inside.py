"""Lab 9: one image on its way through a network: x, F(x), h(x) and their sum as tensors."""

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.datasets.catalogue import DATASETS, dataset_facts, fit_spec
from explorer.experiments import QUICK_TRAINING
from explorer.experiments.catalogue.look_inside import BlockView, FeatureMaps, LookInsideNetwork, LookInsideResult
from explorer.experiments.claims.inside import CHANNELS, DEPTH, IMAGE, INSIDE_CLAIM, deviations, inside_plan
from explorer.language import N_, _, sentence
from explorer.model import ModelSpec, assemble
from explorer.model.field_types import Text, Whole
from explorer.outputs.drawing.overview.picture import overview_svg
from explorer.outputs.drawing.overview.picture import summary as description_of
from explorer.ui.common import components, theme
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs.evaluate import EVALUATE_PART
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, number
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_network_or_runs, depth_field

MOST_IMAGES = 1000
"""The most test images to choose from: the first ones of a large data set."""
BLOCK = "block"
ROW_HEIGHT = 120
OVERVIEW_HEIGHT = 420
IMAGES = ("digits", "gratings", "shapes_easy")
DATA_HELP = N_(
    "Digits of 8 x 8 pixels, coloured gratings of 16 x 16, or coloured shapes of 32 x 32. Larger images leave room for"
    " maps of edges and parts in the first stages, and take longer to train on: the button says how long."
)
MARKS = {True: N_("right"), False: N_("wrong")}
TENSORS = ("x", "F(x)", "h(x)", "F(x) + h(x)", N_("output"))
FIELDS = (
    depth_field(DEPTH, SMALL_DEPTHS[:4]),
    short_trainings.weights_field(N_("After a training or before.")),
    choice("data", N_("Images"), {name: DATASETS[name].label for name in IMAGES}, "digits", DATA_HELP),
    AddressField("image", N_("Test image"), Value(Whole(0, MOST_IMAGES - 1)), IMAGE, N_("Number of the test image.")),
    number(
        "channels", N_("Channels"), (1, 2, 4, 6, 8), CHANNELS, N_("The channels whose sum varies most over the image.")
    ),
    short_trainings.SEEDS,
    AddressField(BLOCK, N_("Block"), Value(Text()), "", N_("Or choose the block in the picture.")),
)
GROWTH = (
    N_("It shrinks: every block filters something out."),
    N_("It stays the same."),
    N_("It grows: every block adds something."),
)


def inside_question(depth: int, *, trained: bool) -> predict.Question:
    """The question on a network of this depth."""
    text = (
        N_(
            "In a trained residual network of {depth} layers, how does the standard deviation of x "
            "change from the first "
            "block of a stage to the last?"
        )
        if trained
        else N_(
            "In an untrained residual network of {depth} layers, how does the standard deviation of x change from the "
            "first block of a stage to the last?"
        )
    )
    return predict.Question(
        "inside",
        sentence(text, depth=depth),
        GROWTH,
        2,
        N_(
            "Every branch adds its output to x. The sum of two tensors that do not cancel each other has a larger "
            "deviation than each of them. So the deviation of x grows from block to block within a stage, and a single "
            "branch counts less and less beside it. (Here a ReLU follows each sum and reduces it somewhat.)"
        ),
        {
            GROWTH[0]: N_("A branch adds to x; it would have to give the opposite of x to take something away."),
            GROWTH[1]: N_("It would if every branch gave zero, or if a normalisation followed the addition."),
        },
        seen_of_branches,
        (
            "grows from block to block",
            "smaller than those of plain",
            "those of residual networks",
        ),
    )


def seen_of_branches(result: LookInsideResult) -> predict.Question | None:
    """Asks in which block of the first stage the branch is largest beside x, by the median over the seeds."""
    ratios: dict[str, list[float]] = {}
    for network in result.networks:
        pairs = zip(network.blocks, deviations(network, "x"), deviations(network, "F(x)"), strict=True)
        stage = [(view.block, branch / x) for view, x, branch in pairs if x > 0 and math.isfinite(branch)]
        stage = [each for each in stage if each[0].partition(".")[0] == stage[0][0].partition(".")[0]]
        for block, ratio in (stage[0], stage[-1]) if len(stage) > 1 else ():
            ratios.setdefault(block, []).append(ratio)
    text = N_("In which of these two blocks is the deviation of F(x) larger in relation to that of x?")
    return seen.highest("inside.seen", text, ratios)


def block_paths(spec: ModelSpec, dataset: str = QUICK_TRAINING.dataset) -> tuple[str, ...]:
    """The paths of the blocks of a network that is fitted to the images."""
    graph = assemble(fit_spec(spec, dataset))
    return tuple(placed.path for _, placed in graph.placed_blocks() if placed.path)


def _draw_maps_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "look_inside")
        trained = controls.choice("weights") == "1" if chosen.trains else True
    dataset = chosen.runs[0].dataset if chosen.runs else QUICK_TRAINING.dataset
    if chosen.trains:
        with left:
            dataset = controls.choice("data")
    with right:
        image = controls.whole("image", range(min(dataset_facts(dataset).test_images, MOST_IMAGES)))
        channels = controls.whole("channels")
        seeds = controls.whole("seeds") if chosen.trains else 1
    network = chosen.network or (chosen.runs[0].spec if chosen.runs else None)
    question = inside_question(network.depth if network else FIELDS[0].default, trained=trained)
    predict.draw_question(question)
    if request := chosen.ask(inside_plan(image, channels, trained, seeds, dataset)):
        block = _choose_block(controls, request.networks[0].spec, dataset)
        experiment.draw_panel(
            "inside", request, lambda result: draw(result, block), question, claims=(INSIDE_CLAIM,), runs=chosen.runs
        )
    predict.draw_section(question, "inside", "maps_paper")


def _choose_block(controls: Controls, spec: ModelSpec, dataset: str) -> str:
    """The block that the visitor chooses: by a click in the drawing, or in a menu that the keyboard reaches too."""
    paths = block_paths(spec, dataset)
    key = f"labs.{controls.lab}.{BLOCK}"
    if st.session_state.get(key) not in (None, *paths):
        st.session_state[key] = paths[0]
    graph = assemble(fit_spec(spec, dataset))

    def choose(path: str) -> None:
        if path in paths:
            st.session_state[key] = path

    components.drawing(
        overview_svg(graph, theme.current()),
        description_of(graph),
        key="inside.overview",
        height=OVERVIEW_HEIGHT,
        smallest=components.READABLE_WORDS,
        on_chosen=choose,
    )
    return controls.menu(BLOCK, paths)


def draw(result: LookInsideResult, block: str) -> None:
    """The image and its classification, the tensors of the chosen block, and the deviations in all blocks."""
    network = result.networks[0]
    view = next((each for each in network.blocks if each.block == block), network.blocks[0])
    left, right = st.columns([1, 4])
    with left:
        _draw_image(result, network)
    with right:
        _draw_block(view)
    _draw_deviations(result)


def prediction_sentence(result: LookInsideResult, network: LookInsideNetwork) -> str:
    """A sentence with the true class of the image and the class that the network predicts."""
    best = max(range(len(network.scores)), key=network.scores.__getitem__)
    mark = MARKS[result.classes[best] == result.truth]
    predicted = f"{result.classes[best]} ({network.scores[best]:.0%}, {_(mark)})"
    return _("The class is **{true_class}**; the network predicts {predicted}.").format(
        true_class=result.truth, predicted=predicted
    )


def _draw_image(result: LookInsideResult, network: LookInsideNetwork) -> None:
    picture = np.array([result.image.rows(place) for place in range(len(result.image.channels))], dtype=np.uint8)
    shades = picture.mean(axis=0)
    colours = theme.current()
    scale = [[0.0, colours.background], [1.0, colours.text]]
    figure = go.Figure(go.Heatmap(z=shades, colorscale=scale, showscale=False, hoverinfo="skip"))
    _as_picture(figure)
    charts.draw_figure(figure, "inside.image", 220)
    st.markdown(prediction_sentence(result, network))
    if network.training.diverged:
        st.caption(network.training.diverged)


def tiles(maps: FeatureMaps) -> "NDArray[np.float64]":
    """The channels side by side with a column of NaN between two; shape `(height, channels x (width + 1) - 1)`."""
    gap = np.full((maps.height, 1), math.nan)
    pieces: list[NDArray[np.float64]] = []
    for place in range(len(maps.channels)):
        pieces += [gap, np.array(maps.values(place))]
    return np.hstack(pieces[1:]) if pieces else gap


def _draw_block(view: BlockView) -> None:
    """A row for each tensor, all on one colour scale that is symmetric about 0."""
    shown = [each for name in TENSORS for each in view.tensors if each.name == name and each.channels]
    reach = max((max(abs(each.lowest), abs(each.highest)) for each in shown), default=1.0) or 1.0
    titles = [
        _("{tensor}: {height} × {width}, deviation {deviation}").format(
            tensor=_(each.name), height=each.height, width=each.width, deviation=f"{each.deviation:.2f}"
        )
        for each in shown
    ]
    figure = make_subplots(len(shown), 1, subplot_titles=titles, vertical_spacing=0.3 / max(1, len(shown)))
    for row, each in enumerate(shown, 1):
        figure.add_trace(
            go.Heatmap(
                z=tiles(each), coloraxis="coloraxis", hovertemplate="%{z:.3f}<extra>" + _(each.name) + "</extra>"
            ),
            row=row,
            col=1,
        )
    _as_picture(figure)
    figure.update_layout(coloraxis={"colorscale": theme.current().diverging, "cmin": -reach, "cmax": reach})
    charts.draw_figure(figure, "inside.maps", 60 + ROW_HEIGHT * len(shown))
    names = ", ".join(map(str, shown[-1].channels)) if shown else _("none")
    total = shown[-1].total_channels if shown else 0
    st.caption(
        _(
            "{block}, shortcut: {shortcut}. Channels {names} of {total}, from left to right; a row shows "
            "those of them that it has. The deviation is over all channels. Values are exact to 1/255 of "
            "the range of their row."
        ).format(block=view.block, shortcut=view.shortcut, names=names, total=total)
    )


def _as_picture(figure: go.Figure) -> None:
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")


def _draw_deviations(result: LookInsideResult) -> None:
    """The deviations of x, F(x) and their sum, block by block, with bands over the seeds."""
    figure = go.Figure()
    blocks = [view.block for view in result.networks[0].blocks]
    for position, name in enumerate(TENSORS[:2] + TENSORS[3:4]):
        seeds = [deviations(network, name) for network in result.networks if len(network.blocks) == len(blocks)]
        if any(math.isfinite(each) for each in seeds[0]):
            charts.add_band(figure, range(1, len(blocks) + 1), seeds, name, charts.line_style(position), texts=blocks)
    across = {"tickvals": list(range(1, len(blocks) + 1)), "ticktext": blocks}
    upwards = {"title": _("deviation"), "rangemode": "tozero"}
    charts.draw_figure(figure, "inside.deviations", 280, xaxis=across, yaxis=upwards)
    if len(result.networks) > 1:
        st.caption(
            _("Median, lowest and highest of {count} seeds. The pictures above show the first seed.").format(
                count=len(result.networks)
            )
        )


LAB = Lab("inside", 9, N_("Look inside"), (Part("maps", N_("Feature maps"), _draw_maps_part, FIELDS), EVALUATE_PART))
