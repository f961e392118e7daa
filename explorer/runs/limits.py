"""What a network needs to be trained, by arithmetic: the line above which nothing is started, and the order of runs."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from explorer.analysis.memory import measure_memory
from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.datasets.library import require_present
from explorer.jobs.capacity import GIB, memory_bytes
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.model import ModelSpec, assemble
from explorer.model.ops import BatchNorm2d
from explorer.runs.fine_tuning import start_plan
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import OPTIMISERS, TrainingSettings
from explorer.runs.start import read_normalisation

ONE_VALUE = N_(
    "batch norm cannot train on one value for each channel, which is all that {path} has with a batch of 1 and a map of"
    " 1x1; use at least 2 images in a batch, or larger images"
)
ONE_VALUE_BEHIND = N_(
    "batch norm cannot train on one value for each channel, which is all that {path} has with a batch of 1, as it"
    " stands behind the pooling (`head_norm`); use at least 2 images in a batch, or no norm at the end"
)


class Need(NamedTuple):
    """What a run takes: bytes of memory at its peak, multiply-adds of all its steps (a backward pass counts twice)."""

    memory_bytes: int
    macs: int


def training_need(spec: ModelSpec, settings: TrainingSettings) -> Need:
    """The need of `spec` fitted to the settings' data set; SpecError where the two do not go together.

    Memory is a training step's in 32-bit floats (16 bits take less), and the data set's pixels twice: as they were
    read, and as the device holds them.
    """
    graph = assemble(fit_spec(spec, settings.dataset))
    state = OPTIMISERS[settings.optimiser].memory
    memory = (
        measure_memory(graph, settings.batch_size, optimizer=state).training
        + 2 * dataset_facts(settings.dataset).pixel_bytes
    )
    return Need(memory, 3 * graph.cost.macs * settings.batch_size * settings.steps)


def check_batch(field: str, spec: ModelSpec, batch: int) -> None:
    """Returns nothing where batch norm can train on batches of this size; else SettingsError on `field`.

    It divides by the deviation of a channel's values in the batch, which one value alone does not have.
    """
    if batch > 1:
        return
    for path, node in assemble(spec).nodes():
        if isinstance(node.op, BatchNorm2d) and prod(node.shape[1:]) == 1:
            raise SettingsError(field, sentence(ONE_VALUE if len(node.shape) > 1 else ONE_VALUE_BEHIND, path=path))


def check_trainable(spec: ModelSpec, settings: TrainingSettings, available_bytes: int | None = None) -> Need:
    """The need of a run, or SettingsError on what forbids it.

    That is `dataset` where it is not on this machine, `batch_size` where it takes more than half of the memory, or is 1
    and a map has a single value for each channel; `start_from`, `frozen` or `normalisation` where they do not fit.
    """
    require_present(settings.dataset)
    fitted = fit_spec(spec, settings.dataset)
    check_batch("batch_size", fitted, settings.batch_size)
    start_plan(fitted, settings)
    if (normalisation := read_normalisation(settings.normalisation)) is not None:
        normalisation.of_channels(fitted.in_channels)
    need = training_need(spec, settings)
    allowed = (memory_bytes() if available_bytes is None else available_bytes) // 2
    if need.memory_bytes > allowed:
        raise SettingsError(
            "batch_size",
            sentence(
                "training this network in batches of {batch} takes about {need:,.1f} GiB, {more:,.1f} GiB more than the"
                " {allowed:,.1f} GiB a run may use",
                batch=settings.batch_size,
                need=need.memory_bytes / GIB,
                more=(need.memory_bytes - allowed) / GIB,
                allowed=allowed / GIB,
            ),
        )
    return need


def turns(planned: Sequence[tuple[NamedNetwork, int]], settings: TrainingSettings) -> list[int]:
    """Each run's place in the queue, 0 being the first, in the order in which the networks with their seeds are given.

    One seed after another, so that the comparison of one seed is complete early. Of one seed, the run with the most
    multiply-adds comes first: two workers then need at most 7/6 of the least possible time (Graham 1969, “Bounds on
    multiprocessing timing anomalies”); a long run that starts last would leave one worker idle for half of the
    comparison. Equal runs keep the order in which they are given.
    """
    seeds = list(dict.fromkeys(seed for _, seed in planned))
    work = {spec: _work(spec, settings) for spec in {network.spec for network, _ in planned}}
    line = sorted(
        range(len(planned)), key=lambda place: (seeds.index(planned[place][1]), -work[planned[place][0].spec])
    )
    return [line.index(place) for place in range(len(planned))]


def _work(spec: ModelSpec, settings: TrainingSettings) -> int:
    """Multiply-adds of all steps; 0 for a network that does not fit its data: it fails as soon as it starts."""
    try:
        return training_need(spec, settings).macs
    except ValueError:
        return 0
