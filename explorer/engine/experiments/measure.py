"""What networks cost on this machine: time, with its spread, and the memory that tensors took at the peak."""

import contextlib
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F

from explorer.engine.experiments.memory import measure_memory
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.lowering import build_module, hooked, to_channels_last
from explorer.engine.training.device import autocast, choose_device, choose_precision, device_name
from explorer.experiments.catalogue.measure import BlockTime, MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.model import assemble

WARM_UP = 2
FEWEST_REPEATS, MOST_REPEATS = 5, 200
UNITS = 100
"""Units of progress for each network."""
BEFORE_TIMING = 20
"""Of them, those for memory and blocks."""

Parameters = Iterator[nn.Parameter]
OPTIMISERS: Mapping[str, Callable[[Parameters], torch.optim.Optimizer]] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-3),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
}


class Bench:
    """One network on its device with a random batch, ready to be timed."""

    def __init__(
        self, subject: Subject, device: torch.device, precision: str, batch: int, optimiser: str = "momentum"
    ) -> None:
        spec = subject.spec
        self.label, self.spec, self.device = subject.label, spec, device
        self._precision = precision
        torch.manual_seed(0)
        self.network = to_channels_last(build_module(spec).to(device))
        self.optimiser = OPTIMISERS[optimiser](self.network.parameters())
        shape = (batch, spec.in_channels, spec.image_size, spec.image_size)
        self.images = torch.randn(shape, device=device).contiguous(memory_format=torch.channels_last)
        self.labels = torch.randint(spec.num_classes, (batch,), device=device)

    def forward(self) -> None:
        """Inference: running statistics, nothing kept for a backward pass."""
        self.network.eval()
        with torch.inference_mode(), autocast(self._precision, self.device):
            self.network(self.images)

    def forward_and_backward(self) -> None:
        """A training step's two passes without the update."""
        self.network.train()
        self.network.zero_grad(set_to_none=True)
        with autocast(self._precision, self.device):
            scores = self.network(self.images)
        F.cross_entropy(scores.float(), self.labels).backward()  # type: ignore[no-untyped-call]

    def step(self) -> None:
        """A whole training step, the optimiser's update included."""
        self.forward_and_backward()
        self.optimiser.step()

    def seconds(self, work: Callable[[], None]) -> float:
        """Time of one call, the device's work included."""
        self.wait()
        begin = time.perf_counter()
        work()
        self.wait()
        return time.perf_counter() - begin

    def wait(self) -> None:
        """Returns when the device has nothing left to do."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def time_passes(bench: Bench, name: str, work: Callable[[], None], allowed: float) -> Iterator[Timing]:
    """Times `work` for about `allowed` seconds after a warm-up, telling what is known after every repeat."""
    for _ in range(WARM_UP):
        work()
    spent: list[float] = []
    while len(spent) < FEWEST_REPEATS or (sum(spent) < allowed and len(spent) < MOST_REPEATS):
        spent.append(bench.seconds(work))
        yield summarise(name, spent, len(bench.labels))


def summarise(name: str, seconds: Sequence[float], images: int) -> Timing:
    """Median, quartiles (linear between neighbours) and extremes."""
    places = torch.tensor([0.5, 0.25, 0.75], dtype=torch.float64)
    median, lower, upper = torch.tensor(seconds, dtype=torch.float64).quantile(places).tolist()
    return Timing(name, len(seconds), median, lower, upper, min(seconds), max(seconds), images / median)


def time_blocks(bench: Bench, repeats: int = FEWEST_REPEATS) -> tuple[tuple[BlockTime, ...], tuple[BlockTime, ...]]:
    """Median seconds of each block's forward pass, stem and head included, and of each op of stem and head.

    The device is waited for at each border, so that on a GPU the times are somewhat longer than without looking.
    """
    borders = list(_borders(bench))
    marks: list[float] = []

    def mark(*_: object) -> None:
        bench.wait()
        marks.append(time.perf_counter())

    handles = [module.register_forward_pre_hook(mark) for _, _, module in borders]
    rounds = []
    with hooked([*handles, bench.network.register_forward_hook(mark)]):
        for _ in range(repeats + 1):
            marks.clear()
            bench.forward()
            rounds.append([after - before for before, after in pairwise(marks)])
    medians = torch.tensor(rounds[1:], dtype=torch.float64).median(dim=0).values.tolist()
    by_block: dict[str, float] = {}
    for (block, _, _), seconds in zip(borders, medians, strict=True):
        by_block[block] = by_block.get(block, 0.0) + seconds
    ops = [BlockTime(op, seconds) for (_, op, _), seconds in zip(borders, medians, strict=True) if op]
    return tuple(BlockTime(*each) for each in by_block.items()), tuple(ops)


def _borders(bench: Bench) -> Iterator[tuple[str, str, nn.Module]]:
    """What runs one after another: a block's name, the op's where it is one of stem or head, and its module."""
    for stage, placed in assemble(bench.spec).placed_blocks():
        if placed.path:
            yield placed.path, "", bench.network.get_submodule(placed.path)
        else:
            for node in placed.block.nodes:
                yield stage.name, node.name, bench.network.get_submodule(node.name)


def measure(request: ExperimentRequest, networks: TrainedNetworks | None = None) -> Iterator[Progress | MeasureResult]:
    """Measures the networks one after another: memory first, while the process is small, then time.

    Random weights and images: neither changes the time. Raises SettingsError for a device or a precision that this
    machine does not have.
    """
    settings = request.parameters
    device = choose_device(settings["device"])
    if settings["precision"] == "bf16" and choose_precision("bf16", device)[0] != "bf16":
        raise SettingsError("precision", "this device has no fast bf16; choose fp32")
    with _threads(settings["threads"]):
        result = MeasureResult(
            device=device.type,
            device_name=device_name(device),
            precision=settings["precision"],
            threads=torch.get_num_threads(),
            batch_size=settings["batch"],
            versions={"python": platform.python_version(), "torch": torch.__version__},
            networks=(),
            optimiser=settings["optimiser"],
        )
        for subject in request.networks:
            so_far = result
            begun, whole = UNITS * len(result.networks), UNITS * len(request.networks)
            yield Progress(begun, whole, f"Measuring {subject.label}: memory and blocks")
            bench = Bench(subject, device, settings["precision"], settings["batch"], settings["optimiser"])
            for units, what, measured in _measured(request, bench):
                so_far = replace(result, networks=(*result.networks, measured))
                yield Progress(begun + units, whole, f"Measuring {subject.label}: {what}", so_far)
            result = so_far
        yield result


def _measured(request: ExperimentRequest, bench: Bench) -> Iterator[tuple[int, str, MeasuredNetwork]]:
    """One network, known ever better; with it the units of progress made and what comes next."""
    cost = assemble(bench.spec).cost
    memory = measure_memory(
        bench.device,
        bench.network,
        bench.forward,
        bench.step,
        batch=(bench.images, bench.labels),
        optimiser=bench.optimiser,
    )
    blocks, ops = time_blocks(bench)
    known = MeasuredNetwork(bench.label, cost.params, cost.macs, (), blocks, memory, ops)
    passes = {"forward": bench.forward, "forward + backward": bench.forward_and_backward}
    if request.parameters["passes"] == "inference":
        del passes["forward + backward"]
    allowed = request.parameters["seconds"] / len(request.networks) / len(passes)
    each = (UNITS - BEFORE_TIMING) / len(passes)
    for number, (name, work) in enumerate(passes.items()):
        before = BEFORE_TIMING + number * each
        yield round(before), name, known
        done, part = known.timings, 0.0
        for timing in time_passes(bench, name, work, allowed):
            known = replace(known, timings=(*done, timing))
            # The median moves; progress does not go back.
            reached = min(1.0, timing.repeats / FEWEST_REPEATS, timing.repeats * timing.median / allowed)
            part = max(part, reached)
            yield round(before + each * part), name, known
    yield UNITS, "done", known


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
