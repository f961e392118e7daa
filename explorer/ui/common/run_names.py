"""Names and colours of the runs of a comparison, the same in every chart."""

import json
from collections.abc import Sequence

from explorer.language import _
from explorer.model import SpecError
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs.palette import Palette, network_colours
from explorer.runs.records import RunRecord
from explorer.ui.common.setting_labels import setting_label


def run_is_plain(run: RunRecord) -> bool:
    """Whether a run's network has no shortcuts; False where an older version's spec cannot be read."""
    try:
        return is_plain(run.spec)
    except SpecError:
        return False


def same_but_seed(runs: Sequence[RunRecord]) -> list[list[RunRecord]]:
    """The runs by network: one network under one name with the same settings, with any seed."""
    groups: dict[tuple[str, str, str], list[RunRecord]] = {}
    for run in runs:
        settings = {name: value for name, value in json.loads(run.settings_json).items() if name != "seed"}
        groups.setdefault((run.label, run.spec_json, json.dumps(settings, sort_keys=True)), []).append(run)
    return list(groups.values())


def network_names(groups: Sequence[Sequence[RunRecord]]) -> list[str]:
    """The name of each network: its label, and where others have the same label the settings that differ."""
    names = []
    for group in groups:
        others = [json.loads(other[0].settings_json) for other in groups if other[0].label == group[0].label]
        own = json.loads(group[0].settings_json)
        differing = [key for key in own if key != "seed" and any(other.get(key) != own[key] for other in others)]
        settings = [f"{setting_label(key).lower()} {own[key]}" for key in differing]
        names.append(", ".join([group[0].label, *settings]))
    # Two networks may have the same name after a renaming.
    return [f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name for at, name in enumerate(names)]


def run_names(runs: Sequence[RunRecord]) -> dict[str, str]:
    """The name of each run in charts: its network's name, and its seed where there are several."""
    several = len({run.seed for run in runs}) > 1
    groups = same_but_seed(runs)
    return {
        run.id: _("{name}, seed {seed}").format(name=name, seed=run.seed) if several else name
        for group, name in zip(groups, network_names(groups), strict=True)
        for run in group
    }


def run_colours(runs: Sequence[RunRecord], palette: Palette) -> dict[str, str]:
    """One colour for each network, the same for all of its seeds and in every chart."""
    groups = same_but_seed(runs)
    colours = network_colours(palette, [run_is_plain(group[0]) for group in groups])
    return {run.id: colour for group, colour in zip(groups, colours, strict=True) for run in group}
