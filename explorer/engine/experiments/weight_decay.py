"""Trains one network with several values of weight decay, and measures the branches after the last step."""

from collections.abc import Iterator
from dataclasses import replace

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.signal import read_signal
from explorer.engine.experiments.trained_networks import TrainedNetworks, repetitions_under
from explorer.experiments.catalogue.weight_decay import DecayPoint, DecayResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence


def weight_decay(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | DecayResult]:
    """For each seed and each value: the training, and the size of every branch after it. Equal seeds start equally."""
    decays = sorted(set(request.parameters["decays"]))
    planned = repetitions_under(request, networks, {decay: {"weight_decay": decay} for decay in decays})
    found: list[DecayPoint] = []
    for seed, decay, trainer, subject in planned:
        trained = yield from trainer.trained(replace(subject, label=f"weight decay {decay:g}"), seed=seed)
        parts = parts_of(trained.network, trained.spec)
        batch = networks.images(request.parameters["images"], seed)
        reading = read_signal(trained.network, parts, *batch, trainer.settings.steps)
        blocks = tuple(part.path for part in parts)
        found.append(DecayPoint(decay, blocks, reading.ratio, trained.training))
        yield Progress(
            len(found), len(planned), sentence("Trained with {value}", value=f"{decay:g}"), DecayResult(tuple(found))
        )
    yield DecayResult(tuple(found))
