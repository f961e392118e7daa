"""Time and memory as they were measured; seconds and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.result import ExperimentResult


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
