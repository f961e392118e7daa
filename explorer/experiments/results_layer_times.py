"""The time of single layers, as it was measured; seconds."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.result import ExperimentResult


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
