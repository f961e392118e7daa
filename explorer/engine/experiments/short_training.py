"""Short trainings by the usual loop: given networks side by side, and one network at several depths."""

from collections.abc import Iterator

from explorer.engine.experiments.trained_networks import TrainedNetworks, repetitions
from explorer.experiments.catalogue.depth_sweep import DepthPoint, DepthSweepResult, sweep_networks
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress, Training
from explorer.language import sentence


def short_training(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | ShortTrainingResult]:
    """Trains every network with every seed: first all with the first seed, so that a picture is there soon."""
    found: list[Training] = []
    wanted = repetitions(request)
    for seed, subject in wanted:
        trained = yield from networks.trained(subject, seed=seed)
        found.append(trained.training)
        yield Progress(
            len(found),
            len(wanted),
            sentence("Trained {network}", network=sentence(subject.label)),
            ShortTrainingResult(tuple(found)),
        )
    yield ShortTrainingResult(tuple(found))


def depth_sweep(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | DepthSweepResult]:
    """Trains the network with each number of blocks a stage, residual as it is and plain without its shortcuts."""
    entries = sweep_networks(request)
    found: list[DepthPoint] = []
    first = request.training.seed
    for seed in range(first, first + request.parameters["seeds"]):
        for plain, spec in entries:
            label = f"{'plain' if plain else 'residual'}-{spec.depth}"
            trained = yield from networks.trained(Subject(label, spec), seed=seed)
            found.append(DepthPoint(spec.depth, plain, trained.training))
            so_far = DepthSweepResult(tuple(found))
            yield Progress(
                len(found),
                len(entries) * request.parameters["seeds"],
                sentence("Trained {network}", network=sentence(label)),
                so_far,
            )
    yield DepthSweepResult(tuple(found))
