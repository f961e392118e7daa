"""What a network needs to be trained, by arithmetic, and the line above which nothing is started."""

from typing import NamedTuple

from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.datasets.library import require_present
from explorer.jobs.capacity import GIB, memory_bytes
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec, assemble
from explorer.runs.settings import TrainingSettings

FLOAT_BYTES = 4


class Need(NamedTuple):
    """What a run takes: bytes of memory at its peak, multiply-adds of all its steps (a backward pass counts twice)."""

    memory_bytes: int
    macs: int


def training_need(spec: ModelSpec, settings: TrainingSettings) -> Need:
    """The need of `spec` fitted to the settings' data set; SpecError where the two do not go together.

    Memory is weights, gradients and momentum, for each image of the batch every op's output with its gradient, and the
    data set's pixels twice: as they were read, and as the device holds them.
    """
    graph = assemble(fit_spec(spec, settings.dataset))
    outputs = sum(channels * height * width for channels, height, width in (_chw(n.shape) for _, n in graph.nodes()))
    memory = FLOAT_BYTES * (3 * graph.cost.params + 2 * settings.batch_size * outputs)
    memory += 2 * dataset_facts(settings.dataset).pixel_bytes
    return Need(memory, 3 * graph.cost.macs * settings.batch_size * settings.steps)


def check_trainable(spec: ModelSpec, settings: TrainingSettings, available_bytes: int | None = None) -> Need:
    """The need of a run, or SettingsError on what forbids it.

    That is `dataset` where it is not on this machine, `batch_size` where it takes more than half of the memory.
    """
    require_present(settings.dataset)
    need = training_need(spec, settings)
    allowed = (memory_bytes() if available_bytes is None else available_bytes) // 2
    if need.memory_bytes > allowed:
        raise SettingsError(
            "batch_size",
            f"training this network in batches of {settings.batch_size} takes about {need.memory_bytes / GIB:,.1f} GiB,"
            f" {(need.memory_bytes - allowed) / GIB:,.1f} GiB more than the {allowed / GIB:,.1f} GiB a run may use",
        )
    return need


def _chw(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A shape of one example as channels, height, width; a vector has height and width 1."""
    channels, *rest = shape
    height, width = rest or (1, 1)
    return channels, height, width
