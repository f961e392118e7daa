"""A lab: whether the later blocks of a stage refine, by a linear head after every block and by the branch's angle."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.experiments.catalogue.iterative_refinement import RefinedBlock, RefinedNetwork, RefinementResult
from explorer.experiments.claims.refinement import DEPTH, ORDER, REFINEMENT_CLAIM, SURE, refinement_plan
from explorer.language import N_, _, sentence
from explorer.model.variants import ORDERS
from explorer.ui.common import theme
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import NET, Controls, Lab, Part, choice, remembered
from explorer.ui.labs.shared.networks import SMALL_DEPTHS, choose_network_or_runs, depth_field

PLACES = (
    N_("At all blocks by about as much."),
    N_("At the first block of a stage; the others add less."),
    N_("At the last blocks, close to the network's own head."),
)


def seen_of_stages(result: RefinementResult) -> predict.Question | None:
    """Asks in which stage the cosine of the later blocks is highest, by the mean of each seed's."""
    readings = stage_readings(next(iter(charts.by_label(result.networks).values()), ()))
    cosines = {each.stage: each.later_cosines for each in readings if each.later_cosines}
    if len(cosines) < 2:
        return None
    means = {stage: sum(each) / len(each) for stage, each in cosines.items()}
    best = max(means, key=means.__getitem__)
    told = ", ".join(f"{stage} {mean:.2f}" for stage, mean in means.items())
    return seen.one_of(
        "refinement.seen",
        N_("In which stage do the branches of the later blocks point most towards a lower loss, by their mean cosine?"),
        {stage: sentence("Its mean cosine is {mean}.", mean=f"{mean:.2f}") for stage, mean in means.items()},
        best,
        sentence("Mean cosines of the blocks after the first of each stage, as measured here: {values}.", values=told),
    )


QUESTION = predict.Question(
    "refinement",
    N_(
        "A network of three stages is trained. Then a linear head is trained on the stream after every block, without "
        "changing the network. At which blocks does the accuracy of these heads rise most?"
    ),
    PLACES,
    1,
    text.Section("refinement", "blocks_reveal"),
    {
        PLACES[0]: N_("The blocks are not alike: the first of a stage changes the shape, the others keep it."),
        PLACES[2]: N_("The classes can be read off much earlier, if a head of its own reads them."),
    },
    seen_of_stages,
    ("first estimate", "rises slowly", "concentrate on new"),
)


@dataclass(frozen=True)
class StageReading:
    """One stage over all seeds: the gain in accuracy of the first block and of each later one, in points; cosines.

    The network's very first block has no head before it, so `first_gains` is empty for the first stage.
    """

    stage: str
    first_gains: tuple[float, ...]
    later_gains: tuple[float, ...]
    later_cosines: tuple[float, ...]
    first_cosines: tuple[float, ...]
    sure: tuple[bool, ...]
    """Of each later block and seed, whether its cosine is positive beyond the noise of the random reference."""

    @property
    def refines(self) -> bool:
        """Whether the cosine of every later block is surely positive with every seed."""
        return bool(self.sure) and all(self.sure)


def stage_readings(networks: Sequence[RefinedNetwork]) -> list[StageReading]:
    """The stages of one network, from its readings with several seeds, without those that diverged."""
    read = [network for network in networks if network.blocks]
    names = dict.fromkeys(block.stage for network in read for block in network.blocks)
    return [_stage_reading(name, [network.blocks for network in read]) for name in names]


def _stage_reading(stage: str, seeds: Sequence[Sequence[RefinedBlock]]) -> StageReading:
    firsts, gains, laters, heads = [], [], [], []
    for blocks in seeds:
        inside = [block for block in blocks if block.stage == stage]
        before = blocks.index(inside[0]) - 1
        if before >= 0:
            gains.append(inside[0].head_accuracy - blocks[before].head_accuracy)
        if len(inside) > 1:
            heads.append((inside[-1].head_accuracy - inside[0].head_accuracy) / (len(inside) - 1))
        firsts.append(inside[0])
        laters += inside[1:]
    later = [block for block in laters if math.isfinite(block.cosine)]
    return StageReading(
        stage,
        tuple(gains),
        tuple(heads),
        tuple(block.cosine for block in later),
        tuple(block.cosine for block in firsts if math.isfinite(block.cosine)),
        tuple(block.cosine > SURE * block.noise for block in later),
    )


def _draw_blocks_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        chosen = choose_network_or_runs(controls, "iterative_refinement")
    with right:
        order = controls.choice("order") if chosen.trains and not remembered(NET.name) else ""
        trained = controls.choice("weights") == "1" if chosen.trains else True
        seeds = controls.whole("seeds") if chosen.trains else 1
    predict.draw_question(QUESTION)
    if request := chosen.ask(refinement_plan(trained, seeds, order)):
        caption = (
            training_conditions(request) if trained else _("The weights are those from which training would start.")
        )
        experiment.draw_panel(
            "refinement", request, draw, QUESTION, caption=caption, claims=(REFINEMENT_CLAIM,), runs=chosen.runs
        )
    if predict.is_answered(QUESTION):
        text.draw_section("refinement", "blocks_paper")


def draw(result: RefinementResult) -> None:
    """Accuracy and cosine block by block, a table of the stages, and what they say."""
    groups = charts.by_label(result.networks)
    for label, seeds in groups.items():
        if len(groups) > 1:
            st.markdown(f"**{_(label)}**")
        for network in seeds:
            if network.training.diverged:
                st.info(network.training.diverged, icon=":material/info:")
        known = [network for network in seeds if network.blocks]
        if known:
            _draw_network(label, known)
    st.caption(text.section("refinement", "blocks_caption"))


