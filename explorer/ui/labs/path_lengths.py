"""Lab 7, second part: the number of paths of each length, and the paths that carry the gradient."""

import math
from collections.abc import Sequence
from statistics import median

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.theory import summarise
from explorer.experiments.catalogue.gradient_paths import PathNetwork, PathResult
from explorer.experiments.claims.lesion import PATHS_CLAIM, PATHS_DEPTH, SAMPLES, SHARE, lengths_that_carry, paths_plan
from explorer.language import N_, _, sentence
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings
from explorer.ui.labs.shared.lab import Controls, Part, number
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_network_or_runs, depth_field

SINGLE_PATH = N_("The network has no residual block, so it has a single path and no lengths to compare.")
SHORTEST, FEW, HALF, LONGEST = (
    N_("The shortest paths: through the shortcuts alone."),
    N_("Short paths, through clearly fewer than half of the blocks."),
    N_("Paths through about half of the blocks: they are the most frequent."),
    N_("The longest paths: they use every weight."),
)
ABOUT_HALF = 0.4
"""The least share of the blocks that counts as about half."""
MANY_BLOCKS = 15
"""From here on trained small networks show short paths: the peak is at 4 or 5 of 15 blocks, and at 4 of 9."""
MANY_UNTRAINED = 27
"""The same before training, where the peak is at 9 or 11 of 27 blocks, and at 7 or 8 of 15."""
REASONS = {
    SHORTEST: N_("Along each of them the gradient is largest, but there are very few."),
    FEW: N_(
        "The gradient hardly fades where there are few blocks, or before training, so the number of paths decides."
    ),
    HALF: N_("They are the most frequent, but along each the gradient has faded by many branches."),
    LONGEST: N_("The gradient fades with every branch, and only one path crosses all of them."),
}


def paths_question(blocks: int, *, trained: bool) -> predict.Question:
    """The question on a network of this many residual blocks."""
    text = (
        N_(
            "This trained network has {blocks} residual blocks. Which paths carry most of the gradient to the first "
            "block?"
        )
        if trained
        else N_(
            "This untrained network has {blocks} residual blocks. Which paths carry most of the gradient to the first "
            "block?"
        )
    )
    return (
        seen.one_of(
            "paths",
            sentence(text, blocks=blocks),
            REASONS,
            FEW if blocks >= (MANY_BLOCKS if trained else MANY_UNTRAINED) else HALF,
            N_(
                "There are few very short paths, and the gradient along long paths fades. The product is largest in "
                "between. "
                "The more blocks, the nearer it is to the short end: a deep network behaves like an ensemble of rather "
                "shallow "
                "networks. With few blocks, or before training, it hardly fades, and the most "
                "frequent lengths carry most "
                "of it: compare depths."
            ),
        )
        .asking(seen_of_lengths)
        .told_by("gradient fades", "short ones", "ensemble", "0.45 %")
    )


def seen_of_lengths(result: PathResult) -> predict.Question | None:
    """Asks where the share of the gradient has its peak, by the median over the seeds."""
    peaks = [
        max(network.lengths, key=lambda each: each.share).length / network.blocks
        for network in result.networks
        if network.blocks and len(network.lengths) == network.blocks + 1
    ]
    if not peaks:
        return None
    peak = median(peaks)
    right = FEW if peak < ABOUT_HALF else HALF if peak <= 1 - ABOUT_HALF else LONGEST
    options = {
        FEW: N_("Clearly fewer than half of the blocks."),
        HALF: N_("About half of the blocks: 40 to 60 %."),
        LONGEST: N_("Clearly more than half of the blocks."),
    }
    return seen.one_of(
        "paths.seen",
        N_(
            "How many of the blocks do the paths cross that together carry the largest share of the "
            "gradient, the peak of "
            "the right curve?"
        ),
        dict.fromkeys(options.values(), N_("The peak of the right curve is elsewhere.")),
        options[right],
        sentence("As measured here, the peak is at {share} % of the blocks.", share=f"{100 * peak:.0f}"),
    )


