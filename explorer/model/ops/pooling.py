"""Pools and reshaping."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from explorer.model.ops.base import ElementwiseCategory, Op, Shape


def _windows(padded: int, kernel_size: int, stride: int, ceil_mode: bool, end: int) -> int:
    """Windows along a padded side; `end` is where the input, with the padding before it, ends."""
    if not ceil_mode:
        return (padded - kernel_size) // stride + 1
    windows = -((kernel_size - padded) // stride) + 1
    # torch drops a last window that would start outside the input.
    return windows - 1 if (windows - 1) * stride >= end else windows


@dataclass(frozen=True, slots=True)
class MaxPool2d(Op):
    """The largest value of each window; with `kernel_size` 1 it only subsamples."""

    elementwise_category: ClassVar[ElementwiseCategory] = "pool"
    keeps_input: ClassVar[bool] = True

    kernel_size: int
    stride: int
    padding: int = 0
    ceil_mode: bool = False
    """Whether a last window that the border cuts counts."""

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, self._side(height), self._side(width))

    def _side(self, size: int) -> int:
        return _windows(size + 2 * self.padding, self.kernel_size, self.stride, self.ceil_mode, size + self.padding)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.kernel_size**2 * prod(output)


@dataclass(frozen=True, slots=True)
class ZeroPad2d(Op):
    """Zeros around the map, which a max pool behind it takes for values."""

    padding: int

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, height + 2 * self.padding, width + 2 * self.padding)


@dataclass(frozen=True, slots=True)
class AvgPool2d(Op):
    """The mean of each window; a window cut by the border averages what is inside (`ceil_mode`)."""

    elementwise_category: ClassVar[ElementwiseCategory] = "pool"
    keeps_input: ClassVar[bool] = True

    kernel_size: int
    stride: int
    ceil_mode: bool = True
    count_include_pad: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, self._side(height), self._side(width))

    def _side(self, size: int) -> int:
        return _windows(size, self.kernel_size, self.stride, self.ceil_mode, size)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.kernel_size**2 * prod(output)


@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d(Op):
    """The means of `output_size` x `output_size` windows that cover the map: global pooling when that is 1.

    Windows overlap where the map's side is no multiple of `output_size`, and repeat values of a smaller map.
    """

    elementwise_category: ClassVar[ElementwiseCategory] = "pool"
    output_size: int = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0], self.output_size, self.output_size)

    def windows(self, side: int) -> list[tuple[int, int]]:
        """Where the windows along a side begin and end (behind their last place)."""
        count = self.output_size
        return [(number * side // count, -(-(number + 1) * side // count)) for number in range(count)]

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        channels, *sides = inputs[0]
        return channels * prod(sum(end - start for start, end in self.windows(side)) for side in sides)


@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool2d(AdaptiveAvgPool2d):
    """Global max pooling when `output_size` is 1, the only use here."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Flatten(Op):
    """From a map to a vector, batch kept."""

    start_dim: int = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)
