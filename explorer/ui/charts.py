"""What the charts show, as plain data: colours and dashes of contestants, axes, words."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.model import ModelSpec, SpecError
from explorer.model.variants import SHORTCUTS
from explorer.outputs.palette import Palette
from explorer.runs.records import RunRecord
from explorer.ui.curves import QUANTITIES, RaceCurves, band, thinned
from explorer.ui.entry import setting_label

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


def same_but_seed(runs: Sequence[RunRecord]) -> list[list[RunRecord]]:
    """The runs by contestant: one network under one name with the same settings, whatever the seed."""
    groups: dict[tuple[str, str, str], list[RunRecord]] = {}
    for run in runs:
        settings = {name: value for name, value in json.loads(run.settings_json).items() if name != "seed"}
        groups.setdefault((run.label, run.spec_json, json.dumps(settings, sort_keys=True)), []).append(run)
    return list(groups.values())


def contestant_names(groups: Sequence[Sequence[RunRecord]]) -> list[str]:
    """What each contestant is called: its label, and where others share it the settings that tell it apart."""
    names = []
    for group in groups:
        others = [json.loads(other[0].settings_json) for other in groups if other[0].label == group[0].label]
        own = json.loads(group[0].settings_json)
        differing = [key for key in own if key != "seed" and any(other.get(key) != own[key] for other in others)]
        said = [f"{setting_label(key).lower()} {own[key]}" for key in differing]
        names.append(", ".join([group[0].label, *said]))
    # Two networks may bear one name after a renaming.
    return [f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name for at, name in enumerate(names)]


def run_names(runs: Sequence[RunRecord]) -> dict[str, str]:
    """What each run is called in the chart: its contestant's name, and its seed where there are several."""
    several = len({run.seed for run in runs}) > 1
    groups = same_but_seed(runs)
    return {
        run.id: f"{name}, seed {run.seed}" if several else name
        for group, name in zip(groups, contestant_names(groups), strict=True)
        for run in group
    }


def run_colours(runs: Sequence[RunRecord], palette: Palette) -> dict[str, str]:
    """One colour for each contestant, the same for all of its seeds and in every picture."""
    groups = enumerate(same_but_seed(runs))
    return {run.id: palette.chart[number % len(palette.chart)] for number, group in groups for run in group}


def _line(run: RunRecord, name: str, colour: str, xy: Sequence[tuple[float, float]], markers: bool) -> dict[str, Any]:
    return {
        "name": name,
        "x": [x for x, _ in xy],
        "y": [y for _, y in xy],
        "colour": colour,
        "dash": "dash" if run_is_plain(run) else "solid",
        "markers": markers,
    }


def _lines(runs: Sequence[RunRecord], curves: RaceCurves, palette: Palette, view: Mapping[str, Any]) -> list[Any]:
    """A line for each run; with `bands`, one for each contestant, and the least and greatest value around it."""
    sparse, least = QUANTITIES[view["quantity"]].sparse, LOWEST_ON_LOG if view["log"] else -math.inf
    names, colours = run_names(runs), run_colours(runs, palette)
    drawn = {
        run.id: [
            (getattr(point, view["by"]), max(point.value, least))
            for point in thinned(curves.points(run.id, view["quantity"]))
        ]
        for run in runs
    }
    if not view.get("bands"):
        return [_line(run, names[run.id], colours[run.id], drawn[run.id], sparse) for run in runs]
    groups = same_but_seed(runs)
    lines = []
    for group, name in zip(groups, contestant_names(groups), strict=True):
        found = band(drawn[run.id] for run in group)
        xy = list(zip(found.x, found.mean, strict=True))
        called = f"{name}, {len(group)} seeds" if len(group) > 1 else name
        lines.append(_line(group[0], called, colours[group[0].id], xy, sparse))
        if len(group) > 1:
            lines[-1] |= {"low": found.low, "high": found.high}
    return lines


def race_chart(
    runs: Sequence[RunRecord], curves: RaceCurves, palette: Palette, view: Mapping[str, Any], plotly: str
) -> dict[str, Any]:
    """The chart of a race. `view` holds `quantity`, `log`, `by` (`step` or `seconds`), and maybe `bands`."""
    quantity = QUANTITIES[view["quantity"]]
    log, bands = bool(view["log"]), bool(view.get("bands"))
    by_step = view["by"] == "step"
    return {
        "plotly": plotly,
        "curves": _lines(runs, curves, palette, view),
        "height": PLOT_HEIGHT,
        "font": FONT,
        "colours": {"text": palette.text, "border": palette.border, "surface": palette.surface},
        "log": log,
        "xTitle": "steps" if by_step else "seconds of training",
        "xRange": [0, max(run.steps for run in runs)] if by_step else None,
        "yTitle": quantity.title,
        "revision": f"{curves.race_id}.{view['quantity']}.{log}.{view['by']}.{bands}",
        "description": describe(runs, curves, view["quantity"], run_names(runs)),
    }


def describe(runs: Sequence[RunRecord], curves: RaceCurves, quantity: str, names: Mapping[str, str]) -> str:
    """The chart in words: every run's newest value."""
    said = []
    for run in runs:
        points = curves.points(run.id, quantity)
        newest = f"{points[-1].value:.3g} at step {points[-1].step}" if points else "none yet"
        said.append(f"{names[run.id]} {newest}")
    return f"{QUANTITIES[quantity].label}: {'; '.join(said)}."
