"""One image on its way through a network, as feature maps: bytes that a page can draw."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network
from explorer.language import N_
from explorer.model.field_types import Flag, Text, Whole


@dataclass(frozen=True)
class FeatureMaps:
    """Some channels of one tensor in a block, 8 bits a value: value = lowest + (highest - lowest) x byte / 255.

    `pixels` is base64 of `(channels, height, width)`; mean and deviation are over the whole tensor, all channels.
    """

    name: str
    channels: tuple[int, ...]
    total_channels: int
    height: int
    width: int
    lowest: float
    highest: float
    mean: float
    deviation: float
    pixels: str

    def rows(self, position: int) -> tuple[tuple[int, ...], ...]:
        """The bytes of the map at `position` in `channels`, row by row."""
        size = self.height * self.width
        raw = base64.b64decode(self.pixels)[position * size : (position + 1) * size]
        return tuple(tuple(raw[start : start + self.width]) for start in range(0, size, self.width))

    def values(self, position: int) -> tuple[tuple[float, ...], ...]:
        """The map at `position` in the network's own units, as exact as 8 bits are."""
        scale = (self.highest - self.lowest) / 255
        return tuple(tuple(self.lowest + scale * byte for byte in row) for row in self.rows(position))


@dataclass(frozen=True)
class BlockView:
    """The tensors of one block: `x`, `F(x)`, `h(x)`, `F(x) + h(x)`, `output`; of a plain block the first and last.

    All show the same channels, as far as they have them.
    """

    block: str
    shortcut: str
    tensors: tuple[FeatureMaps, ...]


@dataclass(frozen=True)
class LookInsideNetwork:
    """One image on its way through a network; `scores` are probabilities by class."""

    label: str
    scores: tuple[float, ...]
    blocks: tuple[BlockView, ...]
    training: Training


@dataclass(frozen=True)
class LookInsideResult(ExperimentResult):
    """The image as the network saw it (before normalisation, 0 to 255), its class, and the networks' views."""

    kind: ClassVar[str] = "look_inside"
    index: int
    truth: str
    classes: tuple[str, ...]
    image: FeatureMaps
    networks: tuple[LookInsideNetwork, ...]


COLUMNS = ("network", "seed", "block", "tensor", "channel", "row", "column", "value")


def _rows(result: LookInsideResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for view in network.blocks:
            for maps in view.tensors:
                for place, channel in enumerate(maps.channels):
                    for row, line in enumerate(maps.values(place)):
                        for column, value in enumerate(line):
                            where = (view.block, maps.name, channel, row, column)
                            yield network.label, network.training.seed, *where, value


LOOK_INSIDE = ExperimentDescription(
    LookInsideResult,
    N_("Look inside"),
    "One test image on its way through a network: x, F(x) and their sum, as pictures.",
    "He et al. 2015, Fig. 2",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "image": Parameter(Whole(0, 99_999), 0, "Image", "Number of the test image."),
        "block": Parameter(Text(), "", "Block", "Path of one block, such as layer1.0; empty for all."),
        "channels": Parameter(Whole(1, 64), 8, "Channels", "Those in which the sum varies most."),
        "trained": Parameter(Flag(), True, "Trained", "Or with the weights it starts from."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    lab=LabPart("inside", "maps", N_("Look inside"), 1, controls_named("image", "channels")),
)
