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
from explorer.outputs.formatting import plural
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
        rest = f", {self.diverged} ran away" if self.diverged else ""
        return f"**{self.label}**: {self.learned} of {plural(len(self.points), 'seed')} learned{rest}."


def outcomes(result: StartsResult) -> dict[tuple[str, str], Outcome]:
    """The outcome by the label of the network and the name of the start, in the order of the result."""
    groups: dict[tuple[str, str], list[StartPoint]] = {}
    for point in result.points:
        groups.setdefault((point.label, point.start), []).append(point)
    return {
        (label, start): Outcome(
            f"{label}, {LABELS[start]}",
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
        without = (
            f"the shortcut alone, from He's weights, learned in {shortcut.learned} of {len(shortcut.points)} seeds"
        )
        return (
            "As measured here, the identity at the start is enough: the plain network learned from it in every seed "
            f"and from He's weights in none, and {without}."
        )
    if both.all_learned and not plain.learned:
        return "As measured here, the identity at the start is not enough: without a shortcut no seed learned from it."
    return "As measured here, the four cases do not separate: see the table, and try another learning rate."


def branch_verdict(result: StartsResult) -> str:
    """Which starts trained every seed, and whether He's did; empty while a start is not there yet."""
    found = {start: outcome for (_, start), outcome in outcomes(result).items()}
    if "he" not in found or len(found) < 2:
        return ""
    works = [LABELS[start] for start, outcome in found.items() if outcome.all_learned]
    usual = f"He's weights learned in {found['he'].learned} of {plural(len(found['he'].points), 'seed')}"
    return f"As measured here, {usual}; every seed learned from: {', '.join(works) or 'none'}."


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
        st.markdown(f"**Result.** {sentence}")
    st.caption(
        f"*Learned*: a loss under {LEARNS_BELOW:.2f} at the end; guessing among ten classes gives {GUESSING:.2f}. "
        "Sizes: mean squares over a batch before the first step, on a logarithmic axis; what is exactly 0 is not drawn."
    )


def label_of(point: StartPoint) -> str:
    """The network and its start."""
    return f"{point.label}, {LABELS[point.start]}"


def _draw_sizes(result: StartsResult, plain: Sequence[str], key: str) -> None:
    figure = go.Figure()
    first = {label_of(point): point for point in reversed(result.points)}
    styles = charts.network_styles(dict.fromkeys(map(label_of, result.points)), plain)
    for label in styles:
        point = first[label]
        across = list(range(1, len(point.blocks) + 1))
        for name, values, width in (
            (f"{label}: stream", point.reading.stream_mean_square, 3),
            (f"{label}: branch", point.reading.branch_mean_square, 1),
        ):
            shown = [value if isfinite(value) and value > 0 else None for value in values]
            if any(shown):
                style = {**styles[label], "width": width}
                figure.add_scatter(x=across, y=shown, name=name, text=point.blocks, mode="lines", line=style)
    charts.draw_figure(
        figure, key, xaxis={"title": "block, from the input"}, yaxis={"title": "mean square (log)", "type": "log"}
    )


def table(result: StartsResult) -> pd.DataFrame:
    """A row for each network and start: seeds that learned, medians over the seeds, growth of the stream."""
    return pd.DataFrame(
        [
            {
                "Network": label,
                "Start": LABELS[start],
                "Learned": f"{outcome.learned} of {len(outcome.points)}",
                "Ran away": outcome.diverged,
                "Loss": median_with_range([each.training.train_loss for each in outcome.points], ".3g") or "none",
                "Test error, %": median_with_range([each.training.test_error for each in outcome.points]) or "none",
                "Stream, last over first": f"{median(growth(each) for each in outcome.points):.3g}",
            }
            for (label, start), outcome in outcomes(result).items()
        ]
    )


def growth(point: StartPoint) -> float:
    """The mean square of the last block's input over that of the first's, before the first step."""
    sizes = point.reading.stream_mean_square
    return sizes[-1] / sizes[0] if sizes[0] else 0.0
