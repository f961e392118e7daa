"""Feature maps as bytes that a page can draw."""

import base64
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.result import ExperimentResult, Training


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
