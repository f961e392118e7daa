"""Short trainings of the same networks at several learning rates."""

from collections.abc import Iterator

from explorer.engine.experiments.trained_networks import TrainedNetworks, repetitions_under
from explorer.experiments.catalogue.learning_rates import RATE_LABELS, RATES, RatePoint, RatesResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence


def learning_rates(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | RatesResult]:
    """Trains every network at every learning rate, first all with the first seed."""
    chosen = {name: fields for name, fields in RATES.items() if name in request.parameters["rates"]}
    planned = repetitions_under(request, networks, chosen)
    found: list[RatePoint] = []
    for seed, rate, trainer, subject in planned:
        trained = yield from trainer.trained(subject, seed=seed)
        found.append(RatePoint(rate, trained.training))
        what = sentence(
            "Trained {network} at {rate}", network=sentence(subject.label), rate=sentence(RATE_LABELS[rate])
        )
        yield Progress(len(found), len(planned), what, RatesResult(tuple(found)))
    yield RatesResult(tuple(found))
