"""Where the time of a forward pass goes: the clock is read before and after every layer."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from explorer.engine.experiments.blocks import hooked
from explorer.engine.experiments.measure import Bench
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.training.device import choose_device, device_name
from explorer.experiments.catalogue.layer_times import LayerTime, LayerTimesResult, TimedLayers
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.model import assemble

WARM_UP = 2


class Clock:
    """Seconds that each layer took in the pass under way, by its path."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._begun: dict[str, float] = {}
        self.spent: dict[str, float] = {}

    def hooks(self) -> Iterator[RemovableHandle]:
        """Hooks on every layer; on a device that works on its own they wait for it."""
        for _, placed in assemble(self._bench.spec).placed_blocks():
            for node in placed.block.nodes:
                path = f"{placed.path}.{node.name}" if placed.path else node.name
                module = self._bench.network.get_submodule(path)
                yield module.register_forward_pre_hook(self._before(path))
                yield module.register_forward_hook(self._after(path))

    def _before(self, path: str):  # type: ignore[no-untyped-def]
        def hook(_: nn.Module, __: object) -> None:
            self._bench.wait()
            self._begun[path] = time.perf_counter()

        return hook

    def _after(self, path: str):  # type: ignore[no-untyped-def]
        def hook(_: nn.Module, __: object, ___: object) -> None:
            self._bench.wait()
            took = time.perf_counter() - self._begun[path]
            self.spent[path] = self.spent.get(path, 0.0) + took

        return hook


def time_layers(bench: Bench, repeats: int) -> tuple[LayerTime, ...]:
    """Median seconds of every layer over some passes, in the order of the graph."""
    clock = Clock(bench)
    rounds: list[dict[str, float]] = []
    with hooked(clock.hooks()):
        for _ in range(WARM_UP + repeats):
            clock.spent = {}
            bench.forward()
            rounds.append(clock.spent)
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
