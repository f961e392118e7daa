"""How the first part of lab 11 shows its result: correlations by depth and by distance, slopes, and a sentence."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.noise import Noise, brown_noise, white_noise
from explorer.experiments.catalogue.shattered_gradients import MOST_STEPS, LineGradients, ShatteredResult
from explorer.language import N_, _
from explorer.ui.labs.shared import charts
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.networks import PLAIN

WHITE, BROWN = N_("white noise"), N_("brown noise")
STEPS = tuple(range(1, MOST_STEPS + 1))


@dataclass(frozen=True)
class Kind:
    """The networks of one kind by depth, in layers: for each depth the results of its seeds."""

    name: str
    by_depth: Mapping[int, Sequence[LineGradients]]

    def neighbours(self, depth: int) -> list[float]:
        """The cosine of neighbouring gradients at this depth, one for each seed."""
        return [each.correlations[0] for each in self.by_depth[depth]]


def kinds_of(result: ShatteredResult, kinds: Mapping[str, str]) -> dict[str, Kind]:
    """The networks of a result by kind, without those that have no gradient. `kinds` gives the kind of each label."""
    found: dict[str, dict[int, list[LineGradients]]] = {}
    for network in result.networks:
        if has_gradient(network) and network.label in kinds:
            found.setdefault(kinds[network.label], {}).setdefault(network.depth, []).append(network)
    return {name: Kind(name, dict(sorted(by_depth.items()))) for name, by_depth in found.items()}


def has_gradient(network: LineGradients) -> bool:
    """Whether there is a line on which some neighbours both have a gradient."""
    return bool(network.correlations) and math.isfinite(network.correlations[0])


def draw(result: ShatteredResult, kinds: Mapping[str, str]) -> None:
    """Puts the result on the page. `kinds` gives the kind of each network by its label."""
    found = kinds_of(result, kinds)
    without = dict.fromkeys(_(network.label) for network in result.networks if not has_gradient(network))
    if without:
        st.info(
            _("No gradient reaches the image, or no two classes to join: {networks}.").format(
                networks="; ".join(without)
            ),
            icon=":material/info:",
        )
    if not found:
        return
    deepest = max(depth for kind in found.values() for depth in kind.by_depth)
    any_network = next(iter(next(iter(found.values())).by_depth.values()))[0]
    noises = noises_like(any_network)
    styles = charts.network_styles(found, (PLAIN,))
    _draw_correlations(found, styles, noises, deepest)
    _draw_slopes({kind.name: kind.by_depth[deepest][0] for kind in found.values() if deepest in kind.by_depth}, noises)
    st.dataframe(summary(found, noises), hide_index=True, key="shattered.table", placeholder="")


def noises_like(network: LineGradients) -> dict[str, Noise]:
    """White and brown noise of as many vectors, of the same size, as a line of this network has gradients."""
    points, size = len(network.slope), network.pixels
    return {WHITE: white_noise(points, size, MOST_STEPS, 0), BROWN: brown_noise(points, size, MOST_STEPS, 0)}


def _draw_correlations(
    found: Mapping[str, Kind], styles: Mapping[str, charts.Style], noises: Mapping[str, Noise], deepest: int
) -> None:
    """Two charts: neighbours by depth; gradients by their distance, of the deepest networks."""
    titles = (_("neighbouring points, by depth"), _("{depth} layers, by distance").format(depth=deepest))
    figure = make_subplots(1, 2, subplot_titles=titles, shared_yaxes=True, horizontal_spacing=0.05)
    for name, kind in found.items():
        # While the experiment runs, a depth may have fewer seeds than another.
        count = min(map(len, kind.by_depth.values()))
        by_seed = [[seeds[place].correlations[0] for seeds in kind.by_depth.values()] for place in range(count)]
        charts.add_band(figure, list(kind.by_depth), by_seed, name, styles[name], row=1, col=1)
        if deepest in kind.by_depth:
            values = [each.correlations for each in kind.by_depth[deepest]]
            charts.add_band(figure, STEPS, values, name, styles[name], legend=False, row=1, col=2)
    depths = sorted({depth for kind in found.values() for depth in kind.by_depth})
    for name, noise in noises.items():
        style = {**noise_style(name), "dash": "dot"}
        level = [noise.correlations[:1] * len(depths)]
        charts.add_band(figure, depths, level, name, style, mode="lines", row=1, col=1)
        charts.add_band(figure, STEPS, [noise.correlations], name, style, mode="lines", legend=False, row=1, col=2)
    figure.update_xaxes(title=_("layers"), col=1)
    figure.update_xaxes(title=_("steps between the points"), col=2)
    figure.update_yaxes(title=_("cosine of the gradients"), col=1)
    charts.draw_figure(figure, "shattered.chart")


def noise_style(name: str) -> dict[str, str]:
    """The line style of a noise."""
    return charts.line_style(8 if name == WHITE else 9)


def _draw_slopes(networks: Mapping[str, LineGradients], noises: Mapping[str, Noise]) -> None:
    """The slope of the score along the first line, one chart for each kind of network, above the two noises."""
    styles = charts.network_styles(networks, (PLAIN,))
    curves = {
        _("{name}, {depth} layers").format(name=_(name), depth=each.depth): (each.slope, styles[name])
        for name, each in networks.items()
    }
    curves |= {_(name): (noise.first, noise_style(name)) for name, noise in noises.items()}
    rows = (len(curves) + 1) // 2
    figure = make_subplots(rows, 2, subplot_titles=list(curves), vertical_spacing=0.2)
    for place, (name, (values, style)) in enumerate(curves.items()):
        figure.add_trace(
            go.Scatter(
                x=[step / (len(values) - 1) for step in range(len(values))],
                y=scaled(values),
                mode="lines",
                name=name,
                line={**style, "dash": "solid"},
                hovertemplate="%{y:.2f}<extra>%{fullData.name}</extra>",
            ),
            row=place // 2 + 1,
            col=place % 2 + 1,
        )
    figure.update_layout(showlegend=False)
    charts.draw_figure(figure, "shattered.slopes", 200 * rows)
    st.caption(
        _(
            "The slope of the score along the first line, from one image (0) to the other (1), for the first seed; the "
            "noises have as many points. Each curve is divided by its own root mean square: sizes are in the table."
        )
    )


def scaled(values: Sequence[float]) -> list[float]:
    """The values divided by their root mean square; unchanged where all are 0."""
    size = (sum(value * value for value in values) / len(values)) ** 0.5
    return [value / size for value in values] if size else list(values)


def _cosine(kind: Kind, depth: int) -> str:
    return median_with_range(kind.neighbours(depth), "z.2f")


def summary(found: Mapping[str, Kind], noises: Mapping[str, Noise]) -> pd.DataFrame:
    """A row for each network and noise: the cosine of neighbouring gradients, and the gradient's norm."""
    lines = [
        {
            _("Network"): _(kind.name),
            _("Layers"): str(depth),
            _("Cosine of neighbours"): _cosine(kind, depth),
            _("Norm of the gradient"): median_with_range([each.norm for each in seeds], ".3g"),
        }
        for kind in found.values()
        for depth, seeds in kind.by_depth.items()
    ]
    lines += [
        {_("Network"): _(name), _("Cosine of neighbours"): f"{each.correlations[0]:z.2f}"}
        for name, each in noises.items()
    ]
    return pd.DataFrame(lines).fillna("")
