"""Lab 1: weight decay makes the branches smaller, so that a block comes nearer to passing on its input."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments.catalogue.weight_decay import DecayPoint, DecayResult
from explorer.experiments.claims.weight_decay import DECAY_CLAIM, DECAYS, DEPTH, SEEDS, decay_plan
from explorer.language import N_, _, ngettext, sentence
from explorer.ui.labs.shared import charts, experiment, predict, seen, short_trainings, text
from explorer.ui.labs.shared.charts import median_with_range, training_conditions
from explorer.ui.labs.shared.lab import Controls, Part, choices
from explorer.ui.labs.shared.networks import choose_small_or_own, depth_field

OFFERED = {name: name for name in ("0", "0.0001", "0.001", "0.01", "0.03", "0.1")}
LABEL = N_("weight decay {value}")
ASKED = (0.0, 0.1)
STRONG = 0.03
"""Weight decay from which the last branch becomes smaller within a short training, at every depth that is offered."""
CHANGES = (
    N_("It grows: the branch must work against the pull."),
    N_("It hardly changes."),
    N_("It becomes clearly smaller."),
)


def seen_of_losses(result: DecayResult) -> predict.Question | None:
    """Asks with which weight decay the training loss ended highest."""
    return seen.highest_loss(
        "decay.seen", ((sentence(LABEL, value=f"{point.decay:g}"), point.training) for point in result.points)
    )


def question(depth: int, decays: Sequence[float] = ASKED) -> predict.Question:
    """The question on a network of so many layers, for the ends of the values where the largest is strong."""
    least, most = (min(decays), max(decays)) if decays and min(decays) < STRONG <= max(decays) else ASKED
    return predict.Question(
        "decay",
        sentence(
            "A residual network of {depth} layers is trained with weight decay {least} and with {most}; "
            "the usual value is 0.0001. How does the size of the last block's branch beside its shortcut "
            "change?",
            depth=depth,
            least=f"{least:g}",
            most=f"{most:g}",
        ),
        CHANGES,
        2,
        text.Section("degradation", "decay_reveal"),
        {
            CHANGES[0]: N_(
                "Training works against the pull where the loss needs the branch; the last block needs less of it."
            ),
            CHANGES[1]: sentence(
                "With the usual value it hardly does; {most} is some hundred times that value and more, and "
                "acts within a short training.",
                most=f"{most:g}",
            ),
        },
        seen_of_losses,
        ("falls to less", "smaller: with weight decay", "should therefore fall", "makes the branches of the last"),
    )


def _draw_decay_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
    with right:
        seeds = controls.whole("seeds")
    decays = controls.choices("decays")
    asked = question(base.depth, [float(each) for each in decays])
    predict.draw_question(asked)
    request = experiment.try_to_make(lambda: decay_plan([float(each) for each in decays], seeds).request(base))
    if request is not None:
        caption = _("Measured on 64 training images in training mode. {conditions}").format(
            conditions=training_conditions(request)
        )
        experiment.draw_panel("decay", request, draw, asked, claims=(DECAY_CLAIM,), caption=caption)


def by_decay(result: DecayResult) -> dict[float, list[DecayPoint]]:
    """The points of each weight decay, one for each seed."""
    groups: dict[float, list[DecayPoint]] = {}
    for point in result.points:
        groups.setdefault(point.decay, []).append(point)
    return dict(sorted(groups.items()))


def draw(result: DecayResult) -> None:
    """A chart of the branches block by block, a curve for each weight decay; a sentence and a table."""
    groups = by_decay(result)
    figure = go.Figure()
    for position, (decay, points) in enumerate(groups.items()):
        blocks = points[0].blocks
        numbers = range(1, len(blocks) + 1)
        shares = [point.shares for point in points]
        charts.add_band(
            figure, numbers, shares, _(LABEL).format(value=f"{decay:g}"), charts.line_style(position), texts=blocks
        )
    across = {"title": _("block, from the input")}
    upwards = {"title": _("deviation of F(x) over the shortcut's"), "rangemode": "tozero"}
    charts.draw_figure(figure, "decay.chart", xaxis=across, yaxis=upwards)
    if said := decay_sentence(groups):
        st.markdown(said)
    st.dataframe(table(groups), hide_index=True, key="decay.table", placeholder="")


def decay_sentence(groups: dict[float, list[DecayPoint]]) -> str:
    """What the largest weight decay did to the branches, against the smallest; empty for a single value.

    The blocks are compared by their medians over the seeds: the pull does not act on all alike.
    """
    if len(groups) < 2:
        return ""
    (least, few), *_, (most, many) = groups.items()
    pairs = list(zip(few, many, strict=False))
    smaller = sum(after.shares[-1] < before.shares[-1] for before, after in pairs)
    blocks = list(zip(_block_medians(few), _block_medians(many), strict=True))
    smaller_blocks = sum(after < before for before, after in blocks)
    template = ngettext(
        "Last block: {few} with weight decay {least}, {many} with {most}; smaller in {smaller} of "
        "{count} pair of equal "
        "seeds.",
        "Last block: {few} with weight decay {least}, {many} with {most}; smaller in {smaller} of "
        "{count} pairs of equal "
        "seeds.",
        len(pairs),
    )
    last = template.format(
        few=f"**{_last_share(few)}**",
        many=f"**{_last_share(many)}**",
        least=f"{least:g}",
        most=f"{most:g}",
        smaller=smaller,
        count=len(pairs),
    )
    every = ngettext(
        "Of all {count} block, {smaller} have a smaller branch.",
        "Of all {count} blocks, {smaller} have a smaller branch.",
        len(blocks),
    )
    return f"{last} {every.format(count=len(blocks), smaller=smaller_blocks)}"


def _block_medians(points: Sequence[DecayPoint]) -> list[float]:
    """Each block's share, the median over the seeds."""
    return [median(shares) for shares in zip(*(point.shares for point in points), strict=True)]


def _last_share(points: Sequence[DecayPoint]) -> str:
    return median_with_range([point.shares[-1] for point in points], ".2f")


def table(groups: dict[float, list[DecayPoint]]) -> pd.DataFrame:
    """A row for each weight decay: the branch in the median over the blocks and in the last one, loss, test error."""
    return pd.DataFrame(
        [
            {
                _("Weight decay"): f"{decay:g}",
                _("Median over the blocks"): median_with_range([median(point.shares) for point in points], ".2f"),
                _("Last block"): _last_share(points),
                _("Training loss"): median_with_range([point.training.train_loss for point in points], ".3f"),
                _("Test error, %"): median_with_range([point.training.test_error for point in points]),
            }
            for decay, points in groups.items()
        ]
    )


DECAY_PART = Part(
    "decay",
    N_("Weight decay"),
    _draw_decay_part,
    (
        depth_field(DEPTH),
        replace(short_trainings.SEEDS, default=SEEDS),
        choices("decays", N_("Weight decay"), OFFERED, tuple(map("{:g}".format, DECAYS)), N_("The values to compare.")),
    ),
)
