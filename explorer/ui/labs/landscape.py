"""Lab 8: the loss around trained weights, plain and residual on one scale, as surfaces or contours."""

import math
from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from explorer.experiments import QUICK_TRAINING
from explorer.experiments.catalogue.landscape import LandscapeNetwork, LandscapeResult
from explorer.experiments.claims.landscape import DEPTH, LANDSCAPE_CLAIM, SECONDS, landscape_plan
from explorer.language import N_, Text, _, sentence
from explorer.ui.labs.landscape_pictures import draw_contours, draw_cuts, draw_surfaces
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import training_conditions, training_outcome
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choice, number
from explorer.ui.labs.shared.networks import NetworkChoice, choose_network_or_runs, depth_field

DIRECTIONS = {"random": N_("random"), "pca": N_("along the training")}
PICTURES = {"surface": N_("Surface"), "contours": N_("Contours")}
FIGURE_5 = ((20, 7.37, 8.18), (56, 5.89, 13.31), (110, 5.79, 16.44))
"""Layers, and test errors in percent on CIFAR-10 with and without shortcuts, as Li et al. 2018 print under Fig. 5."""
CAPTURED = N_("Path in the plane")
FIELDS = (
    depth_field(DEPTH, help=N_("Layers of the small network. More layers take longer.")),
    number(
        "seconds",
        N_("Seconds for the slices"),
        (2, 4, 6, 10, 20, 60, 120),
        SECONDS,
        N_("More seconds give a finer grid."),
    ),
    short_trainings.SEEDS,
    choice(
        "directions", N_("Directions"), DIRECTIONS, "random", N_("Along the training shows the path of the weights.")
    ),
    number("radius", N_("Reach, %"), (25, 50, 100, 150), 100, N_("In percent of the norm of the weights.")),
    choice("picture", N_("Picture"), PICTURES, "surface", N_("Both show the same numbers.")),
)
VALLEYS, PLATEAU, BOWL = (
    N_("Many narrow valleys; the residual network has a smooth bowl."),
    N_("A high plateau with almost no valley; the residual network has a bowl."),
    N_("A bowl too, but a shallower one."),
)
HARDLY_LEARNS = 44
"""Layers from which the plain network, as trained here, has hardly learnt: its loss is above 1.4 after 150 steps."""


def landscape_question(depth: int, trained: Text) -> predict.Question:
    """The question on networks of this depth, trained as the text says."""
    deep = depth >= HARDLY_LEARNS
    return (
        seen.one_of(
            "landscape",
            sentence(
                "{depth} layers, {trained}. How does the loss look around the **plain** network, compared "
                "with the residual network?",
                depth=depth,
                trained=trained,
            ),
            {
                VALLEYS: N_(
                    "The chaotic surface of Li et al. 2018, Fig. 1, belongs to deep plain networks after a full "
                    "training on CIFAR-10; it does not appear at this size."
                ),
                PLATEAU: N_("At this depth the plain network still learns, so it has a valley to lie in."),
                BOWL: N_("At this depth the plain network has hardly learnt, so there is almost no bottom."),
            },
            PLATEAU if deep else BOWL,
            N_(
                "The plain network has hardly learnt, and the loss is about as high in every direction. The residual "
                "network "
                "is at the bottom of a bowl."
            )
            if deep
            else N_(
                "The plain network has learnt as well, though less: it lies in a bowl whose bottom is higher. "
                "Choose more "
                "layers to see where the bowl goes."
            ),
        )
        .asking(seen_of_losses)
        .told_by("chaotic", "nearly convex", "hardly learnt", "does not appear")
    )


def seen_of_losses(result: LandscapeResult) -> predict.Question | None:
    """Asks whose least loss in the slices is the highest."""
    least: dict[str, list[float]] = {}
    for network in result.networks:
        losses = [loss for row in network.losses for loss in row if math.isfinite(loss)]
        if losses:
            least.setdefault(network.label, []).append(min(losses))
    return seen.highest("landscape.seen", N_("Whose slice has the higher bottom, its least loss?"), least)


