"""What the search for a file's network starts from: its convolutions, and readings of them as stem and units."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from explorer.identify.layers import Layer

Fields = dict[str, Any]


class Convolution(NamedTuple):
    """A convolution of a file with a square kernel, or a matrix, whose kernel is 1."""

    place: int
    """Its number among the file's layers."""
    name: str
    out: int
    group: int
    """Input channels of one group."""
    size: int
    biased: bool
    matrix: bool


class Stem(NamedTuple):
    """A reading of the first convolutions."""

    fields: Fields
    out: int
    used: int
    """How many convolutions it is."""


class Head(NamedTuple):
    """A reading of the last layers."""

    fields: Fields
    places: frozenset[int]
    """Which of the file's layers it is."""
    inputs: int
    """How many values its first matrix reads; 0 where it has none."""


class UnitSizes(NamedTuple):
    """A residual unit: channels inside and after it, and the groups of its 3x3 convolutions."""

    name: str
    """A name of one of its convolutions."""
    inner: int
    out: int
    groups: int
    place: int


@dataclass(frozen=True)
class Body:
    """A reading of the convolutions behind the stem."""

    block: str
    units: tuple[UnitSizes, ...]
    transitions: tuple[int, ...] = ()
    """The output channels of the stages' transitions, and before which unit each stands."""
    transition_places: tuple[int, ...] = ()


def squeezing_pairs(rows: Sequence[Convolution]) -> list[tuple[Convolution, Convolution]]:
    """Those of 1x1 that follow one another and narrow and widen again: squeeze and excitation."""
    return [
        (one, other)
        for one, other in pairwise(rows)
        if one.size == other.size == 1 and one.out < one.group == other.out and other.group == one.out
    ]


def convolutions(layers: Sequence[Layer]) -> list[Convolution]:
    """The convolutions and matrices among the layers."""
    found = []
    for place, layer in enumerate(layers):
        kind, *sides = layer.signature
        if kind == "conv" and sides[2] == sides[3]:
            out, group, size, _, biased = (int(side) for side in sides)
            matrix = max(len(part.shape) for part in layer.parts) == 2  # a bias may stand first
            found.append(Convolution(place, layer.name, out, group, size, bool(biased), matrix))
    return found
