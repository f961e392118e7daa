"""How long trainings take, estimated from the size of their networks and from the machine's present speed.

The rates are processor time on the machine that `REFERENCE_RATE` is from. `python -m benchmarks.labs` compares
estimates with measured times.
"""

import platform
from collections.abc import Sequence
from functools import cache
from math import ceil
from typing import NamedTuple

from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.jobs.capacity import gpu_memories
from explorer.jobs.machine_speed import Slowdown
from explorer.model import ModelSpec, SpecError, assemble
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings


class TimeRange(NamedTuple):
    """Seconds: at least, and at most."""

    low: float
    high: float


class Rate(NamedTuple):
    """Seconds for each op of a network (calls, not arithmetic), and for each multiply-add over the batch."""

    op: float
    mac: float

    def seconds(self, spec: ModelSpec, images: int) -> float:
        """Of one step or pass over some images."""
        graph = assemble(spec)
        return self.op * sum(1 for _ in graph.nodes()) + self.mac * images * graph.cost.macs


STEP, PASS = Rate(2.2e-4, 1.0e-10), Rate(7.5e-5, 2.4e-11)
"""Of one step of training, and of one forward pass without training."""
STARTING = 2.0
"""Seconds until workers have read the data and built their networks."""
TEST_BATCH = 256
"""Images of one pass over the test part."""


@cache
def has_graphics_card() -> bool:
    """Whether a training that may choose its device leaves the processor, as far as is known without torch."""
    return bool(gpu_memories()) or (platform.system() == "Darwin" and platform.machine() == "arm64")


def training_seconds(spec: ModelSpec, settings: TrainingSettings) -> float:
    """Seconds of one run on the idle reference: its steps, and its looks at the test images. Raises SpecError."""
    fitted = fit_spec(spec, settings.dataset)
    images = dataset_facts(settings.dataset).test_images
    looks = 1 + (settings.steps // settings.evaluate_every if settings.evaluate_every else 0)
    batches = ceil(images / TEST_BATCH)
    return settings.steps * STEP.seconds(fitted, settings.batch_size) + looks * batches * PASS.seconds(
        fitted, min(images, TEST_BATCH)
    )


def is_estimated(settings: TrainingSettings) -> bool:
    """Whether the time of a training can be estimated: not on a graphics card."""
    return settings.device == "cpu" or (settings.device == "auto" and not has_graphics_card())


def comparison_range(
    networks: Sequence[NamedNetwork], settings: TrainingSettings, repeats: int, workers: int, slowdown: Slowdown
) -> TimeRange | None:
    """Seconds of a training comparison in which `workers` runs are trained at the same time, the longest first.

    None where it is not known: on a graphics card, or for a network that does not fit the data.
    """
    if not is_estimated(settings):
        return None
    try:
        runs = sorted((training_seconds(network.spec, settings) for network in networks), reverse=True)
    except SpecError:
        return None
    return in_range(max(loads(runs * repeats, [0.0] * workers)), slowdown)


def loads(runs: Sequence[float], busy: Sequence[float]) -> list[float]:
    """Seconds until each worker is free that is busy for `busy` seconds, once the runs are done in their order."""
    found = list(busy)
    for seconds in runs:
        found[found.index(min(found))] += seconds
    return found


def in_range(seconds: float, slowdown: Slowdown) -> TimeRange:
    """Seconds of training on the idle reference, with the start of the workers, as a range on this machine."""
    return TimeRange((STARTING + seconds) * slowdown.low, (STARTING + seconds) * slowdown.high)
