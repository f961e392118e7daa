"""Short trainings of the same networks with several optimisers."""

from collections.abc import Iterator

from explorer.engine.experiments.trained_networks import TrainedNetworks, repetitions_under
from explorer.experiments.catalogue.optimisers import USUAL_RATES, OptimiserPoint, OptimisersResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence
from explorer.runs.settings import OPTIMISERS


def optimisers(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | OptimisersResult]:
    """Trains every network with every optimiser, first all with the first seed."""
    names, factor = request.parameters["optimisers"], request.parameters["rate_factor"]
    settings = {name: {"optimiser": name, "learning_rate": USUAL_RATES[name] * factor} for name in names}
    planned = repetitions_under(request, networks, settings)
    found: list[OptimiserPoint] = []
    for seed, name, trainer, subject in planned:
        trained = yield from trainer.trained(subject, seed=seed)
        found.append(OptimiserPoint(name, trainer.settings.learning_rate, trained.training))
        what = sentence(
            "Trained {network} with {optimiser}",
            network=sentence(subject.label),
            optimiser=sentence(OPTIMISERS[name].label),
        )
        yield Progress(len(found), len(planned), what, OptimisersResult(tuple(found)))
    yield OptimisersResult(tuple(found))