def _draw_slices_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "landscape")
        seconds = controls.whole("seconds")
        seeds = controls.whole("seeds") if chosen.trains else 1
    with right:
        # The path of a finished run is not kept.
        directions = controls.choice("directions") if chosen.trains else "random"
        # Along the training the slice is as wide as the path.
        radius = controls.whole("radius") if directions == "random" else 100
        picture = controls.choice("picture")
    question = landscape_question(*_asked_of(chosen))
    predict.draw_question(question)
    if request := chosen.ask(landscape_plan(seconds, directions, radius / 100, seeds)):
        plain = charts.plain_labels(request)
        experiment.draw_panel(
            "landscape",
            request,
            lambda result: draw(result, picture, plain),
            question,
            caption=training_conditions(request),
            claims=(LANDSCAPE_CLAIM,),
            runs=chosen.runs,
        )
    if predict.is_answered(question):
        _draw_paper()


def _asked_of(chosen: NetworkChoice) -> tuple[int, Text]:
    """The depth of the chosen network, and how it is trained."""
    if chosen.network is not None:
        return chosen.network.depth, sentence("{steps} steps of training on the digits", steps=QUICK_TRAINING.steps)
    run = chosen.runs[0] if chosen.runs else None
    return (
        (run.spec.depth, sentence("trained for {steps} steps", steps=f"{run.steps:,}"))
        if run
        else (FIELDS[0].default, sentence("trained"))
    )


def _draw_paper() -> None:
    """A table of the errors that the paper prints under Fig. 5, and a text on the figure."""
    st.markdown(_("**Li et al. 2018, Fig. 5** ([arXiv:1712.09913](https://arxiv.org/abs/1712.09913))"))
    frame = pd.DataFrame(FIGURE_5, columns=[_("Layers"), _("With shortcuts, %"), _("Without, %")])
    percent = st.column_config.NumberColumn(format="%.2f")
    columns = {_("With shortcuts, %"): percent, _("Without, %"): percent}
    st.dataframe(frame, hide_index=True, key="landscape.paper", column_config=columns, width=420)
    st.caption(text.section("landscape", "slices_paper"), width=text.READABLE_WIDTH)


def draw(result: LandscapeResult, picture: str, plain: Collection[str] = ("plain",)) -> None:
    """The slices of the first seed side by side, the middle cut with a band over the seeds, and a table."""
    drawn = [network for network in result.networks if network.losses]
    for network in result.networks:
        if network.training.diverged:
            st.info(f"{_(network.label)}: {network.training.diverged}", icon=":material/info:")
    if not drawn:
        return
    first = [seeds[0] for seeds in charts.by_label(drawn).values()]
    if picture == "surface":
        draw_surfaces(first)
    else:
        draw_contours(first)
    if len(drawn) > len(first) and result.directions == "random":
        draw_cuts(drawn, plain)
    st.dataframe(table(drawn), hide_index=True, key="landscape.table", placeholder="")
    axes = _("principal directions of the training") if result.directions == "pca" else _("random, filter-normalised")
    st.caption(
        _(
            "Loss on {images} training images along two directions ({axes}), on one logarithmic scale for all. The "
            "trained network is at 0, 0. These are two directions of thousands: a slice, not the whole landscape."
        ).format(images=result.images, axes=axes)
    )


def table(networks: Sequence[LandscapeNetwork]) -> pd.DataFrame:
    """A row for each network: outcome of training, least and greatest loss, grid, share of the path in the plane."""
    lines = []
    for network in networks:
        losses = [loss for row in network.losses for loss in row if math.isfinite(loss)]
        lines.append(
            {
                _("Network"): _(network.label),
                _("Seed"): network.training.seed,
                _("Trained"): training_outcome(network.training),
                _("Least loss"): f"{min(losses):.3g}" if losses else "",
                _("Greatest loss"): f"{max(losses):.3g}" if losses else "",
                _("Grid"): f"{len(network.xs)} × {len(network.ys)}",
                _(CAPTURED): f"{network.captured:.0%}" if math.isfinite(network.captured) else _("not measured"),
            }
        )
    return pd.DataFrame(lines)


LAB = Lab("landscape", 8, N_("Loss landscape"), (Part("slices", N_("Slices"), _draw_slices_part, FIELDS),))
