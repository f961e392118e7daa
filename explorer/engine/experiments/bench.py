"""One network on its device, ready to be timed; and rounds, in which several networks are timed in turn."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional as F

from explorer.engine.lowering import build_module, to_channels_last
from explorer.engine.training.device import autocast
from explorer.experiments.catalogue.measure import Timing
from explorer.experiments.intervals import FEWEST_VALUES
from explorer.experiments.request_values import Subject
from explorer.model import assemble

WARM_UP = 2
FEWEST_ROUNDS, MOST_ROUNDS = FEWEST_VALUES, 200
FEWEST_SETTLED = 10
"""Rounds after which intervals may be narrow enough to end: of fewer, a quiet moment alone would make them narrow."""
NARROW = 0.05
"""The width of a median's confidence interval, as a part of the median, at which more repeats tell nothing new."""

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
        graph = assemble(spec)
        self.images = torch.randn((batch, *graph.input_shape), device=device).contiguous(
            memory_format=torch.channels_last
        )
        self.labels = torch.randint(graph.output_shape[0], (batch,), device=device)

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

    def seconds(self, work: Callable[[], None]) -> tuple[float, float]:
        """Time of one call, the device's work included; and how much of it this thread had a processor."""
        self.wait()
        processor, begin = time.thread_time(), time.perf_counter()
        work()
        self.wait()
        return time.perf_counter() - begin, time.thread_time() - processor

    def free(self) -> None:
        """Frees gradients and the optimiser's state, so that other networks find room beside this one."""
        self.network.zero_grad(set_to_none=True)
        self.optimiser.state.clear()

    def wait(self) -> None:
        """Returns when the device has nothing left to do."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def in_rounds(count: int) -> Iterator[list[int]]:
    """Places 0 to `count` - 1 in a new random order for each round, the same orders every time.

    Whatever slows the machine for a while then slows all networks alike, and none always comes after the same other.
    """
    shuffled = random.Random(0)  # noqa: S311  an order, not a secret
    while True:
        yield shuffled.sample(range(count), count)


def timed_rounds(
    benches: Sequence[Bench], name: str, work: Callable[[Bench], None], allowed: float
) -> Iterator[tuple[Timing, ...]]:
    """Times `work` on all networks in rounds; yields what is known of each after every round.

    Ends when every median is known to `NARROW`, or after about `allowed` seconds, but not before 6 rounds.
    """
    for bench in benches:
        for _ in range(WARM_UP):
            work(bench)
    readings: list[list[tuple[float, float]]] = [[] for _ in benches]
    begin = time.perf_counter()
    for order in in_rounds(len(benches)):
        for place in order:
            readings[place].append(benches[place].seconds(lambda bench=benches[place]: work(bench)))  # type: ignore[misc]
        timings = tuple(_timing(name, *each) for each in zip(benches, readings, strict=True))
        yield timings
        if is_enough(timings, time.perf_counter() - begin, allowed):
            return


def is_enough(timings: Sequence[Timing], spent: float, allowed: float) -> bool:
    """Whether no further round is needed, after `spent` of the `allowed` seconds."""
    rounds = timings[0].repeats
    if rounds < FEWEST_ROUNDS:
        return False
    settled = all(each.interval.high - each.interval.low <= NARROW * each.median for each in timings)
    return spent >= allowed or rounds >= MOST_ROUNDS or (settled and rounds >= FEWEST_SETTLED)


def _timing(name: str, bench: Bench, readings: Sequence[tuple[float, float]]) -> Timing:
    wall, processor = zip(*readings, strict=True)
    return Timing(name, len(bench.labels), wall, processor if bench.device.type == "cpu" else ())
