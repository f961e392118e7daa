"""What an op needs beside its input and output: masks, statistics, indices, copies of filters, borders.

Each entry is a rule with its reason; tests compare them with the tensors that autograd saves and that torch holds.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple

from explorer.model import Op
from explorer.model.ops import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    BatchNorm1d,
    BatchNorm2d,
    BlurPool2d,
    DilatedAvgPool2d,
    Dropout,
    GroupNorm,
    MaxPool2d,
    Shape,
    StandardizedConv2d,
    StochasticDepth,
)

FLOAT_BYTES = 4
INDEX_BYTES = 8
"""torch's index type is a 64-bit integer."""


class BatchMemory(NamedTuple):
    """How many images a batch has, and how many bytes each value of an activation takes."""

    images: int
    value_bytes: int = FLOAT_BYTES

    @property
    def copies_weights(self) -> bool:
        """Whether convolutions and linear layers work on copies of their weights."""
        return self.value_bytes != FLOAT_BYTES

    def activation(self, shape: Shape) -> int:
        """Bytes of a map of this shape for every image."""
        return self.value_bytes * self.images * prod(shape)


ExtraBytes = Callable[[Op, Shape, Shape, BatchMemory], int]
"""Bytes beyond input and output for an op, its input's and its output's shape, and a batch."""


def extra_bytes(
    table: Mapping[type[Op], ExtraBytes], op: Op, input_shape: Shape, output: Shape, batch: BatchMemory
) -> int:
    """What the table says of an op, in bytes; 0 where it says nothing."""
    rule = table.get(type(op))
    return rule(op, input_shape, output, batch) if rule else 0


def _filters(op: Op) -> tuple[int, int]:
    """Values and number of a convolution's filters."""
    weight = op.parameters()["weight"]
    return prod(weight), weight[0]


def _bordered(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The input with its reflected border on all sides."""
    channels, height, width = input_shape
    border = getattr(op, "border", 0)
    return batch.activation((channels, height + border, width + border))


def _half_bordered(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The input with a border above and below, beside the input with all of its border."""
    channels, height, width = input_shape
    half = batch.activation((channels, height + getattr(op, "border", 0), width))
    return half + _bordered(op, input_shape, output, batch)


def _channel_statistics(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The batch's mean and deviation of every channel."""
    return FLOAT_BYTES * 2 * input_shape[0]


def _indices(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """Where each maximum was found."""
    return INDEX_BYTES * batch.images * prod(output)


def _drop_factors(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """One factor for each example that stochastic depth drops by itself; one for the whole batch."""
    if not getattr(op, "p", 0):
        return 0
    return batch.value_bytes * (batch.images if getattr(op, "mode", "row") == "row" else 1)


def _averaged(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The input of an average pool to several places; a global one is a mean, which needs only the map's size."""
    return batch.activation(input_shape) if getattr(op, "output_size", 1) > 1 else 0


EXTRA_SAVED_BYTES: Mapping[type[Op], ExtraBytes] = {
    BatchNorm1d: _channel_statistics,
    BatchNorm2d: _channel_statistics,
    # An example's mean and deviation of every group.
    GroupNorm: lambda op, given, output, batch: FLOAT_BYTES * 2 * batch.images * getattr(op, "num_groups", 1),
    MaxPool2d: _indices,
    AdaptiveMaxPool2d: _indices,
    AdaptiveAvgPool2d: _averaged,
    # The mask, as torch keeps it on a CPU; the fused CUDA kernel keeps a byte for each value.
    Dropout: lambda op, given, output, batch: batch.activation(given) if getattr(op, "p", 0) else 0,
    StochasticDepth: _drop_factors,
    # Filters less their mean, filters in use, and the deviation of each.
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (2 * _filters(op)[0] + _filters(op)[1]),
    BlurPool2d: _bordered,
}
"""What an op keeps for the backward pass besides its input or output."""

EXTRA_RUNNING_BYTES: Mapping[type[Op], ExtraBytes] = {
    MaxPool2d: _indices,
    AdaptiveMaxPool2d: _indices,
    GroupNorm: EXTRA_SAVED_BYTES[GroupNorm],
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (_filters(op)[0] + 2 * _filters(op)[1]),
    BlurPool2d: _bordered,
    # The means along one side.
    DilatedAvgPool2d: lambda op, given, output, batch: batch.activation(given),
}
"""What an op needs besides its input and output while it runs without gradients."""

BYTES_BEFORE_OUTPUT: Mapping[type[Op], ExtraBytes] = {
    # Filters less their mean, filters in use; mean, variance and deviation of each.
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (2 * _filters(op)[0] + 3 * _filters(op)[1]),
    BlurPool2d: _half_bordered,
}
"""What an op needs besides its input before its output exists, where this may be more."""
