"""Part of lab 9: a network on all test images. Which classes it confuses, which images it gets most wrong, how sure."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from explorer.experiments import QUICK_TRAINING
from explorer.experiments.catalogue.evaluate import (
    EvaluatedNetwork,
    EvaluateResult,
    Mistake,
    error_interval,
    other_order,
)
from explorer.experiments.catalogue.look_inside import FeatureMaps
from explorer.experiments.claims.claim import Plan
from explorer.language import N_, _, ngettext
from explorer.outputs.formatting import percent, whole
from explorer.ui.common import theme
from explorer.ui.labs.shared import charts, experiment, short_trainings
from explorer.ui.labs.shared.lab import Controls, Part, number
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_network_or_runs, depth_field

DEPTH, BINS = 20, 10
IMAGE_PIXELS = 96
"""The side of a shown image at least; small ones are enlarged by a whole factor, so that each pixel is a square."""
IMAGES_IN_A_ROW = 5
FEW_PAIRS = 4
MOST_CLASSES_NAMED = 30
"""With more classes, names would cover one another beside the confusion matrix: their numbers stand there."""
FIELDS = (
    depth_field(DEPTH, SMALL_DEPTHS[:4]),
    number(
        "bins",
        N_("Bins"),
        (5, 10, 15, 20),
        BINS,
        N_("Ranges of equal width of the probability of the predicted class."),
    ),
    short_trainings.SEEDS,
)


def _draw_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "evaluate")
    with right:
        bins = controls.whole("bins")
        seeds = controls.whole("seeds") if chosen.trains else 1
    if request := chosen.ask(Plan("evaluate", {"bins": bins, "seeds": seeds}, training=QUICK_TRAINING)):
        experiment.draw_panel("evaluate", request, draw, caption=charts.training_conditions(request), runs=chosen.runs)


def draw(result: EvaluateResult) -> None:
    """The errors of all networks, then confusion, calibration and the worst images of the first."""
    if not result.networks:
        st.caption(_("No network has been evaluated yet."))
        return
    st.dataframe(error_table(result.networks), hide_index=True, key="evaluate.errors", placeholder="")
    for sentence in order_sentences(result.classes, result.networks):
        st.warning(sentence, icon=":material/swap_vert:")
    network = result.networks[0]
    confusion, calibration = st.columns(2)
    with confusion:
        st.markdown(_("**Which classes are confused**"))
        charts.draw_figure(
            confusion_figure(result.classes, network),
            "evaluate.confusion",
            xaxis={"title": _("predicted class"), "tickangle": -45},
            yaxis={"title": _("true class"), "autorange": "reversed"},
        )
    with calibration:
        st.markdown(_("**How often it is right when it is this sure**"))
        charts.draw_figure(
            calibration_figure(result.networks),
            "evaluate.calibration",
            xaxis={"title": _("probability of the predicted class"), "range": [0, 1]},
            yaxis={"title": _("share of right answers"), "range": [0, 1.02]},
        )
    _draw_worst(result.classes, network.worst)


def error_table(networks: Sequence[EvaluatedNetwork]) -> pd.DataFrame:
    """A row for each network and seed: its error with the interval, its loss, its calibration error."""
    return pd.DataFrame(
        {
            _("network"): _(each.label),
            _("seed"): each.training.seed,
            _("test error %"): round(each.test_error, 2),
            _("95 % interval"): _("{low} to {high}").format(**_interval(each)),
            _("wrong"): _("{wrong} of {count}").format(wrong=f"{each.wrong:,}", count=f"{each.images:,}"),
            _("loss, nats"): round(each.loss, 4),
            _("calibration error %"): round(each.calibration_error, 2),
        }
        for each in networks
    )


def _interval(network: EvaluatedNetwork) -> dict[str, str]:
    return dict(
        zip(("low", "high"), (f"{end:.2f}" for end in error_interval(network.wrong, network.images)), strict=True)
    )


def order_sentences(classes: Sequence[str], networks: Sequence[EvaluatedNetwork]) -> Iterator[str]:
    """A sentence for each network that seems to know the classes in another order, as a file from elsewhere may."""
    for network in networks:
        if (other := other_order(network)) is not None:
            pairs = [
                _("{one} where {other} stands here").format(one=classes[truth], other=classes[said])
                for truth, said in other.said.items()
            ]
            order = _(", ").join(pairs[:FEW_PAIRS])
            if len(pairs) > FEW_PAIRS:
                order = _("{pairs} and {count} more").format(pairs=order, count=len(pairs) - FEW_PAIRS)
            yield _(
                "{network} seems to have these classes in another order: {order}. In that order its error would be "
                "{error} %, not {here} %. Name the class folders so that they sort in the network's order."
            ).format(
                network=_(network.label),
                order=order,
                error=f"{other.test_error:.2f}",
                here=f"{network.test_error:.2f}",
            )


def confusion_figure(classes: Sequence[str], network: EvaluatedNetwork) -> go.Figure:
    """True classes downwards, predicted ones to the right: the share of each true class; the diagonal is right."""
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for each in network.confusion:
        counts[each.truth, each.said] = each.count
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = list(classes) if len(classes) <= MOST_CLASSES_NAMED else [str(number) for number in range(len(classes))]
    colours = theme.current()
    return go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=shares,
            customdata=counts,
            zmin=0,
            zmax=1,
            colorscale=[[0.0, colours.background], [1.0, colours.chart[0]]],
            colorbar={"title": _("share"), "tickformat": ".0%"},
            hovertemplate=_("true %{y}, predicted %{x}: %{customdata} images, %{z:.1%}<extra></extra>"),
        )
    )


def calibration_figure(networks: Sequence[EvaluatedNetwork]) -> go.Figure:
    """The share of right answers in each bin over the mean probability there, and the diagonal to compare with."""
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", name=_("perfectly calibrated"), line={"dash": "dot"}, hoverinfo="skip"
        )
    )
    for position, each in enumerate(networks):
        bins = [one for one in each.bins if one.count]
        figure.add_scatter(
            x=[one.confidence for one in bins],
            y=[one.accuracy for one in bins],
            text=[
                ngettext("{count} image", "{count} images", one.count).format(count=whole(one.count)) for one in bins
            ],
            name=_("{network}, seed {seed}").format(network=each.label, seed=each.training.seed),
            mode="lines+markers",
            line=charts.line_style(position),
            hovertemplate=_("%{text}: right %{y:.1%} at a mean probability of %{x:.1%}<extra></extra>"),
        )
    return figure


def _draw_worst(classes: Sequence[str], worst: Sequence[Mistake]) -> None:
    st.markdown(_("**The images it gets most wrong**"))
    if not worst:
        st.caption(_("It puts every test image in the right class."))
        return
    for first in range(0, len(worst), IMAGES_IN_A_ROW):
        places = st.columns(IMAGES_IN_A_ROW)
        for place, mistake in zip(places, worst[first : first + IMAGES_IN_A_ROW], strict=False):
            place.image(picture(mistake.image), caption=mistake_text(classes, mistake))


def picture(maps: FeatureMaps) -> "NDArray[np.uint8]":
    """The image as bytes `(height, width, channels)` of one or three channels, enlarged to `IMAGE_PIXELS` or more."""
    channels = range(3 if len(maps.channels) >= 3 else 1)
    pixels = np.stack([np.array(maps.rows(place), dtype=np.float64) for place in channels], axis=-1)
    # The bytes of `FeatureMaps` span the image's own range; the image has its own brightness.
    pixels = maps.lowest + pixels * (maps.highest - maps.lowest) / 255
    factor = max(1, -(-IMAGE_PIXELS // max(maps.height, maps.width)))
    return pixels.round().astype(np.uint8).repeat(factor, axis=0).repeat(factor, axis=1)


def mistake_text(classes: Sequence[str], mistake: Mistake) -> str:
    """What an image is and what the network says of it, with the probabilities."""
    said, truth = percent(mistake.probability), percent(mistake.probability_of_truth)
    return _("{index}: {true_class} ({truth}), predicted {predicted} ({said})").format(
        index=mistake.index, true_class=classes[mistake.truth], truth=truth, predicted=classes[mistake.said], said=said
    )


EVALUATE_PART = Part("evaluate", N_("Evaluate"), _draw_part, FIELDS, asks=False)
