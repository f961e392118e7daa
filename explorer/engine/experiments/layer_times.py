"""Where the time of a forward pass goes: the clock is read before and after every layer."""

import time
from collections.abc import Iterator
from statistics import median

import torch
from torch import Tensor

from explorer.engine.experiments.bench import WARM_UP, Bench, in_rounds
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.lowering import watched
from explorer.engine.training.device import choose_device, device_name
from explorer.experiments.catalogue.layer_times import LayerTime, LayerTimesResult, TimedLayers
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence
from explorer.model import assemble


class LayerClock:
    """Reads the clock before and after every layer of one network, pass by pass.

    On a device that works on its own, the clock waits for it.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._rounds: list[dict[str, float]] = []
        self._whole: list[float] = []

    def forward(self) -> None:
        """One pass with the clock at every layer, and one with the clock outside."""
        bench, begun, spent = self._bench, dict[str, float](), dict[str, float]()

        def begin(path: str) -> None:
            bench.wait()
            begun[path] = time.perf_counter()

        def end(path: str, _: Tensor) -> None:
            bench.wait()
            spent[path] = time.perf_counter() - begun[path]

        with watched(bench.network, assemble(bench.spec), begin, end):
            bench.forward()
        self._rounds.append(spent)
        self._whole.append(bench.seconds(bench.forward)[0])

    def times(self) -> TimedLayers:
        """Median seconds of every layer, in the order of the graph, and of the whole pass; without the warm-up."""
        layers = [LayerTime(path, median(each[path] for each in self._rounds[WARM_UP:])) for path in self._rounds[0]]
        return TimedLayers(self._bench.label, tuple(layers), median(self._whole[WARM_UP:]))


def layer_times(
    request: ExperimentRequest, networks: TrainedNetworks | None = None
) -> Iterator[Progress | LayerTimesResult]:
    """Times the networks in turn, round by round, with random weights and images: neither changes the time.

    Raises SettingsError for a device that this machine does not have.
    """
    settings = request.parameters
    device: torch.device = choose_device(settings["device"])
    clocks = [LayerClock(Bench(subject, device, "fp32", settings["batch"])) for subject in request.networks]
    rounds = WARM_UP + settings["repeats"]
    for number, order in zip(range(rounds), in_rounds(len(clocks)), strict=False):
        yield Progress(number, rounds, sentence("Round {number} of {rounds}", number=number + 1, rounds=rounds))
        for place in order:
            clocks[place].forward()
    timed = tuple(clock.times() for clock in clocks)
    yield LayerTimesResult(device.type, device_name(device), settings["batch"], timed)
