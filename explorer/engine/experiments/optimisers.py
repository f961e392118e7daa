"""Short trainings of the same networks with several optimisers."""

from collections.abc import Iterator
from dataclasses import replace

from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.optimisers import USUAL_RATES, OptimiserPoint, OptimisersResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.runs.settings import OPTIMISERS


def optimisers(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | OptimisersResult]:
    """Trains every network with every optimiser, first all with the first seed."""
    names, factor = request.parameters["optimisers"], request.parameters["rate_factor"]
    trainers = {
        name: TrainedNetworks(
            replace(networks.settings, optimiser=name, learning_rate=USUAL_RATES[name] * factor), networks.cache
        )
        for name in names
    }
    first = request.training.seed
    seeds = range(first, first + request.parameters["seeds"])
    total, found = len(seeds) * len(names) * len(request.networks), list[OptimiserPoint]()
    for seed in seeds:
        for name, trainer in trainers.items():
            for subject in request.networks:
                trained = yield from trainer.trained(subject, seed=seed)
                found.append(OptimiserPoint(name, trainer.settings.learning_rate, trained.training))
                what = f"Trained {subject.label} with {OPTIMISERS[name].label}"
                yield Progress(len(found), total, what, OptimisersResult(tuple(found)))
    yield OptimisersResult(tuple(found))
