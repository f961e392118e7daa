"""Time and memory, measured on this machine; seconds and bytes."""

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from explorer.experiments.description import ExperimentDescription, Parameter, Table
from explorer.experiments.intervals import Interval, median_interval
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult
from explorer.experiments.work import Work, untrained_passes
from explorer.language import N_
from explorer.model.field_types import Choice, Whole

BUSY_BELOW = 0.9
"""A pass that had a processor for less than this part of its time was disturbed by other work on the machine."""


@dataclass(frozen=True)
class Timing:
    """Seconds of one pass over a batch of `images`, a value for each repeat, in the order of the rounds.

    All networks of a result are timed once in each round, so values at the same place belong together.
    `processor_seconds` is how long the computing thread had a processor in each; empty on a graphics card.
    """

    name: str
    images: int
    seconds: tuple[float, ...]
    processor_seconds: tuple[float, ...] = ()

    @property
    def repeats(self) -> int:
        """How often the pass was timed."""
        return len(self.seconds)

    @cached_property
    def median(self) -> float:
        """Half of the repeats were faster."""
        return statistics.median(self.seconds)

    @cached_property
    def interval(self) -> Interval:
        """The confidence interval of the median, 95 %."""
        return median_interval(self.seconds)

    @cached_property
    def quartiles(self) -> Interval:
        """The lower and the upper quartile, linear between neighbours."""
        if len(self.seconds) == 1:
            return Interval(self.seconds[0], self.seconds[0])
        lower, _, upper = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return Interval(lower, upper)

    @property
    def images_per_second(self) -> float:
        """The batch over the median."""
        return self.images / self.median

    @cached_property
    def processor_share(self) -> float:
        """Part of the time in which the computing thread had a processor, 0 to 1; NaN on a graphics card."""
        return min(1.0, sum(self.processor_seconds) / sum(self.seconds)) if self.processor_seconds else math.nan

    @property
    def busy(self) -> bool:
        """Whether other work on the machine made the times longer."""
        return self.processor_share < BUSY_BELOW


@dataclass(frozen=True)
class BlockTime:
    """Seconds of a block's forward pass, median over the repeats; stem and head go by their stage's name.

    For a single op of stem or head, `block` is the op's path.
    """

    block: str
    seconds: float


@dataclass(frozen=True)
class MeasuredMemory:
    """The most bytes that tensors held at once. `method` says how that was counted.

    `inference` and `training` (one whole step of the optimiser) hold weights, buffers and the batch;
    `process_growth` is by how much the whole process grew at its peak, 0 where that is not to be had. `gradients`,
    `optimiser` and `saved` (what autograd keeps from forward for backward, the batch included where it is kept) are
    parts that exist at some time of a step; they need not exist together.
    """

    method: str
    weights: int
    inference: int
    training: int
    process_growth: int
    gradients: int = 0
    optimiser: int = 0
    saved: int = 0


@dataclass(frozen=True)
class MeasuredNetwork:
    """Time and memory of one network."""

    label: str
    parameters: int
    macs: int
    timings: tuple[Timing, ...]
    blocks: tuple[BlockTime, ...]
    memory: MeasuredMemory
    ops: tuple[BlockTime, ...] = ()
    """The ops of stem and head, one by one."""


@dataclass(frozen=True)
class MeasureResult(ExperimentResult):
    """What networks cost on this machine."""

    kind: ClassVar[str] = "measure"
    device: str
    device_name: str
    precision: str
    threads: int
    batch_size: int
    versions: Mapping[str, str]
    networks: tuple[MeasuredNetwork, ...]
    optimiser: str = "momentum"

    @property
    def timings(self) -> tuple[Timing, ...]:
        """Every timed pass of every network."""
        return tuple(timing for network in self.networks for timing in network.timings)

    @property
    def busy(self) -> bool:
        """Whether other work on the machine made any of the times longer."""
        return any(timing.busy for timing in self.timings)

    @property
    def processor_share(self) -> float:
        """The least part of a pass's time in which it had a processor; NaN on a graphics card and without a pass."""
        shares = [timing.processor_share for timing in self.timings if timing.processor_seconds]
        return min(shares, default=math.nan)


DEVICES = {"auto": N_("the fastest there is"), "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}
OPTIMISERS = {"sgd": "SGD", "momentum": N_("SGD with momentum"), "adam": "Adam"}
PRECISIONS = {"fp32": "fp32", "bf16": "bf16 autocast"}
PASSES = {"inference": "forward only", "both": "forward, and forward + backward"}
BATCH = Parameter(Whole(1, 1024), 1, "Batch", "Images at a time.")
DEVICE = Parameter(Choice(DEVICES), "auto", "Device", "Where it is measured.")


def _rows(result: MeasureResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for timing in network.timings:
            known = (timing.median, *timing.interval, timing.repeats)
            yield network.label, timing.name, *known, result.threads, timing.processor_share, timing.busy
    for network in result.networks:
        for each in network.blocks:
            yield network.label, each.block, each.seconds, math.nan, math.nan, math.nan, result.threads, math.nan, ""


COLUMNS = ("network", "part", "seconds", "low", "high", "repeats", "threads", "processor_share", "busy")
"""Of the table: `low` and `high` are the ends of the median's confidence interval, 95 %."""


def _work(request: RequestValues) -> Work:
    """Memory, blocks and the warm-up are worth 21 forward passes; 6 repeats of both passes are worth 24 at least."""
    passes, repeated = untrained_passes(request, 21), untrained_passes(request, 24)
    return Work(passes=passes, seconds=request.parameters["seconds"], repeated=repeated, may_end_early=True)


MEASURE = ExperimentDescription(
    MeasureResult,
    N_("Time and memory"),
    "Latency, throughput and peak memory on this machine, warmed up, with their spread.",
    "",
    networks=(1, 12),
    table=Table(COLUMNS, _rows),
    parameters={
        "batch": BATCH,
        "passes": Parameter(Choice(PASSES), "both", "Passes", "What is timed."),
        "precision": Parameter(Choice(PRECISIONS), "fp32", "Precision", "Of the arithmetic."),
        "optimiser": Parameter(Choice(OPTIMISERS), "momentum", "Optimiser", "Whose state the memory holds."),
        "device": DEVICE,
        "threads": Parameter(Whole(1, 64), 1, "Threads", "Of the processor."),
        "seconds": Parameter(
            Whole(1, 60),
            4,
            "Seconds",
            "The most for the repeats of all networks; they end earlier once every median is known to 5 %.",
        ),
    },
    trains=False,
    work=_work,
)
