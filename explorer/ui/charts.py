"""What the charts show, as plain data: colours and dashes of contestants, axes, words."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.model import ModelSpec, SpecError
from explorer.model.variants import SHORTCUTS
from explorer.outputs.palette import Palette
from explorer.runs.records import RunRecord
from explorer.ui.curves import QUANTITIES, RaceCurves, thinned

PLOT_HEIGHT = 380
FONT = '"Source Sans", "Source Sans 3", sans-serif'
LOWEST_ON_LOG = 1e-6
"""What a logarithmic axis shows for a value of zero (an error of 0 %), which has no logarithm."""


def is_plain(spec: ModelSpec) -> bool:
    """Whether the network has no shortcuts."""
    return SHORTCUTS[spec.shortcut].reshape is None


def run_is_plain(run: RunRecord) -> bool:
    """Whether a run's network has no shortcuts; False where an older version's spec cannot be read."""
    try:
        return is_plain(run.spec)
    except SpecError:
        return False


def run_names(runs: Sequence[RunRecord]) -> dict[str, str]:
    """What each run is called in the chart: its label, and its seed where there are several."""
    several = len({run.seed for run in runs}) > 1
    return {run.id: f"{run.label}, seed {run.seed}" if several else run.label for run in runs}


def run_colours(runs: Sequence[RunRecord], palette: Palette) -> dict[str, str]:
    """One colour for each contestant, the same for all of its seeds and in every picture."""
    labels = list(dict.fromkeys(run.label for run in runs))
    return {run.id: palette.chart[labels.index(run.label) % len(palette.chart)] for run in runs}


def race_chart(
    runs: Sequence[RunRecord], curves: RaceCurves, palette: Palette, view: Mapping[str, Any], plotly: str
) -> dict[str, Any]:
    """The chart of a race. `view` holds `quantity`, `log` and `by` (`step` or `seconds`)."""
    quantity = QUANTITIES[view["quantity"]]
    names, colours = run_names(runs), run_colours(runs, palette)
    log = bool(view["log"])
    lines = []
    for run in runs:
        points = thinned(curves.points(run.id, view["quantity"]))
        lines.append(
            {
                "name": names[run.id],
                "x": [getattr(point, view["by"]) for point in points],
                "y": [max(point.value, LOWEST_ON_LOG) if log else point.value for point in points],
                "colour": colours[run.id],
                "dash": "dash" if run_is_plain(run) else "solid",
                "markers": quantity.sparse,
            }
        )
    by_step = view["by"] == "step"
    return {
        "plotly": plotly,
        "curves": lines,
        "height": PLOT_HEIGHT,
        "font": FONT,
        "colours": {"text": palette.text, "border": palette.border, "surface": palette.surface},
        "log": log,
        "xTitle": "steps" if by_step else "seconds of training",
        "xRange": [0, max(run.steps for run in runs)] if by_step else None,
        "yTitle": quantity.title,
        "revision": f"{curves.race_id}.{view['quantity']}.{log}.{view['by']}",
        "description": describe(runs, curves, view["quantity"], names),
    }


def describe(runs: Sequence[RunRecord], curves: RaceCurves, quantity: str, names: Mapping[str, str]) -> str:
    """The chart in words: every run's newest value."""
    said = []
    for run in runs:
        points = curves.points(run.id, quantity)
        newest = f"{points[-1].value:.3g} at step {points[-1].step}" if points else "none yet"
        said.append(f"{names[run.id]} {newest}")
    return f"{QUANTITIES[quantity].label}: {'; '.join(said)}."
