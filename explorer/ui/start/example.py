"""A residual block at work: the tensors of one channel in a trained network, which the picture shows.

`python -m scripts.start_example` writes the file beside this module.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("example.json")
ROUNDED_TO = 2
"""Decimals that are kept."""

Map = tuple[tuple[float, ...], ...]
"""The values of one channel, row by row."""


@dataclass(frozen=True)
class BlockExample:
    """What comes into a block and what its branch adds, both 8 x 8 values of one channel."""

    digit: str
    """The class of the image."""
    layers: int
    steps: int
    """The length of the network's training."""
    block: str
    channel: int
    x: Map
    residual: Map

    @property
    def sum(self) -> Map:
        """y = F(x) + x, value by value."""
        pairs = zip(self.x, self.residual, strict=True)
        return tuple(tuple(round(a + b, ROUNDED_TO) for a, b in zip(*rows, strict=True)) for rows in pairs)


@cache
def block_example() -> BlockExample:
    """The stored example."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    maps = {name: tuple(map(tuple, stored[name])) for name in ("x", "residual")}
    return BlockExample(**stored | maps)
