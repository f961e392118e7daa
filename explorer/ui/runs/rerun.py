"""Runs set up again: the same networks and settings with the next seed."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import SpecError
from explorer.runs.fine_tuning import USUAL_START
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import NUMBERS, TrainingSettings

SEED_IN_NAME = re.compile(r", seed \d+$")


def seeded_name(name: str, seed: int) -> str:
    """The name of a comparison that repeats another with another seed; `SEED_IN_NAME` finds the seed again."""
    return f"{name}, seed {seed}"


@dataclass(frozen=True)
class Rerun:
    """A training comparison to be queued."""

    name: str
    named_networks: tuple[NamedNetwork, ...]
    settings: TrainingSettings
    usual_start: bool = False
    """Whether each network is also trained from its usual start."""


def _settings_but_seed(run: RunRecord) -> str:
    return json.dumps({**json.loads(run.settings_json), "seed": None}, sort_keys=True)


def reruns(chosen: Sequence[RunRecord], history: Iterable[RunRecord]) -> list[Rerun]:
    """One comparison for each set of settings among the chosen runs, with a seed above all those in `history`.

    Runs that keep the weights of a file were not trained and are left out. Raises SettingsError, with the run's label,
    where a stored network can no longer be trained.
    """
    chosen = [run for run in chosen if run.was_trained]
    beside = {run.id for run in chosen if _has_start(run, chosen)}
    groups: dict[str, list[RunRecord]] = {}
    for run in chosen:
        if run.id not in beside:
            groups.setdefault(_settings_but_seed(run), []).append(run)
    newest_seed: dict[str, int] = {}
    for run in [*history, *chosen]:
        key = _settings_but_seed(run)
        newest_seed[key] = max(newest_seed.get(key, 0), run.seed)
    with_usual = {run.comparison_id for run in chosen if run.id in beside}
    return [
        _rerun(group, newest_seed[key] + 1, any(run.comparison_id in with_usual for run in group))
        for key, group in groups.items()
    ]


def _has_start(run: RunRecord, others: Iterable[RunRecord]) -> bool:
    """Whether the run is the one from the usual start beside one that starts from given weights."""
    labels = {f"{other.label}{USUAL_START}" for other in others if other.comparison_id == run.comparison_id}
    return run.label in labels


def _rerun(group: Sequence[RunRecord], seed: int, usual_start: bool) -> Rerun:
    try:
        settings = replace(group[0].settings, seed=seed % int(NUMBERS["seed"].kind.high))
        named_networks = {(run.label, run.spec_json): NamedNetwork(run.label, run.spec) for run in group}
        for network in named_networks.values():
            check_trainable(network.spec, settings)
    except SpecError as error:
        raise SettingsError(
            "networks",
            sentence("{name} can no longer be trained: {reason}", name=group[0].label, reason=str(error)),
        ) from error
    name = SEED_IN_NAME.sub("", group[0].comparison_name)
    return Rerun(seeded_name(name, settings.seed), tuple(named_networks.values()), settings, usual_start)
