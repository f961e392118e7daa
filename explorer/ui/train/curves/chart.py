"""The live chart of a comparison as a typed value: curves, bands, published figures, axes and description."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.language import _
from explorer.outputs.palette import Palette
from explorer.runs.records import RunRecord
from explorer.ui.common.run_names import network_names, run_colours, run_is_plain, run_names, same_but_seed
from explorer.ui.train.curves.axes import AXES, abscissa, whole_length
from explorer.ui.train.curves.curves import QUANTITIES, TrainingCurves, band, stopped_text
from explorer.ui.train.curves.readings import thinned
from explorer.ui.train.published import Reference

PLOT_HEIGHT = 380
FONT = '"Source Sans", "Source Sans 3", sans-serif'
LOWEST_ON_LOG = 1e-6
"""A logarithmic axis shows zero (an error of 0 %) as this value, since zero has no logarithm."""
BROKEN = ("diverged", "failed")
"""States whose curves end with a cross."""


@dataclass(frozen=True)
class ChartView:
    """How curves are drawn: a key of QUANTITIES, a key of AXES, the scale, and whether seeds are one band."""

    quantity: str
    by: str
    log: bool = False
    bands: bool = False


@dataclass(frozen=True)
class ChartLine:
    """A curve, with its band between `low` and `high`, and the points where runs ended early."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    dash: str
    markers: bool
    end_x: Sequence[float] = ()
    end_y: Sequence[float] = ()
    end_text: Sequence[str] = ()
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class ReferenceLine:
    """A published figure, as a line across the chart."""

    y: float
    name: str
    colour: str


@dataclass(frozen=True)
class ChartColours:
    """Colours of the text, the axes and the tooltips."""

    text: str
    border: str
    surface: str


@dataclass(frozen=True)
class LiveChart:
    """All data of the chart in the browser; `components.curves` sends it as JSON. `height` is in pixels."""

    plotly: str
    curves: Sequence[ChartLine]
    references: Sequence[ReferenceLine]
    height: int
    font: str
    colours: ChartColours
    log: bool
    x_title: str
    x_format: str
    x_range: tuple[float, float] | None
    y_title: str
    revision: str
    """The browser keeps the zoom while this text is the same."""
    description: str


Points = Sequence[tuple[float, float]]


def _line(run: RunRecord, name: str, colour: str, xy: Points, markers: bool) -> ChartLine:
    dash = "dash" if run_is_plain(run) else "solid"
    return ChartLine(name, [x for x, _ in xy], [y for _, y in xy], colour, dash, markers)


def _points(run: RunRecord, curves: TrainingCurves, view: ChartView) -> Points:
    least = LOWEST_ON_LOG if view.log else -math.inf
    place = abscissa(view.by, run, curves.of(run.id))
    if place is None:
        return []
    return [(place(point), max(point.value, least)) for point in thinned(curves.points(run.id, view.quantity))]


def _lines(runs: Sequence[RunRecord], curves: TrainingCurves, palette: Palette, view: ChartView) -> Iterator[ChartLine]:
    """A line for each run; with `bands`, one for each network, and the smallest and largest value around it."""
    sparse = QUANTITIES[view.quantity].sparse
    names, colours = run_names(runs), run_colours(runs, palette)
    points = {run.id: _points(run, curves, view) for run in runs}
    if not view.bands:
        for run in runs:
            line = _line(run, names[run.id], colours[run.id], points[run.id], sparse)
            yield _with_ends(line, [run], [points[run.id]])
        return
    groups = same_but_seed(runs)
    for group, network in zip(groups, network_names(groups), strict=True):
        found = band(points[run.id] for run in group)
        several = _("{network}, {count} seeds").format(network=network, count=len(group))
        name = several if len(group) > 1 else network
        line = _line(group[0], name, colours[group[0].id], list(zip(found.x, found.mean, strict=True)), sparse)
        line = _with_ends(line, group, [points[run.id] for run in group])
        yield replace(line, low=found.low, high=found.high) if len(group) > 1 else line


def _with_ends(line: ChartLine, group: Sequence[RunRecord], points: Sequence[Points]) -> ChartLine:
    """The line with a cross, and its text, where a run ended early."""
    broken = [(run, xy[-1]) for run, xy in zip(group, points, strict=True) if run.state in BROKEN and xy]
    return replace(
        line,
        end_x=[x for _run, (x, _y) in broken],
        end_y=[y for _run, (_x, y) in broken],
        end_text=[stopped_text(run) for run, _last in broken],
    )


def comparison_chart(
    runs: Sequence[RunRecord],
    curves: TrainingCurves,
    palette: Palette,
    view: ChartView,
    plotly: str,
    references: Sequence[Reference] = (),
) -> LiveChart:
    """The chart of a training comparison; `plotly` is the address of plotly.js."""
    quantity, axis = QUANTITIES[view.quantity], AXES[view.by]
    lengths = [length for run in runs if (length := whole_length(view.by, run, curves.of(run.id)))]
    return LiveChart(
        plotly=plotly,
        curves=list(_lines(runs, curves, palette, view)),
        references=[
            ReferenceLine(reference.value, reference.label, palette.muted)
            for reference in references
            if reference.quantity == view.quantity
        ],
        height=PLOT_HEIGHT,
        font=FONT,
        colours=ChartColours(palette.text, palette.border, palette.surface),
        log=view.log,
        x_title=_(axis.title),
        x_format=axis.number_format,
        x_range=(0, max(lengths)) if lengths else None,
        y_title=_(quantity.title),
        revision=f"{curves.comparison_id}.{view.quantity}.{view.log}.{view.by}.{view.bands}",
        description=describe(runs, curves, view.quantity, run_names(runs)),
    )


def describe(runs: Sequence[RunRecord], curves: TrainingCurves, quantity: str, names: Mapping[str, str]) -> str:
    """The text alternative of the chart: every run's newest value."""
    values = []
    for run in runs:
        points = curves.points(run.id, quantity)
        newest = _("none yet")
        if points:
            newest = _("{value} at step {step}").format(value=f"{points[-1].value:.3g}", step=points[-1].step)
        values.append(f"{names[run.id]} {newest}")
    return _("{quantity}: {values}.").format(quantity=_(QUANTITIES[quantity].label), values="; ".join(values))
