"""What a counter adds up for one op: terms, a term being layers of some kinds and a formula."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from explorer.analysis.conventions.libraries import Layer
from explorer.model.ops import Shape


class Use(NamedTuple):
    """An op at work: on inputs of these shapes, without the batch."""

    op: Any
    layer: Layer
    """What runs it in the module that is counted."""
    inputs: tuple[Shape, ...]
    output: Shape


Count = Callable[[Use], int]


@dataclass(frozen=True)
class TermRule:
    """One term of a convention: the layers that it counts, by exact class, and how much it counts for each."""

    name: str
    counted: tuple[tuple[tuple[Layer, ...], Count], ...]
    why: str

    def count(self, use: Use) -> int:
        return sum(count(use) for layers, count in self.counted if use.layer in layers)


@dataclass(frozen=True)
class ConventionRule:
    """One counter."""

    name: str
    calls_it: str
    """The word that the counter itself puts beside the number."""
    terms: tuple[TermRule, ...]
    about: str


def multiply_adds(use: Use) -> int:
    """The op's MACs."""
    macs: int = use.op.macs(use.output)
    return macs


def per_input(factor: int) -> Count:
    """So many for each element of the (first) input."""
    return lambda use: factor * prod(use.inputs[0])


def per_output(factor: int) -> Count:
    """So many for each element of the output."""
    return lambda use: factor * prod(use.output)


def per_channel(factor: int) -> Count:
    """So many for each channel, whatever the size of the map."""
    return lambda use: factor * use.output[0]


def per_weight(factor: int) -> Count:
    """So many for each weight, once for the whole map."""
    return lambda use: factor * prod(use.op.parameters()["weight"])


def bias(use: Use) -> int:
    """One addition per output of a layer with a bias."""
    return prod(use.output) if use.op.bias else 0


def bias_of_broadcast(use: Use) -> int:
    """A row of n features plus a vector of n, with the axes paired from the left: n x n."""
    return prod(use.output) ** 2 if use.op.bias else 0


def average_windows(use: Use) -> int:
    """One addition per element inside a window, one division per window; windows cut by the border are smaller."""
    channels, *sides = use.inputs[0]
    inside = 1
    for size, windows in zip(sides, use.output[1:], strict=True):
        starts = range(0, windows * use.op.stride, use.op.stride)
        inside *= sum(min(start + use.op.kernel_size, size) - start for start in starts)
    return channels * inside + prod(use.output)


def adaptive_average(use: Use) -> int:
    """One addition per element of each window, one division per output; windows overlap where sides do not divide."""
    additions: int = use.op.work(use.inputs, use.output)
    return additions + prod(use.output)


def padded_input(use: Use) -> int:
    """One per element of the input with the zeros around it."""
    channels, *sides = use.inputs[0]
    padding: int = use.op.padding
    return channels * prod(side + 2 * padding for side in sides)
