"""How the second part of lab 11 shows its result: cosines by block, their difference, its decay, and a sentence."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.decay import Decay, wide_plain_cosines
from explorer.experiments.catalogue.two_inputs import InputPairs, TwoInputsResult
from explorer.experiments.claims.shattered import FLOOR, INPUTS_CLAIM, decay_of, left_over
from explorer.language import N_, _
from explorer.ui.labs.shared import charts
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.claims import draw_claim
from explorer.ui.labs.shared.networks import PLAIN

THEORY = N_("plain, infinitely wide, no norm")


@dataclass(frozen=True)
class Network:
    """One network of the comparison with all its seeds."""

    label: str
    seeds: Sequence[InputPairs]

    @property
    def left(self) -> list[float]:
        """The difference after the last block, in percent of that after the first, for each seed that has one there."""
        return [left_over(each) for each in self.seeds]

    @property
    def decays(self) -> list[Decay]:
        """How the difference decays, for each seed in which it can be fitted."""
        return [fitted for each in self.seeds if (fitted := decay_of(each)) is not None]


def networks_of(result: TwoInputsResult) -> dict[str, Network]:
    """The networks of a result by label, without those in which nothing arrives."""
    alive = [each for each in result.networks if all(map(math.isfinite, each.differences))]
    return {label: Network(label, seeds) for label, seeds in charts.by_label(alive).items()}


def draw(result: TwoInputsResult, norm: str) -> None:
    """Puts the result on the page; `norm` is that of the networks."""
    found = networks_of(result)
    if dead := dict.fromkeys(_(each.label) for each in result.networks if each.label not in found):
        st.info(
            _("No signal arrives, or there is one class only: {networks}.").format(networks="; ".join(dead)),
            icon=":material/info:",
        )
    if not found:
        return
    _draw_cosines(found, norm)
    st.dataframe(summary(found), hide_index=True, key="two-inputs.table", placeholder="")
    st.caption(
        _(
            "The laws are fitted to the logarithm of the difference after each block, as far as it stays "
            "above {floor}; the numbers are the shares of its variance that the laws explain."
        ).format(floor=f"{FLOOR:g}")
    )
    draw_claim(INPUTS_CLAIM, result)


def _draw_cosines(found: Mapping[str, Network], norm: str) -> None:
    """Three charts by block: near pairs, far pairs, and the difference on a logarithmic axis."""
    titles = (_("an image and its noisy copy"), _("images of two classes"), _("difference (log)"))
    figure = make_subplots(1, 3, subplot_titles=titles, horizontal_spacing=0.06)
    styles = charts.network_styles(found, (PLAIN,))
    for label, network in found.items():
        for column, name in enumerate(("near", "far", "differences"), 1):
            values = [getattr(each, name) for each in network.seeds]
            if name == "differences":
                values = [[value if value > 0 else math.nan for value in seed] for seed in values]
            blocks = range(len(values[0]))
            charts.add_band(figure, blocks, values, label, styles[label], legend=column == 1, row=1, col=column)
    first = next(iter(found.values())).seeds[0]
    if norm == _("none"):
        near, far = (wide_plain_cosines(each[0], len(each) - 1) for each in (first.near, first.far))
        curves = (near, far, [one - other for one, other in zip(near, far, strict=True)])
        style = charts.line_style(8) | {"dash": "dot"}
        for column, curve in enumerate(curves, 1):
            blocks = range(len(curve))
            charts.add_band(figure, blocks, [curve], THEORY, style, mode="lines", legend=column == 1, row=1, col=column)
    figure.update_yaxes(range=[0, 1.02], col=1, title=_("cosine"))
    figure.update_yaxes(range=[0, 1.02], col=2)
    figure.update_yaxes(type="log", col=3)
    figure.update_xaxes(title=_("block, from the input"))
    charts.draw_figure(figure, "two-inputs.chart")


def summary(found: Mapping[str, Network]) -> pd.DataFrame:
    """A row for each network: the cosines after the last block, what is left of the difference, and both laws' fit."""
    return pd.DataFrame(
        [
            {
                _("Network"): _(network.label),
                _("Image and noisy copy, at the end"): median_with_range(
                    [each.near[-1] for each in network.seeds], ".3f"
                ),
                _("Two classes, at the end"): median_with_range([each.far[-1] for each in network.seeds], ".3f"),
                _("Difference left, %"): median_with_range(network.left, "z.0f"),
                _("Exponential fits"): median_with_range([each.exponential for each in network.decays], ".2f")
                or _("none"),
                _("Power law fits"): median_with_range([each.polynomial for each in network.decays], ".2f")
                or _("none"),
            }
            for network in found.values()
        ]
    )
