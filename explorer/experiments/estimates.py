"""How long an experiment will take on two cores, estimated from the size of its networks before it starts.

Measured as processor time of the computing process while its neighbours were busy, so that a quiet machine is somewhat
faster. `python -m benchmarks.labs` compares the estimates with measured times.
"""

from explorer.datasets.catalogue import fit_spec
from explorer.experiments.client import MOST_WAYS
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.sharding import split
from explorer.experiments.work import Work
from explorer.jobs.capacity import usable_cores
from explorer.model import ModelSpec, assemble
from explorer.runs.settings import TrainingSettings

SECONDS_PER_OP = 1.2e-4
"""Of one training step, for each op of a small network: calls, not arithmetic."""
SECONDS_PER_MAC = 1.75e-10
"""Of one training step, for each multiply-add of a forward pass over the batch."""
SECONDS_PER_OP_WITHOUT_TRAINING = 4e-5
SECONDS_PER_MAC_WITHOUT_TRAINING = 1.0e-10
"""Of one forward pass, for each op, and for each multiply-add over the batch."""
PASSES_MEASURED = 10
"""Steps of training that are as much work as the fewest passes of a measurement."""
SLOWED = 1.15
"""Factor on the time of a process while a second one runs."""
BESIDES = 1.5
"""Seconds for starting and for whatever is computed besides."""


def training_seconds(spec: ModelSpec, steps: int, batch: int, dataset: str = "digits") -> float:
    """Seconds of one training in one process."""
    graph = assemble(fit_spec(spec, dataset))
    ops = sum(1 for _ in graph.nodes())
    return steps * (SECONDS_PER_OP * ops + SECONDS_PER_MAC * batch * graph.cost.macs)


def _pass_seconds(spec: ModelSpec, images: int, dataset: str) -> float:
    """Seconds of one forward pass over some images without training."""
    graph = assemble(fit_spec(spec, dataset))
    ops = sum(1 for _ in graph.nodes())
    return SECONDS_PER_OP_WITHOUT_TRAINING * ops + SECONDS_PER_MAC_WITHOUT_TRAINING * images * graph.cost.macs


def expected_seconds(request: ExperimentRequest) -> float:
    """Seconds of a whole request, from the click: those of its slower share, since the shares run side by side."""
    description = request.description
    if not description.trains:
        batch: int = request.parameters["batch"]
        macs = batch * sum(assemble(each.spec).cost.macs for each in request.networks)
        return description.work(request).seconds + PASSES_MEASURED * SECONDS_PER_MAC * macs
    shares = split(request, min(MOST_WAYS, usable_cores()))
    work = [description.work(share) for share in shares]
    slowest = max(_computing_seconds(each, request.training) for each in work)
    return BESIDES + slowest * (SLOWED if len(shares) > 1 else 1.0) + max(each.seconds for each in work)


def _computing_seconds(work: Work, training: TrainingSettings) -> float:
    trainings = sum(
        training_seconds(spec, training.steps, training.batch_size, training.dataset) for spec in work.trainings
    )
    return trainings + sum(each.count * _pass_seconds(each.spec, each.images, training.dataset) for each in work.passes)