def _draw_paths_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "gradient_paths", "layers")
    with right:
        samples = controls.whole("samples")
        trained = controls.choice("weights") == "1" if chosen.trains else True
        seeds = controls.whole("seeds") if chosen.trains else 1
    blocks = sum((chosen.network or chosen.runs[0].spec).stage_blocks) if chosen.trains or chosen.runs else MANY_BLOCKS
    question = paths_question(blocks, trained=trained)
    predict.draw_question(question)
    if request := chosen.ask(paths_plan(samples, trained, seeds)):
        experiment.draw_panel("paths", request, draw, question, claims=(PATHS_CLAIM,), runs=chosen.runs)
    predict.draw_section(question, "lesion", "paths_paper")


def draw(result: PathResult) -> None:
    """Charts by length: number of paths, gradient of one path, share of the gradient; and a sentence on the ranges."""
    titles = (_("paths of this length"), _("gradient along one path"), _("share of all gradient, %"))
    figure = make_subplots(1, 3, subplot_titles=titles)
    styles = charts.network_styles([network.label for network in result.networks])
    for label, seeds in charts.by_label(result.networks).items():
        for network in seeds:
            if not network.lengths:
                _draw_reason(network)
        known = [each for each in seeds if each.lengths and len(each.lengths) == len(seeds[0].lengths)]
        if known:
            _draw_lengths(figure, label, known, styles[label])
    figure.update_yaxes(type="log", col=2)
    figure.update_xaxes(title=_("branches on the path"))
    figure.update_layout(showlegend=len({each.label for each in result.networks}) > 1)
    charts.draw_figure(figure, "paths.chart")
    for network in result.networks:
        if len(network.lengths) == network.blocks + 1 and network.blocks:
            st.markdown(path_sentence(network, len(result.networks) > 1))
    st.caption(
        _(
            "Norm of the gradient at the first block: the mean over random paths of each length, 64 "
            "training images, batch "
            "statistics. The share is the number of paths times that mean. Adding norms is only a "
            "rough estimate, since "
            "paths may cancel each other. In a network of few blocks the gradient hardly fades, and the most frequent "
            "lengths carry most of it: compare depths."
        )
    )


def _draw_lengths(figure: go.Figure, label: str, seeds: Sequence[PathNetwork], style: charts.Style) -> None:
    """Adds the three curves of one network, the second and third with a band over the seeds."""
    lengths = [each.length for each in seeds[0].lengths]
    paths = [each.paths for each in seeds[0].lengths]
    figure.add_bar(
        x=lengths,
        y=paths,
        name=_(label),
        legendgroup=label,
        showlegend=False,
        marker_color=style["color"],
        row=1,
        col=1,
    )
    gradients = [[each.gradient or math.nan for each in network.lengths] for network in seeds]
    charts.add_band(figure, lengths, gradients, label, style, row=1, col=2)
    shares = [[100 * each.share for each in network.lengths] for network in seeds]
    charts.add_band(figure, lengths, shares, label, style, legend=False, row=1, col=3)


def _draw_reason(network: PathNetwork) -> None:
    reason = network.training.diverged or _(SINGLE_PATH)
    st.info(reason, icon=":material/info:")


def path_sentence(network: PathNetwork, named: bool = False) -> str:
    """The ranges of length with 95 % of the paths and of the gradient. `named` puts the network and seed first."""
    most = summarise([each.paths for each in network.lengths], SHARE)
    low, high, part = lengths_that_carry(network)
    found = _(
        "Of {blocks} blocks, 95 % of the paths cross **{shortest} to {longest}**; 95 % of the "
        "gradient comes along paths "
        "that cross **{low} to {high}**, which are {part} % of all paths."
    ).format(
        blocks=network.blocks,
        shortest=most.shortest,
        longest=most.longest,
        low=low,
        high=high,
        part=f"{100 * part:.3g}",
    )
    if not named:
        return found
    name = _("{network}, seed {seed}").format(network=_(network.label), seed=network.training.seed)
    return f"{name}: {found}"


PATHS_PART = Part(
    "paths",
    N_("Paths that carry gradient"),
    _draw_paths_part,
    (
        depth_field(PATHS_DEPTH, SMALL_DEPTHS[1:], N_("Two layers for each block, and two more."), "layers"),
        number("samples", N_("Samples"), (5, 10, 20, 50), SAMPLES, N_("Random paths of each length.")),
        short_trainings.weights_field(N_("Initial or trained.")),
        short_trainings.SEEDS,
    ),
)
