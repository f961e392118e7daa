"""Where the time of a forward pass goes: the clock is read before and after every layer."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import torch
from torch import Tensor

from explorer.engine.experiments.measure import Bench
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.lowering import watched
from explorer.engine.training.device import choose_device, device_name
from explorer.experiments.catalogue.layer_times import LayerTime, LayerTimesResult, TimedLayers
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.model import assemble

WARM_UP = 2


def time_layers(bench: Bench, repeats: int) -> tuple[LayerTime, ...]:
    """Median seconds of every layer over some passes, in the order of the graph.

    On a device that works on its own, the clock waits for it.
    """
    begun: dict[str, float] = {}
    rounds: list[dict[str, float]] = []

    def begin(path: str) -> None:
        bench.wait()
        begun[path] = time.perf_counter()

    def end(path: str, _: Tensor) -> None:
        bench.wait()
        rounds[-1][path] = time.perf_counter() - begun[path]

    with watched(bench.network, assemble(bench.spec), begin, end):
        for _ in range(WARM_UP + repeats):
            rounds.append({})
            bench.forward()
    return tuple(LayerTime(path, median(each[path] for each in rounds[WARM_UP:])) for path in rounds[0])


def layer_times(
    request: ExperimentRequest, networks: TrainedNetworks | None = None
) -> Iterator[Progress | LayerTimesResult]:
    """Times the networks one after another, with random weights and images: neither changes the time.

    Raises SettingsError for a device that this machine does not have.
    """
    settings = request.parameters
    device: torch.device = choose_device(settings["device"])
    result = LayerTimesResult(device.type, device_name(device), settings["batch"], ())
    for subject in request.networks:
        bench = Bench(subject, device, "fp32", settings["batch"])
        layers = time_layers(bench, settings["repeats"])
        whole = median(bench.seconds(bench.forward) for _ in range(settings["repeats"]))
        result = replace(result, networks=(*result.networks, TimedLayers(subject.label, layers, whole)))
        yield Progress(len(result.networks), len(request.networks), f"Timed {subject.label}", result)
    yield result
