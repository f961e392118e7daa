"""The layers that torch lacks; `engine.layers` defines them under the same names."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from explorer.model.ops.base import ElementwiseCategory, Op, Shape
from explorer.model.ops.weighted import Conv2d


@dataclass(frozen=True, slots=True)
class StandardizedConv2d(Conv2d):
    """A convolution whose filters are standardised before use (Qiao et al. 2019; BiT, Kolesnikov et al. 2020)."""

    elementwise_category: ClassVar[ElementwiseCategory] = "norm"

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return 2 * prod(self.parameters()["weight"])


@dataclass(frozen=True, slots=True)
class BlurPool2d(Op):
    """A fixed binomial filter with stride: a depthwise convolution, so its work is MACs (Zhang 2019).

    With a dilation, which it has where one replaces its stride, it reflects in steps of the dilation at the border.
    """

    channels: int
    stride: int = 2
    dilation: int = 1
    size: int = 3
    """Side of the filter."""

    @property
    def border(self) -> int:
        """Rows, or columns, that are reflected at both ends together."""
        return (self.size - 1) * self.dilation

    def accepts(self, *inputs: Shape) -> bool:
        """What is reflected at a border lies behind the border's own pixel."""
        return min(inputs[0][1:]) >= (self.size // 2 + 1) * self.dilation

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1)

    def macs(self, output: Shape) -> int:
        return self.size**2 * prod(output)


@dataclass(frozen=True, slots=True)
class SamePad2d(Op):
    """TensorFlow's padding "SAME" for a window behind it: with zeros, or with the `lowest` value for a max pool.

    Of a dilated window `kernel_size` is the distance that it spans.
    """

    kernel_size: int
    stride: int
    lowest: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, *sides = inputs[0]
        return (channels, *(side + self.missing(side) for side in sides))

    def missing(self, side: int) -> int:
        """Rows that are added to so many; of an odd number one more behind."""
        windows = -(-side // self.stride)
        return max((windows - 1) * self.stride + self.kernel_size - side, 0)


@dataclass(frozen=True, slots=True)
class DilatedAvgPool2d(Op):
    """The mean of each value and its neighbours `dilation` places on: a 2x2 average pool whose stride is replaced.

    What lies outside the map is left out, so the places that a strided average pool visits have the same means.
    """

    elementwise_category: ClassVar[ElementwiseCategory] = "pool"

    dilation: int

    def accepts(self, *inputs: Shape) -> bool:
        """At least one value must have a neighbour."""
        return min(inputs[0][1:]) > self.dilation

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return 4 * prod(output)


@dataclass(frozen=True, slots=True)
class PadShortcut(Op):
    """Option A: subsample by `stride`, zero channels on both sides to `out_channels` (He et al. 2015, section 3.3)."""

    out_channels: int
    stride: int

    def output_shape(self, *inputs: Shape) -> Shape:
        _, height, width = inputs[0]
        return (self.out_channels, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1)


@dataclass(frozen=True, slots=True)
class PadBehind(PadShortcut):
    """Option A with all zeros behind the old channels, as in fb.resnet.torch."""


@dataclass(frozen=True, slots=True)
class ChannelConv1d(Op):
    """A 1-D convolution along the channels of a pooled map (ECA; Wang et al. 2020)."""

    keeps_input: ClassVar[bool] = True
    kernel_size: int

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (1, 1, self.kernel_size)}

    def macs(self, output: Shape) -> int:
        return self.kernel_size * prod(output)


@dataclass(frozen=True, slots=True)
class Add(Op):
    """F(x) + h(x): the sum that makes the network residual. The second input is the shortcut."""

    elementwise_category: ClassVar[ElementwiseCategory] = "add"


@dataclass(frozen=True, slots=True)
class Concatenate(Op):
    """Two maps, the channels of the second behind those of the first."""

    def output_shape(self, *inputs: Shape) -> Shape:
        return (sum(shape[0] for shape in inputs), *inputs[0][1:])


@dataclass(frozen=True, slots=True)
class Multiply(Op):
    """A product; the second input, the gate, is broadcast over the map."""

    elementwise_category: ClassVar[ElementwiseCategory] = "gate"
    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Complement(Op):
    """1 - g."""

    elementwise_category: ClassVar[ElementwiseCategory] = "gate"


@dataclass(frozen=True, slots=True)
class Scale(Op):
    """A constant factor."""

    elementwise_category: ClassVar[ElementwiseCategory] = "gate"
    factor: float
