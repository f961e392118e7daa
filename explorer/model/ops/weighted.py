"""Convolutions, the linear layer and normalisations: ops with torch's own weights."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from explorer.model.ops.base import ElementwiseCategory, Op, Shape


@dataclass(frozen=True, slots=True)
class Conv2d(Op):
    """A convolution; weight `(out, in / groups, k, k)`."""

    keeps_input: ClassVar[bool] = True

    in_channels: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        _, height, width = inputs[0]
        margin = 2 * self.padding - self.dilation * (self.kernel_size - 1) - 1
        return (self.out_channels, (height + margin) // self.stride + 1, (width + margin) // self.stride + 1)

    def parameters(self) -> dict[str, Shape]:
        k = self.kernel_size
        weight = (self.out_channels, self.in_channels // self.groups, k, k)
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def macs(self, output: Shape) -> int:
        return self.kernel_size**2 * (self.in_channels // self.groups) * prod(output)


@dataclass(frozen=True, slots=True)
class Linear(Op):
    """A fully connected layer; weight `(out, in)`."""

    keeps_input: ClassVar[bool] = True

    in_features: int
    out_features: int
    bias: bool = True

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.out_features,)

    def parameters(self) -> dict[str, Shape]:
        weight = (self.out_features, self.in_features)
        return {"weight": weight, "bias": (self.out_features,)} if self.bias else {"weight": weight}

    def macs(self, output: Shape) -> int:
        return self.in_features * self.out_features


@dataclass(frozen=True, slots=True)
class _Norm(Op):
    elementwise_category: ClassVar[ElementwiseCategory] = "norm"
    keeps_input: ClassVar[bool] = True

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return 2 * prod(output)


@dataclass(frozen=True, slots=True)
class BatchNorm2d(_Norm):
    """Batch normalisation (Ioffe & Szegedy 2015)."""

    num_features: int
    eps: float = 1e-5

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_features,), "bias": (self.num_features,)}

    def buffers(self) -> dict[str, Shape]:
        return {"running_mean": (self.num_features,), "running_var": (self.num_features,)}


@dataclass(frozen=True, slots=True)
class BatchNorm1d(BatchNorm2d):
    """Batch normalisation of a vector of features."""


@dataclass(frozen=True, slots=True)
class GroupNorm(_Norm):
    """Group normalisation (Wu & He 2018)."""

    num_groups: int
    num_channels: int
    eps: float = 1e-5

    def accepts(self, *inputs: Shape) -> bool:
        """A group of one value would be normalised to nothing, which torch refuses."""
        return prod(inputs[0]) > self.num_groups

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_channels,), "bias": (self.num_channels,)}
