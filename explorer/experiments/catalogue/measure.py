"""Time and memory, measured on this machine; seconds and bytes."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult
from explorer.experiments.work import Work, untrained_passes
from explorer.model.field_types import Choice, Whole


@dataclass(frozen=True)
class Timing:
    """Seconds of one pass over a batch: the median of `repeats`, the quartiles, the extremes."""

    name: str
    repeats: int
    median: float
    lower_quartile: float
    upper_quartile: float
    lowest: float
    highest: float
    images_per_second: float


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


DEVICES = {"auto": "the fastest there is", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}
OPTIMISERS = {"sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"}
PRECISIONS = {"fp32": "fp32", "bf16": "bf16 autocast"}
PASSES = {"inference": "forward only", "both": "forward, and forward + backward"}
BATCH = Parameter(Whole(1, 1024), 1, "Batch", "Images at a time.")
DEVICE = Parameter(Choice(DEVICES), "auto", "Device", "Where it is measured.")


def _rows(result: MeasureResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for timing in network.timings:
            yield network.label, timing.name, timing.median, timing.repeats
    for network in result.networks:
        for each in network.blocks:
            yield network.label, each.block, each.seconds, math.nan


def _work(request: RequestValues) -> Work:
    """Memory, blocks and the warm-up are worth 21 forward passes; both timed passes are repeated, worth 20 at least."""
    passes, repeated = untrained_passes(request, 21), untrained_passes(request, 20)
    return Work(passes=passes, seconds=request.parameters["seconds"], repeated=repeated)


MEASURE = ExperimentDescription(
    MeasureResult,
    "Time and memory",
    "Latency, throughput and peak memory on this machine, warmed up, with their spread.",
    "",
    networks=(1, 12),
    table=Table(("network", "part", "seconds", "repeats"), _rows),
    parameters={
        "batch": BATCH,
        "passes": Parameter(Choice(PASSES), "both", "Passes", "What is timed."),
        "precision": Parameter(Choice(PRECISIONS), "fp32", "Precision", "Of the arithmetic."),
        "optimiser": Parameter(Choice(OPTIMISERS), "momentum", "Optimiser", "Whose state the memory holds."),
        "device": DEVICE,
        "threads": Parameter(Whole(1, 64), 1, "Threads", "Of the processor."),
        "seconds": Parameter(Whole(1, 60), 4, "Seconds", "Time allowed for all networks together."),
    },
    trains=False,
    work=_work,
)
