"""Layers by kind: the few groups in which parameters, MACs and time are added up."""

from collections import Counter
from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.analysis.network import Analysis, LayerRow
from explorer.ui.labs.shared import charts

KINDS = ("3 x 3", "1 x 1", "1 x 1 on the shortcut", "stem", "head", "norms", "ReLU, sums and others")


def kind_of(row: LayerRow) -> str:
    """The one of `KINDS` in which a layer is counted."""
    if row.stage in ("stem", "head"):
        return row.stage
    if row.op.startswith("Conv"):
        if row.kernel != 1:
            return KINDS[0]
        return KINDS[2] if row.role == "shortcut" else KINDS[1]
    return KINDS[5] if "Norm" in row.op else KINDS[6]


def cost_by_kind(analysis: Analysis, count: str) -> dict[str, int]:
    """A network's parameters (`count` is "params") or MACs ("macs") by kind of layer."""
    summed: Counter[str] = Counter()
    for row in analysis.layers:
        summed[kind_of(row)] += getattr(row, count)
    return {kind: summed[kind] for kind in KINDS}


def draw_bars(panels: Mapping[str, Mapping[str, Mapping[str, float]]], key: str, number_format: str = ",") -> None:
    """Stacked bars: a panel for each title, a bar for each network, a colour for each kind with a cost above 0."""
    titles = list(panels)
    figure = make_subplots(1, len(titles), subplot_titles=titles, shared_yaxes=True, horizontal_spacing=0.05)
    for position, kind in enumerate(KINDS):
        costs = {title: [each[kind] for each in panels[title].values()] for title in titles}
        if not any(any(each) for each in costs.values()):
            continue
        for column, title in enumerate(titles, 1):
            figure.add_trace(
                go.Bar(
                    y=list(panels[title]),
                    x=costs[title],
                    name=kind,
                    legendgroup=kind,
                    showlegend=column == 1,
                    orientation="h",
                    marker_color=charts.line_style(position)["color"],
                    hovertemplate=f"%{{x:{number_format}}}<extra>%{{fullData.name}}</extra>",
                ),
                row=1,
                col=column,
            )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(exponentformat="SI")
    charts.draw_figure(figure, key, 300)
