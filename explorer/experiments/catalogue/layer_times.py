"""The time of single layers, measured on this machine; seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.catalogue.measure import BATCH, DEVICE
from explorer.experiments.description import ExperimentDescription, Parameter, Table
from explorer.experiments.result import ExperimentResult
from explorer.experiments.work import Work, untrained_passes
from explorer.language import N_
from explorer.model.field_types import Whole


@dataclass(frozen=True)
class LayerTime:
    """Median seconds of one layer in a forward pass; `path` is the layer's own, such as `layer1.0.conv1`."""

    path: str
    seconds: float


@dataclass(frozen=True)
class TimedLayers:
    """Every layer of one network, and the median of the whole pass without reading the clock inside."""

    label: str
    layers: tuple[LayerTime, ...]
    whole: float


@dataclass(frozen=True)
class LayerTimesResult(ExperimentResult):
    """Where the time of a forward pass goes on this machine."""

    kind: ClassVar[str] = "layer_times"
    device: str
    device_name: str
    batch_size: int
    networks: tuple[TimedLayers, ...]


def _rows(result: LayerTimesResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for layer in network.layers:
            yield network.label, layer.path, layer.seconds


LAYER_TIMES = ExperimentDescription(
    LayerTimesResult,
    N_("Time of every layer"),
    "Forward passes in which the clock is read before and after every layer.",
    "",
    networks=(1, 4),
    table=Table(("network", "layer", "seconds"), _rows),
    parameters={
        "batch": BATCH,
        "repeats": Parameter(Whole(3, 200), 9, "Repeats", "Passes; the median of each layer counts."),
        "device": DEVICE,
    },
    trains=False,
    work=lambda request: Work(passes=untrained_passes(request, 2 * (request.parameters["repeats"] + 2))),
)
