"""The order in which the runs of a training comparison are trained: the longest first, so that workers end together."""

from collections.abc import Sequence

from explorer.model import ModelSpec
from explorer.runs.limits import training_need
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings

Planned = Sequence[tuple[NamedNetwork, int]]
"""A training comparison's networks with their seeds."""


def turns(planned: Planned, settings: TrainingSettings) -> list[int]:
    """Each run's place in the queue, 0 being the first, in the order in which the runs are given.

    One seed after another, so that the comparison of one seed is complete early. Of one seed, the run with the most
    multiply-adds comes first: two workers then need at most 7/6 of the least possible time (Graham 1969, “Bounds on
    multiprocessing timing anomalies”); a long run that starts last would leave one worker idle for half of the
    comparison. Equal runs keep the order in which they are given.
    """
    seeds = list(dict.fromkeys(seed for _, seed in planned))
    work = {spec: _work(spec, settings) for spec in {network.spec for network, _ in planned}}
    line = sorted(
        range(len(planned)), key=lambda place: (seeds.index(planned[place][1]), -work[planned[place][0].spec])
    )
    return [line.index(place) for place in range(len(planned))]


def _work(spec: ModelSpec, settings: TrainingSettings) -> int:
    """Multiply-adds of all steps; 0 for a network that does not fit its data: it fails as soon as it starts."""
    try:
        return training_need(spec, settings).macs
    except ValueError:
        return 0
