"""Heat maps of gradients and branches in the networks: depth from top to bottom, steps from left to right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.jobs.errors import SettingsError
from explorer.language import _
from explorer.outputs.palette import Palette
from explorer.runs.records import RunRecord
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.components import as_json, declare
from explorer.ui.common.plotly_asset import plotly_address
from explorer.ui.common.remembered_widgets import choose
from explorer.ui.common.run_names import network_names, run_is_plain, same_but_seed
from explorer.ui.train.curves.chart import FONT, ChartColours
from explorer.ui.train.curves.curves import TrainingCurves
from explorer.ui.train.curves.readings import DEPTHS, Readings, backward_growth

MAP_HEIGHT = 210

_view = declare("depth", uses_plotly=True, isolated=False)
MOST_DECADES = 8
"""Orders of magnitude of the colour scale below the largest value; smaller values have the palest colour."""


@dataclass(frozen=True)
class HeatMap:
    """One network's readings: the step of each column, the position and name of each row, the logarithms by row."""

    name: str
    steps: int
    """Steps of the whole run: the horizontal axis ends there."""
    total: int
    """Layers or blocks of the network; not all of them have a row."""
    x: Sequence[int]
    y: Sequence[int]
    rows: Sequence[str]
    z: Sequence[Sequence[float | None]]


@dataclass(frozen=True)
class DepthMaps:
    """All data of the maps in the browser; `low` and `high` are logarithms to base 10, `height` is in pixels."""

    plotly: str
    maps: Sequence[HeatMap]
    low: float
    high: float
    title: str
    y_title: str
    height: int
    font: str
    colours: ChartColours
    colour_scale: Sequence[str]
    revision: str
    """The browser keeps the zoom while this text is the same."""
    description: str


def one_seed(runs: Sequence[RunRecord]) -> list[tuple[str, RunRecord]]:
    """Each network's name with the first of its seeds."""
    groups = same_but_seed(runs)
    return [(name, group[0]) for name, group in zip(network_names(groups), groups, strict=True)]


def _logarithm(value: float) -> float | None:
    # Three digits are finer than a colour; the maps are sent again at every refresh.
    return round(math.log10(value), 3) if value > 0 and math.isfinite(value) else None


def _map(name: str, run: RunRecord, readings: Readings) -> HeatMap:
    return HeatMap(
        name=name,
        steps=run.steps,
        total=max(1, readings.total),
        x=readings.steps,
        y=readings.positions,
        rows=readings.names,
        z=[[_logarithm(value) for value in row] for row in readings.rows()],
    )


def depth_maps(
    runs: Sequence[RunRecord], curves: TrainingCurves, palette: Palette, quantity: str, plotly: str
) -> DepthMaps | None:
    """The heat maps of `quantity` (of DEPTHS) on one logarithmic scale; None where no run has a reading."""
    maps = [
        _map(name, run, curves.of(run.id).depth[quantity])
        for name, run in one_seed(runs)
        if quantity == "gradient_norms" or not run_is_plain(run)
    ]
    values = [value for each in maps for row in each.z for value in row if value is not None]
    if not values:
        return None
    high = max(values)
    low = max(min(values), high - MOST_DECADES)
    return DepthMaps(
        plotly=plotly,
        maps=maps,
        low=low,
        high=high if high > low else low + 1,
        title=_(DEPTHS[quantity].title),
        y_title=_("depth, input above") if quantity == "gradient_norms" else _("block, input above"),
        height=MAP_HEIGHT,
        font=FONT,
        colours=ChartColours(palette.text, palette.border, palette.surface),
        colour_scale=palette.sequential,
        revision=f"{curves.comparison_id}.{quantity}.{len(maps)}",
        description=describe(maps, quantity),
    )


def describe(maps: Sequence[HeatMap], quantity: str) -> str:
    """The text alternative of the maps: how many rows and readings each has."""
    size = _("{name} {rows} rows, {readings} readings")
    sizes = "; ".join(size.format(name=each.name, rows=len(each.y), readings=len(each.x)) for each in maps)
    return _("{quantity} by depth and step: {sizes}.").format(quantity=_(DEPTHS[quantity].label), sizes=sizes)


def growth_texts(runs: Sequence[RunRecord], curves: TrainingCurves) -> list[str]:
    """For each network, the ratio of the first block's gradient to the last one's, at the first and newest reading."""
    texts = []
    for name, run in one_seed(runs):
        gradients = curves.of(run.id).depth["gradient_norms"]
        first, newest = backward_growth(gradients), backward_growth(gradients, -1)
        if first is not None and newest is not None:
            at = _("{value} at step {step}")
            steps = {gradients.steps[0]: first} | ({gradients.steps[-1]: newest} if len(gradients.steps) > 1 else {})
            values = [at.format(value=_times(value), step=f"{step:,}") for step, value in steps.items()]
            texts.append(f"{name} {', '.join(values)}")
    return texts


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if 100 <= ratio < 1e6 else f"{ratio:.2g}"


def show_heat_maps(runs: Sequence[RunRecord], curves: TrainingCurves) -> None:
    """Draws the heat maps with the choice of their quantity, or says why there are none."""
    st.markdown("#### " + _("Inside, by depth"))
    labels = {name: _(depth.label) for name, depth in DEPTHS.items()}
    quantity = choose("depth.quantity", _("Quantity by depth"), labels)
    address = plotly_address()
    maps = depth_maps(runs, curves, theme.current(), quantity, address) if address else None
    if maps is None:
        st.caption(_why_empty(runs, quantity))
        return
    _view(key="race.depth", data=as_json(maps))
    chart_downloads.files("race.depth", maps.description, quantity.replace("_", "-"))
    st.caption(_about(runs, curves, quantity))


def _why_empty(runs: Sequence[RunRecord], quantity: str) -> str:
    if not any(_measures_gradients(run) for run in runs):
        return _("The gradients of these runs are not measured: “Measure gradients every … steps” is 0.")
    if quantity == "branch_ratios" and all(run_is_plain(run) for run in runs):
        return _("Plain networks have no additions, so there is no ratio.")
    return _("There are no readings yet.")


def _measures_gradients(run: RunRecord) -> bool:
    try:
        return bool(run.settings.diagnose_every)
    except SettingsError:
        return False


def _about(runs: Sequence[RunRecord], curves: TrainingCurves, quantity: str) -> str:
    """The caption: what the maps show, which seed, and how the gradient changes with depth."""
    texts = [_(DEPTHS[quantity].about), _("All maps share one logarithmic colour scale.")]
    if len({run.seed for run in runs}) > 1:
        texts.append(_("The maps show the first seed ({seed}).").format(seed=min(run.seed for run in runs)))
    growth = growth_texts(runs, curves)
    if quantity == "gradient_norms" and growth:
        texts.append(
            _("Ratio of the first block's gradient to the last one's: {ratios}.").format(ratios="; ".join(growth))
        )
        texts.append(_("Above 1 the gradient grows on the way back to the input, below 1 it shrinks."))
    return " ".join(texts)
