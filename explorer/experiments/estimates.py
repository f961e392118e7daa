"""How long an experiment will take on two cores, estimated from the size of its networks before it starts.

Measured as processor time of the computing process while its neighbours were busy, so that a quiet machine is somewhat
faster. `python -m benchmarks.labs` compares the estimates with measured times.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.datasets.catalogue import fit_spec
from explorer.experiments.client import MOST_WAYS, split
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.work import Passes, Work
from explorer.jobs.capacity import usable_cores
from explorer.model import ModelSpec, assemble


class Rate(NamedTuple):
    """Seconds for each op of a small network (calls, not arithmetic), and for each multiply-add over the batch."""

    op: float
    mac: float


STEP, PASS = Rate(1.2e-4, 1.75e-10), Rate(4e-5, 1.0e-10)
"""Of one step of training, and of one forward pass without training."""
SLOWED = 1.15
"""Factor on the time of a process while a second one runs."""
BESIDES = 1.5
"""Seconds for starting and for whatever is computed besides."""


def expected_seconds(request: ExperimentRequest) -> float:
    """Seconds of a whole request, from the click: those of its slower share, since the shares run side by side."""
    work = [request.description.work(share) for share in split(request, min(MOST_WAYS, usable_cores()))]
    computed = max(_computing_seconds(each, request) for each in work) * (SLOWED if len(work) > 1 else 1.0)
    repeated = max(max(each.seconds, _pass_seconds(each.repeated)) for each in work)
    return BESIDES + computed + repeated


def _computing_seconds(work: Work, request: ExperimentRequest) -> float:
    """Seconds of the trainings and the passes of one share, in one process."""
    training = request.training
    trainings = sum(_seconds(fit_spec(spec, training.dataset), training.batch_size, STEP) for spec in work.trainings)
    fitted = (replace(each, spec=fit_spec(each.spec, training.dataset)) for each in work.passes)
    return training.steps * trainings + _pass_seconds(fitted if request.description.trains else work.passes)


def _pass_seconds(passes: Iterable[Passes]) -> float:
    return sum(each.count * _seconds(each.spec, each.images, PASS) for each in passes)


def _seconds(spec: ModelSpec, images: int, rate: Rate) -> float:
    """Seconds of one step of training, or of one forward pass, over some images."""
    graph = assemble(spec)
    return rate.op * sum(1 for _ in graph.nodes()) + rate.mac * images * graph.cost.macs
