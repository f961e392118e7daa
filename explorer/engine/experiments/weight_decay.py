"""Trains one network with several values of weight decay, and measures the branches after the last step."""

from collections.abc import Iterator
from dataclasses import replace

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.signal import read_signal
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.weight_decay import DecayPoint, DecayResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress


def weight_decay(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | DecayResult]:
    """For each seed and each value: the training, and the size of every branch after it. Equal seeds start equally."""
    (subject,) = request.networks
    images, labels = networks.images(request.parameters["images"])
    decays = sorted(set(request.parameters["decays"]))
    first = request.training.seed
    planned = [(seed, decay) for seed in range(first, first + request.parameters["seeds"]) for decay in decays]
    found: list[DecayPoint] = []
    for seed, decay in planned:
        settings = replace(networks.settings, weight_decay=decay)
        with_decay = TrainedNetworks(settings, networks.cache)
        trained = yield from with_decay.trained(replace(subject, label=f"weight decay {decay:g}"), seed=seed)
        reading = read_signal(trained.network, parts_of(trained.network, trained.spec), images, labels, settings.steps)
        blocks = tuple(part.path for part in parts_of(trained.network, trained.spec))
        found.append(DecayPoint(decay, blocks, reading.ratio, trained.training))
        yield Progress(len(found), len(planned), f"Trained with {decay:g}", DecayResult(tuple(found)))
    yield DecayResult(tuple(found))
