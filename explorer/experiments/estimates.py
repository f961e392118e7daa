"""How long an experiment will take, estimated from the size of its networks and from the machine's present speed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.datasets.catalogue import fit_spec
from explorer.experiments.client import MOST_WAYS, split
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.work import Passes, Work
from explorer.jobs.capacity import usable_cores
from explorer.jobs.machine_speed import Slowdown
from explorer.runs.estimates import PASS, STEP, TimeRange

BESIDES = 1.0
"""Seconds for starting and for whatever is computed besides."""


MOST_WAITING = 10.0
"""The most times as long that threads of one step, which wait for one another, are expected to take."""


class Share(NamedTuple):
    """What one process computes of a request, in seconds on the idle reference."""

    computed: float
    """Trainings and passes."""
    repeated: float
    """The passes that are made in any case to fill the time allowed."""
    allowed: float
    """The time allowed, which no faster machine saves."""
    may_end_early: bool


def expected_range(request: ExperimentRequest, slowdown: Slowdown) -> TimeRange:
    """Seconds of a whole request, from the click, on a machine that is slower by so much."""
    computed, repeated, allowed, may_end_early = _longest_share(request)
    low, high = ((BESIDES + computed) * factor + max(allowed, repeated * factor) for factor in slowdown)
    if request.parameters.get("threads", 1) > 1:
        # A step of several threads ends with the last of them: each has to get a processor for it.
        high *= min(MOST_WAITING, max(1.0, slowdown.high))
    return TimeRange((BESIDES + computed + repeated) * slowdown.low if may_end_early else low, high)


def expected_seconds(request: ExperimentRequest) -> float:
    """Seconds of a whole request on the idle reference, where it uses all the time that it is allowed."""
    return expected_range(request, Slowdown(1.0, 1.0)).high


def _longest_share(request: ExperimentRequest) -> Share:
    """Of the process that ends last: each of them takes the next piece when it has none."""
    ways = min(MOST_WAYS, usable_cores())
    loads = [Share(0.0, 0.0, 0.0, False)] * ways
    for piece in split(request, ways):
        idle = loads.index(min(loads, key=_total))
        work, before = request.description.work(piece), loads[idle]
        loads[idle] = Share(
            before.computed + _computing_seconds(work, request),
            before.repeated + _pass_seconds(work.repeated),
            before.allowed + work.seconds,
            before.may_end_early or work.may_end_early,
        )
    return max(loads, key=_total)


def _total(share: Share) -> float:
    return share.computed + max(share.repeated, share.allowed)


def _computing_seconds(work: Work, request: ExperimentRequest) -> float:
    """Seconds of the trainings and the passes of one share, in one process."""
    training = request.training
    trainings = sum(STEP.seconds(fit_spec(spec, training.dataset), training.batch_size) for spec in work.trainings)
    fitted = (replace(each, spec=fit_spec(each.spec, training.dataset)) for each in work.passes)
    return training.steps * trainings + _pass_seconds(fitted if request.description.trains else work.passes)


def _pass_seconds(passes: Iterable[Passes]) -> float:
    return sum(each.count * PASS.seconds(each.spec, each.images) for each in passes)