def _draw_network(label: str, seeds: Sequence[RefinedNetwork]) -> None:
    figure = make_subplots(
        1, 2, subplot_titles=(_("accuracy after the block, %"), _("cosine with the negative gradient"))
    )
    _add_curves(figure, seeds)
    stages = [block.stage for block in seeds[0].blocks]
    for place in [place for place in range(1, len(stages)) if stages[place] != stages[place - 1]]:
        figure.add_vline(x=place + 0.5, line={"color": theme.current().muted, "width": 1, "dash": "dot"})
    figure.update_xaxes(title=_("block, from the input"))
    charts.draw_figure(figure, f"refinement.chart.{label}")
    readings = stage_readings(seeds)
    st.dataframe(table(readings), hide_index=True, key=f"refinement.table.{label}", placeholder="")
    for said in sentences(readings):
        st.markdown(said)


CURVES = (
    ("head_accuracy", N_("linear head, trained for each block"), 0, False, 1),
    ("own_accuracy", N_("the network's own head"), 1, True, 1),
    ("cosine", "F(x)", 2, False, 2),
    ("other_cosine", N_("F of another image"), 3, True, 2),
    ("random_cosine", N_("random vector"), 4, True, 2),
)
"""Field of a block, name, colour, dashes, and column of the chart."""


def _add_curves(figure: go.Figure, seeds: Sequence[RefinedNetwork]) -> None:
    places = range(1, len(seeds[0].blocks) + 1)
    names = [block.block for block in seeds[0].blocks]
    for field, name, colour, dashed, column in CURVES:
        values = [[getattr(block, field) for block in network.blocks] for network in seeds]
        if any(math.isfinite(value) for seed in values for value in seed):
            style = charts.line_style(colour, dashed)
            charts.add_band(figure, places, values, name, style, texts=names, row=1, col=column)


def table(readings: Sequence[StageReading]) -> pd.DataFrame:
    """A row for each stage: gains in accuracy and cosines, medians over seeds (cosines: over blocks and seeds)."""
    return pd.DataFrame(
        [
            {
                _("Stage"): each.stage,
                _("First block, points"): median_with_range(each.first_gains),
                _("Each later block, points"): median_with_range(each.later_gains),
                _("Cosine, first block"): median_with_range(each.first_cosines, ".3f"),
                _("Cosine, later blocks"): median_with_range(each.later_cosines, ".3f"),
                _("Later cosines surely positive"): _("{count} of {total}").format(
                    count=sum(each.sure), total=len(each.sure)
                ),
            }
            for each in readings
        ]
    )


def sentences(readings: Sequence[StageReading]) -> Iterator[str]:
    """What the stages say, as measured: where the branches point downhill, and where the accuracy rises."""
    refining = [each.stage for each in readings if each.refines]
    others = [each.stage for each in readings if each.sure and not each.refines]
    if refining:
        yield _(
            "**As measured here**, every later block of {stages} adds a vector that points downhill: "
            "its cosine is more "
            "than {sure} standard deviations of the random reference above 0, with every seed."
        ).format(stages=_listed(refining), sure=f"{SURE:g}")
    for each in readings:
        if each.stage in others:
            yield _(
                "In {stage} {count} of {total} cosines of later blocks are that far above 0, so this "
                "stage is not shown "
                "to refine as a whole."
            ).format(stage=each.stage, count=sum(each.sure), total=len(each.sure))
    if verdict := accuracy_verdict(readings):
        yield verdict


def accuracy_verdict(readings: Sequence[StageReading]) -> str:
    """Whether the first block of each stage but the first raises the accuracy more than each later one; or nothing."""
    compared = [each for each in readings if each.first_gains and each.later_gains]
    if not compared:
        return ""
    holds = [each for each in compared if min(each.first_gains) > max(each.later_gains)]
    found = "; ".join(
        _("{stage} {first} against {later} points").format(
            stage=each.stage, first=f"{fmean(each.first_gains):+.1f}", later=f"{fmean(each.later_gains):+.1f}"
        )
        for each in compared
    )
    if len(holds) == len(compared):
        return _(
            "The first block of a stage adds most to the accuracy of the heads, each later one less ({found})."
        ).format(found=found)
    left = _listed([each.stage for each in compared if each not in holds])
    return _(
        "**Agrees with the papers? Not here**: in {stages} the first block does not add most with every seed ({found})."
    ).format(stages=left, found=found)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else _(" and ").join((", ".join(names[:-1]), names[-1]))


LAB = Lab(
    "refinement",
    10,
    N_("Iterative refinement"),
    (
        Part(
            "blocks",
            N_("A head after every block"),
            _draw_blocks_part,
            (
                depth_field(DEPTH, SMALL_DEPTHS[1:], N_("Layers of the small network. More layers take longer.")),
                choice(
                    "order",
                    N_("Activation order"),
                    {name: ORDERS[name].label for name in ("preact", "post")},
                    ORDER,
                    N_("With pre-activation nothing follows the addition, so the stream is exactly x + F(x)."),
                ),
                short_trainings.weights_field(N_("Trained, or as initialised: then nothing can be refined.")),
                short_trainings.SEEDS,
            ),
        ),
    ),
)
