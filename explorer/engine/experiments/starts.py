"""Short trainings from several starts, each read before its first step."""

from collections.abc import Iterator

from torch import nn

from explorer.datasets.catalogue import fit_spec
from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.signal import read_signal
from explorer.engine.experiments.start_values import STARTS
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.signal_and_gradient import SignalReading
from explorer.experiments.catalogue.starts import StartPoint, StartsResult, started
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence


def starts(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | StartsResult]:
    """Trains every network from every start that changes something in it, first all with the first seed."""
    first, pairs = request.training.seed, started(request)
    found: list[StartPoint] = []
    for seed in range(first, first + request.parameters["seeds"]):
        batch = networks.images(request.parameters["images"], seed)
        for subject, start in pairs:
            spec = fit_spec(subject.spec, request.training.dataset)
            readings: list[SignalReading] = []

            def look(network: nn.Module, step: int, spec=spec, readings=readings, batch=batch) -> None:  # type: ignore[no-untyped-def]
                if step == 0:
                    readings.append(read_signal(network, parts_of(network, spec), *batch))

            trained = yield from networks.trained(subject, look, seed=seed, start=STARTS[start])
            blocks = tuple(part.path for part in parts_of(trained.network, spec))
            found.append(StartPoint(subject.label, start, blocks, readings[0], trained.training))
            total = len(pairs) * request.parameters["seeds"]
            yield Progress(
                len(found),
                total,
                sentence("Trained {network}", network=sentence(subject.label)),
                StartsResult(tuple(found)),
            )
    yield StartsResult(tuple(found))
