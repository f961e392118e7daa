"""What networks cost on this machine: time, with its spread, and the memory that tensors took at the peak."""

import contextlib
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.hooks import RemovableHandle

from explorer.engine.device import autocast, choose_device, choose_precision, device_name
from explorer.engine.lowering import build_module
from explorer.engine.probes.anatomy import Part, hooked, parts_of
from explorer.engine.probes.memory import measure_memory
from explorer.engine.probes.workshop import Workshop
from explorer.model import assemble
from explorer.runs.errors import SettingsError
from explorer.runs.probes.measured import BlockTime, MeasuredNetwork, MeasureResult, Timing
from explorer.runs.probes.request import ProbeRequest, Subject
from explorer.runs.probes.result import Progress

WARM_UP = 2
FEWEST_REPEATS, MOST_REPEATS = 5, 200


class Bench:
    """One network on its device with a random batch, ready to be timed."""

    def __init__(self, subject: Subject, device: torch.device, precision: str, batch: int) -> None:
        spec = subject.spec
        self.label, self.spec, self.device = subject.label, spec, device
        self._precision = precision
        torch.manual_seed(0)
        self.network = build_module(spec).to(device).to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.SGD(self.network.parameters(), lr=1e-3, momentum=0.9)
        shape = (batch, spec.in_channels, spec.image_size, spec.image_size)
        self.images = torch.randn(shape, device=device).contiguous(memory_format=torch.channels_last)
        self.labels = torch.randint(spec.num_classes, (batch,), device=device)

    def forward(self) -> None:
        """Inference: running statistics, nothing kept for a backward pass."""
        self.network.eval()
        with torch.inference_mode(), self._cast():
            self.network(self.images)

    def forward_and_backward(self) -> None:
        """A training step's two passes without the update."""
        self.network.train()
        self.network.zero_grad(set_to_none=True)
        with self._cast():
            scores = self.network(self.images)
        F.cross_entropy(scores.float(), self.labels).backward()  # type: ignore[no-untyped-call]

    def step(self) -> None:
        """A whole training step, momentum and update included."""
        self.forward_and_backward()
        self._optimiser.step()

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

    def _cast(self) -> AbstractContextManager[object]:
        return autocast(self._precision, self.device)


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


def time_blocks(bench: Bench, repeats: int = FEWEST_REPEATS) -> tuple[BlockTime, ...]:
    """Median seconds of each block's forward pass, stem and head included; the device is waited for at each border."""
    parts = parts_of(bench.network, bench.spec)
    marks: list[float] = []

    def mark(*_: object) -> None:
        bench.wait()
        marks.append(time.perf_counter())

    rounds = []
    with hooked(_borders(bench.network, parts, mark)):
        for _ in range(repeats + 1):
            marks.clear()
            bench.forward()
            rounds.append([after - before for before, after in pairwise(marks)])
    medians = torch.tensor(rounds[1:], dtype=torch.float64).median(dim=0).values.tolist()
    names = ["stem", *(part.path for part in parts), "head"]
    return tuple(BlockTime(name, seconds) for name, seconds in zip(names, medians, strict=True))


def measure(request: ProbeRequest, workshop: Workshop | None = None) -> Iterator[Progress | MeasureResult]:
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
        )
        for subject in request.networks:
            so_far = result
            for measured in _measured(request, Bench(subject, device, settings["precision"], settings["batch"])):
                so_far = replace(result, networks=(*result.networks, measured))
                yield Progress(len(result.networks), len(request.networks), f"Measuring {subject.label}", so_far)
            result = so_far
        yield result


def _measured(request: ProbeRequest, bench: Bench) -> Iterator[MeasuredNetwork]:
    """One network, known ever better."""
    cost = assemble(bench.spec).cost
    memory = measure_memory(bench.device, bench.network, bench.forward, bench.step)
    known = MeasuredNetwork(bench.label, cost.params, cost.macs, (), time_blocks(bench), memory)
    yield known
    passes = {"forward": bench.forward, "forward + backward": bench.forward_and_backward}
    if request.parameters["passes"] == "inference":
        del passes["forward + backward"]
    allowed = request.parameters["seconds"] / len(request.networks) / len(passes)
    for name, work in passes.items():
        done = known.timings
        for timing in time_passes(bench, name, work, allowed):
            known = replace(known, timings=(*done, timing))
            yield known


def _borders(network: nn.Module, parts: Sequence[Part], mark: Callable[..., None]) -> Iterator[RemovableHandle]:
    """Hooks where a block begins or the last thing ends: start, each block's start, the last block's end, the end."""
    yield network.register_forward_pre_hook(mark)
    for part in parts:
        yield part.module.register_forward_pre_hook(mark)
    yield parts[-1].module.register_forward_hook(mark)
    yield network.register_forward_hook(mark)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
