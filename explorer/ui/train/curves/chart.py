"""The live chart of a comparison, as plain data: curves, bands, how runs ended, a paper's figures, axes and words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.outputs.palette import Palette
from explorer.runs.records import STATES, RunRecord
from explorer.ui.common.run_names import network_names, run_colours, run_is_plain, run_names, same_but_seed
from explorer.ui.train.curves.axes import AXES, abscissa, whole_length
from explorer.ui.train.curves.curves import QUANTITIES, TrainingCurves, band
from explorer.ui.train.curves.thinning import thinned
from explorer.ui.train.published import Reference

PLOT_HEIGHT = 380
FONT = '"Source Sans", "Source Sans 3", sans-serif'
LOWEST_ON_LOG = 1e-6
"""What a logarithmic axis shows for a value of zero (an error of 0 %), which has no logarithm."""
BROKEN = ("diverged", "failed")
"""States whose curves end with a cross."""


def _line(run: RunRecord, name: str, colour: str, xy: Sequence[tuple[float, float]], markers: bool) -> dict[str, Any]:
    return {
        "name": name,
        "x": [x for x, _ in xy],
        "y": [y for _, y in xy],
        "colour": colour,
        "dash": "dash" if run_is_plain(run) else "solid",
        "markers": markers,
    }


def _drawn(run: RunRecord, curves: TrainingCurves, view: Mapping[str, Any]) -> list[tuple[float, float]]:
    """The points of a run where they are drawn."""
    least = LOWEST_ON_LOG if view["log"] else -math.inf
    place = abscissa(view["by"], run, curves.of(run.id))
    if place is None:
        return []
    return [(place(point), max(point.value, least)) for point in thinned(curves.points(run.id, view["quantity"]))]


def _lines(runs: Sequence[RunRecord], curves: TrainingCurves, palette: Palette, view: Mapping[str, Any]) -> list[Any]:
    """A line for each run; with `bands`, one for each network, and the least and greatest value around it."""
    sparse = QUANTITIES[view["quantity"]].sparse
    names, colours = run_names(runs), run_colours(runs, palette)
    drawn = {run.id: _drawn(run, curves, view) for run in runs}
    if not view.get("bands"):
        lines = [_line(run, names[run.id], colours[run.id], drawn[run.id], sparse) for run in runs]
        return [line | _end([run], [drawn[run.id]]) for line, run in zip(lines, runs, strict=True)]
    groups = same_but_seed(runs)
    lines = []
    for group, name in zip(groups, network_names(groups), strict=True):
        found = band(drawn[run.id] for run in group)
        xy = list(zip(found.x, found.mean, strict=True))
        called = f"{name}, {len(group)} seeds" if len(group) > 1 else name
        lines.append(_line(group[0], called, colours[group[0].id], xy, sparse))
        lines[-1] |= _end(group, [drawn[run.id] for run in group])
        if len(group) > 1:
            lines[-1] |= {"low": found.low, "high": found.high}
    return lines


def _end(group: Sequence[RunRecord], drawn: Sequence[Sequence[tuple[float, float]]]) -> dict[str, Any]:
    """Where runs broke off, to be marked with a cross, and what to say there."""
    broken = [(run, xy[-1]) for run, xy in zip(group, drawn, strict=True) if run.state in BROKEN and xy]
    if not broken:
        return {}
    return {
        "endX": [x for _, (x, _) in broken],
        "endY": [y for _, (_, y) in broken],
        "endText": [f"{STATES[run.state].label} at step {run.step:,}" for run, _ in broken],
    }


def comparison_chart(
    runs: Sequence[RunRecord],
    curves: TrainingCurves,
    palette: Palette,
    view: Mapping[str, Any],
    plotly: str,
    references: Sequence[Reference] = (),
) -> dict[str, Any]:
    """The chart of a training comparison. `view` holds `quantity`, `log`, `by` (of AXES), and maybe `bands`."""
    quantity, axis = QUANTITIES[view["quantity"]], AXES[view["by"]]
    log, bands = bool(view["log"]), bool(view.get("bands"))
    lengths = [length for run in runs if (length := whole_length(view["by"], run, curves.of(run.id)))]
    return {
        "plotly": plotly,
        "curves": _lines(runs, curves, palette, view),
        "references": [
            {"y": reference.value, "name": reference.words, "colour": palette.muted}
            for reference in references
            if reference.quantity == view["quantity"]
        ],
        "height": PLOT_HEIGHT,
        "font": FONT,
        "colours": {"text": palette.text, "border": palette.border, "surface": palette.surface},
        "log": log,
        "xTitle": axis.title,
        "xFormat": axis.number_format,
        "xRange": [0, max(lengths)] if lengths else None,
        "yTitle": quantity.title,
        "revision": f"{curves.comparison_id}.{view['quantity']}.{log}.{view['by']}.{bands}",
        "description": describe(runs, curves, view["quantity"], run_names(runs)),
    }


def describe(runs: Sequence[RunRecord], curves: TrainingCurves, quantity: str, names: Mapping[str, str]) -> str:
    """The chart in words: every run's newest value."""
    said = []
    for run in runs:
        points = curves.points(run.id, quantity)
        newest = f"{points[-1].value:.3g} at step {points[-1].step}" if points else "none yet"
        said.append(f"{names[run.id]} {newest}")
    return f"{QUANTITIES[quantity].label}: {'; '.join(said)}."
