"""What lab 12 shows of a result: which starts learned, their curves and sizes, and a verdict in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from statistics import median
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.experiments.catalogue.starts import START_FACTS, StartPoint, StartsResult
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL
from explorer.experiments.claims.starts import GUESSING, LEARNS_BELOW, learned
from explorer.language import _, ngettext
from explorer.ui.labs.shared import charts
from explorer.ui.labs.shared.charts import median_with_range

LABELS = {name: facts.label for name, facts in START_FACTS.items()}


class Outcome(NamedTuple):
    """How one network from one start ended: how many of its seeds learned, ran away, and all of its points."""

    label: str
    learned: int
    diverged: int
    points: tuple[StartPoint, ...]

    @property
    def all_learned(self) -> bool:
        return self.learned == len(self.points)

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        template = (
            ngettext(
                "{network}: {learned} of {count} seed learned, {diverged} ran away.",
                "{network}: {learned} of {count} seeds learned, {diverged} ran away.",
                len(self.points),
            )
            if self.diverged
            else ngettext(
                "{network}: {learned} of {count} seed learned.",
                "{network}: {learned} of {count} seeds learned.",
                len(self.points),
            )
        )
        return template.format(
            network=f"**{self.label}**", learned=self.learned, count=len(self.points), diverged=self.diverged
        )


def outcomes(result: StartsResult) -> dict[tuple[str, str], Outcome]:
    """The outcome by the label of the network and the name of the start, in the order of the result."""
    groups: dict[tuple[str, str], list[StartPoint]] = {}
    for point in result.points:
        groups.setdefault((point.label, point.start), []).append(point)
    return {
        (label, start): Outcome(
            f"{_(label)}, {_(LABELS[start])}",
            sum(learned(point.training) for point in points),
            sum(bool(point.training.diverged) for point in points),
            tuple(points),
        )
        for (label, start), points in groups.items()
    }


def grid_verdict(result: StartsResult) -> str:
    """What the four trainings say on the question of the part; empty unless all four are there."""
    found = outcomes(result)
    keys = [(label, start) for label in (PLAIN, RESIDUAL) for start in ("he", "identity")]
    if not set(keys) <= found.keys():
        return ""
    usual, plain, shortcut, both = (found[key] for key in keys)
    if plain.all_learned and not usual.learned:
        return _(
            "As measured here, the identity at the start is enough: the plain network learned from it in every seed "
            "and from He's weights in none, and the shortcut alone, from He's weights, learned in {learned} of {count} "
            "seeds."
        ).format(learned=shortcut.learned, count=len(shortcut.points))
    if both.all_learned and not plain.learned:
        return _(
            "As measured here, the identity at the start is not enough: without a shortcut no seed learned from it."
        )
    return _("As measured here, the four cases do not separate: see the table, and try another learning rate.")


def branch_verdict(result: StartsResult) -> str:
    """Which starts trained every seed, and whether He's did; empty while a start is not there yet."""
    found = {start: outcome for (_label, start), outcome in outcomes(result).items()}
    if "he" not in found or len(found) < 2:
        return ""
    works = ", ".join(_(LABELS[start]) for start, outcome in found.items() if outcome.all_learned)
    usual = found["he"]
    template = ngettext(
        "As measured here, He's weights learned in {learned} of {count} seed; every seed learned from: {starts}.",
        "As measured here, He's weights learned in {learned} of {count} seeds; every seed learned from: {starts}.",
        len(usual.points),
    )
    return template.format(learned=usual.learned, count=len(usual.points), starts=works or _("none"))


def draw(result: StartsResult, key: str, verdict: Callable[[StartsResult], str]) -> None:
    """Curves of the trainings, sizes of stream and branch before the first step, a table, and the verdict."""
    trainings = [replace(point.training, label=label_of(point)) for point in result.points]
    plain = [label_of(point) for point in result.points if point.label == PLAIN]
    left, right = st.columns(2)
    with left:
        charts.draw_training_curves(trainings, plain, f"{key}.curves")
    with right:
        _draw_sizes(result, plain, f"{key}.sizes")
    st.dataframe(table(result), hide_index=True, key=f"{key}.table", placeholder="")
    if sentence := verdict(result):
        st.markdown(_("**Result.** {sentence}").format(sentence=sentence))
    st.caption(
        _(
            "*Learned*: a loss under {below} at the end; guessing among ten classes gives {guess}. "
            "Sizes: mean squares over a batch before the first step, on a logarithmic axis; what is "
            "exactly 0 is not drawn."
        ).format(below=f"{LEARNS_BELOW:.2f}", guess=f"{GUESSING:.2f}")
    )


def label_of(point: StartPoint) -> str:
    """The network and its start."""
    return f"{_(point.label)}, {_(LABELS[point.start])}"


def _draw_sizes(result: StartsResult, plain: Sequence[str], key: str) -> None:
    figure = go.Figure()
    first = {label_of(point): point for point in reversed(result.points)}
    styles = charts.network_styles(dict.fromkeys(map(label_of, result.points)), plain)
    for label in styles:
        point = first[label]
        across = list(range(1, len(point.blocks) + 1))
        for name, values, width in (
            (_("{label}: stream").format(label=label), point.reading.stream_mean_square, 3),
            (_("{label}: branch").format(label=label), point.reading.branch_mean_square, 1),
        ):
            shown = [value if isfinite(value) and value > 0 else None for value in values]
            if any(shown):
                style = {**styles[label], "width": width}
                figure.add_scatter(x=across, y=shown, name=name, text=point.blocks, mode="lines", line=style)
    charts.draw_figure(
        figure, key, xaxis={"title": _("block, from the input")}, yaxis={"title": _("mean square (log)"), "type": "log"}
    )


def table(result: StartsResult) -> pd.DataFrame:
    """A row for each network and start: seeds that learned, medians over the seeds, growth of the stream."""
    return pd.DataFrame(
        [
            {
                _("Network"): _(label),
                _("Start"): _(LABELS[start]),
                _("Learned"): _("{count} of {total}").format(count=outcome.learned, total=len(outcome.points)),
                _("Ran away"): outcome.diverged,
                _("Loss"): median_with_range([each.training.train_loss for each in outcome.points], ".3g") or _("none"),
                _("Test error, %"): median_with_range([each.training.test_error for each in outcome.points])
                or _("none"),
                _("Stream, last over first"): f"{median(growth(each) for each in outcome.points):.3g}",
            }
            for (label, start), outcome in outcomes(result).items()
        ]
    )


def growth(point: StartPoint) -> float:
    """The mean square of the last block's input over that of the first's, before the first step."""
    sizes = point.reading.stream_mean_square
    return sizes[-1] / sizes[0] if sizes[0] else 0.0
