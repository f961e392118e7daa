"""How long a shared run takes, and where in the queue a seat's run stands, from estimates and measured speeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from statistics import fmean
from typing import NamedTuple

from explorer.jobs.errors import SettingsError
from explorer.jobs.machine_speed import Slowdown
from explorer.model import ModelSpec, SpecError
from explorer.runs.estimates import TimeRange, in_range, is_estimated, loads, training_seconds
from explorer.runs.records import HELD, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.shared_runs.plan import Plan

DOUBT = 1.25
"""The factor, either way, by which a run may differ from finished runs of the same network and settings."""
Kind = tuple[str, TrainingSettings]
"""A run's network, and its settings without the seed."""


class Place(NamedTuple):
    """A run's place in the queue, 1 for the next one, of how many; the seconds until its turn, None if not known."""

    place: int
    waiting: int
    seconds: TimeRange | None


def plan_range(plan: Plan, count: int, workers: int, slowdown: Slowdown) -> TimeRange | None:
    """Seconds until so many shares are trained, with so many workers; None where they cannot be estimated."""
    seconds: list[float] = []
    for number in range(count):
        try:
            trained = plan.share(number).trained
            each = [estimated(network.spec, replace(settings, seed=0)) for network, settings in trained]
        except (SpecError, SettingsError):
            return None
        known = [one for one in each if one is not None]
        if len(known) < len(each):
            return None
        seconds += known
    return in_range(max(loads(seconds, [0.0] * workers)), slowdown)


@lru_cache(maxsize=512)
def estimated(spec: ModelSpec, settings: TrainingSettings) -> float | None:
    """Seconds of one run on the idle reference; None on a graphics card, or where the network does not fit the data."""
    try:
        return training_seconds(spec, settings) if is_estimated(settings) else None
    except SpecError:
        return None


def kind_of(run: RunRecord) -> Kind:
    """What runs have in common that take equally long."""
    return run.spec_json, replace(run.settings, seed=0)


def measured(runs: Sequence[RunRecord]) -> Mapping[Kind, float]:
    """The mean seconds of the runs that have finished, by kind."""
    found: dict[Kind, list[float]] = {}
    for run in runs:
        if run.state == "finished" and run.seconds > 0:
            found.setdefault(kind_of(run), []).append(run.seconds)
    return {kind: fmean(seconds) for kind, seconds in found.items()}


def places(
    queue: Sequence[str],
    active: Mapping[str, RunRecord],
    known: Mapping[Kind, float],
    workers: int,
    slowdown: Slowdown,
) -> Mapping[str, Place]:
    """The place of every waiting run by its id, given the queue in its order and all runs that wait or train."""
    busy = [_left(run, known, slowdown) for run in active.values() if run.state in HELD]
    idle = [TimeRange(0.0, 0.0)] * max(0, workers - len(busy))
    free: tuple[list[float], list[float]] | None = None
    if None not in busy:
        ends = [each for each in busy if each is not None] + idle
        free = [each.low for each in ends], [each.high for each in ends]
    found: dict[str, Place] = {}
    for place, run_id in enumerate(queue, 1):
        found[run_id] = Place(place, len(queue), TimeRange(min(free[0]), min(free[1])) if free else None)
        run = active.get(run_id)
        seconds = _seconds(run, known, slowdown) if run else None
        free = (loads([seconds.low], free[0]), loads([seconds.high], free[1])) if free and seconds else None
    return found


def _seconds(run: RunRecord, known: Mapping[Kind, float], slowdown: Slowdown) -> TimeRange | None:
    """The seconds of a whole run: of finished ones of its kind, or as estimated."""
    try:
        kind = kind_of(run)
        if kind in known:
            return TimeRange(known[kind] / DOUBT, known[kind] * DOUBT)
        seconds = estimated(run.spec, kind[1])
    except (SpecError, SettingsError):
        return None
    return None if seconds is None else TimeRange(seconds * slowdown.low, seconds * slowdown.high)


def _left(run: RunRecord, known: Mapping[Kind, float], slowdown: Slowdown) -> TimeRange | None:
    """The seconds left of a run in training."""
    if run.seconds_left is not None:
        return TimeRange(run.seconds_left / DOUBT, run.seconds_left * DOUBT)
    return _seconds(run, known, slowdown)
