"""The vocabulary of operations: shapes, parameters and work of each, by arithmetic.

An op's class name and field names are those of the `torch.nn` module it stands for, so that lowering is a look-up and
generated code prints the same call. The last section holds the layers that torch lacks; `engine.layers` defines them
under the same names.

Shapes are `(channels, height, width)` or `(features,)`, without the batch. All counts are for one example:

* MACs: multiply-adds of convolutions and linear layers, no bias (He et al. 2015, section 3.3).
* element-wise work, a ledger of its own, so that nothing is silently zero: two operations per element for a
  normalisation (scale and shift), one for an activation, an addition or a product, one per window element for a pool.
  Flattening, padding, and what acts only in training (dropout, stochastic depth) do no arithmetic at inference.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, NamedTuple

Shape = tuple[int, ...]
Ledger = Literal["norm", "activation", "add", "pool", "gate", "none"]
"""The line of the element-wise ledger that an op's work is entered on."""

LEDGERS: tuple[Ledger, ...] = ("norm", "activation", "add", "pool", "gate")


class Cost(NamedTuple):
    """What an op, a block or a network costs for one example, in plain counts."""

    params: int = 0
    """Trainable parameters."""
    buffers: int = 0
    """Running means and variances (no step counters)."""
    macs: int = 0
    """Multiply-adds of convolutions and linear layers."""
    elementwise: int = 0
    """Element-wise operations: norms, activations, adds, pools, gates."""
    activations: int = 0
    """Elements of the outputs of convolutions and linear layers (Radosavovic et al. 2020, section 3.1)."""


def total(costs: "list[Cost]") -> Cost:
    """The field-wise sum."""
    return Cost(*map(sum, zip(*costs, strict=True))) if costs else Cost()


@dataclass(frozen=True, slots=True)
class Op:
    """One operation. Subclasses say how shape, parameters and work follow from their fields."""

    ledger: ClassVar[Ledger] = "none"
    keeps_input: ClassVar[bool] = False
    """The backward pass needs the input."""
    keeps_output: ClassVar[bool] = False
    """The backward pass needs the output."""

    def output_shape(self, *inputs: Shape) -> Shape:
        """Shape of the output; element-wise ops keep the first input's."""
        return inputs[0]

    def accepts(self, *inputs: Shape) -> bool:
        """Whether the op can work on such maps at all; that its output has a pixel is asked of every op."""
        return True

    def parameters(self) -> dict[str, Shape]:
        """Trainable tensors by the name torch gives them."""
        return {}

    def buffers(self) -> dict[str, Shape]:
        """Running statistics by the name torch gives them (without `num_batches_tracked`)."""
        return {}

    def macs(self, output: Shape) -> int:
        """Multiply-adds for one example."""
        return 0

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        """Element-wise operations for one example, entered on the line `ledger`."""
        return 0 if self.ledger == "none" else prod(output)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        """All counts at once."""
        return Cost(elementwise=self.work(inputs, output))


# Convolutions and the linear layer ------------------------------------------------------------------------------


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

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        filters = self.kernel_size**2 * (self.in_channels // self.groups)
        bias = self.out_channels if self.bias else 0
        area = prod(output)
        return Cost(filters * self.out_channels + bias, 0, filters * area, self.work(inputs, output), area)


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

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        weights = self.in_features * self.out_features
        return Cost(weights + (self.out_features if self.bias else 0), 0, weights, 0, self.out_features)


# Normalisation and activation -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Norm(Op):
    ledger: ClassVar[Ledger] = "norm"
    keeps_input: ClassVar[bool] = True

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return 2 * prod(output)


@dataclass(frozen=True, slots=True)
class BatchNorm2d(_Norm):
    """Batch normalisation (Ioffe & Szegedy 2015)."""

    num_features: int

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_features,), "bias": (self.num_features,)}

    def buffers(self) -> dict[str, Shape]:
        return {"running_mean": (self.num_features,), "running_var": (self.num_features,)}

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(2 * self.num_features, 2 * self.num_features, 0, 2 * prod(output))


@dataclass(frozen=True, slots=True)
class GroupNorm(_Norm):
    """Group normalisation (Wu & He 2018)."""

    num_groups: int
    num_channels: int

    def accepts(self, *inputs: Shape) -> bool:
        """A group of one value would be normalised to nothing, which torch refuses."""
        return prod(inputs[0]) > self.num_groups

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_channels,), "bias": (self.num_channels,)}

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(2 * self.num_channels, 0, 0, 2 * prod(output))


@dataclass(frozen=True, slots=True)
class _Activation(Op):
    ledger: ClassVar[Ledger] = "activation"


@dataclass(frozen=True, slots=True)
class ReLU(_Activation):
    """max(x, 0)."""

    keeps_output: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class LeakyReLU(_Activation):
    """x where positive, `negative_slope` x elsewhere."""

    keeps_input: ClassVar[bool] = True
    negative_slope: float = 0.01


@dataclass(frozen=True, slots=True)
class SiLU(_Activation):
    """x sigmoid(x), also called swish."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class GELU(_Activation):
    """x Phi(x)."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Sigmoid(Op):
    """The gate's squashing function."""

    ledger: ClassVar[Ledger] = "gate"
    keeps_output: ClassVar[bool] = True


# Pooling and reshaping ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MaxPool2d(Op):
    """The largest value of each window; with `kernel_size` 1 it only subsamples."""

    ledger: ClassVar[Ledger] = "pool"
    keeps_input: ClassVar[bool] = True

    kernel_size: int
    stride: int
    padding: int = 0

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        margin = 2 * self.padding - self.kernel_size
        return (channels, (height + margin) // self.stride + 1, (width + margin) // self.stride + 1)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.kernel_size**2 * prod(output)


@dataclass(frozen=True, slots=True)
class AvgPool2d(Op):
    """The mean of each window; a window cut by the border averages what is inside (`ceil_mode`)."""

    ledger: ClassVar[Ledger] = "pool"
    keeps_input: ClassVar[bool] = True

    kernel_size: int
    stride: int
    ceil_mode: bool = True
    count_include_pad: bool = False

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, self._side(height), self._side(width))

    def _side(self, size: int) -> int:
        side = (
            -((self.kernel_size - size) // self.stride) + 1
            if self.ceil_mode
            else (size - self.kernel_size) // self.stride + 1
        )
        # torch drops a last window that would start outside the input.
        return side - 1 if (side - 1) * self.stride >= size else side

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.kernel_size**2 * prod(output)


@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d(Op):
    """Global average pooling when `output_size` is 1, the only use here."""

    ledger: ClassVar[Ledger] = "pool"
    output_size: int = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0], self.output_size, self.output_size)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return prod(inputs[0])


@dataclass(frozen=True, slots=True)
class Flatten(Op):
    """From a map to a vector, batch kept."""

    start_dim: int = 1

    def output_shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)


# What acts in training only -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dropout(Op):
    """Drops single values with probability `p` (Srivastava et al. 2014)."""

    p: float


@dataclass(frozen=True, slots=True)
class StochasticDepth(Op):
    """Drops the whole branch of an example with probability `p` (Huang et al. 2016); torchvision's layer."""

    p: float
    mode: str = "row"


# Our own layers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StandardizedConv2d(Conv2d):
    """A convolution whose filters are standardised before use (Qiao et al. 2019; BiT, Kolesnikov et al. 2020)."""

    ledger: ClassVar[Ledger] = "norm"

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return 2 * prod(self.parameters()["weight"])


@dataclass(frozen=True, slots=True)
class BlurPool2d(Op):
    """A fixed 3x3 binomial filter with stride: a depthwise convolution, so its work is MACs (Zhang 2019)."""

    keeps_input: ClassVar[bool] = True

    channels: int
    stride: int = 2

    def accepts(self, *inputs: Shape) -> bool:
        """A single pixel has no neighbour to reflect at the border."""
        return min(inputs[0][1:]) > 1

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = inputs[0]
        return (channels, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1)

    def macs(self, output: Shape) -> int:
        return 9 * prod(output)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(macs=9 * prod(output))


@dataclass(frozen=True, slots=True)
class PadShortcut(Op):
    """Option A: subsample by `stride`, zero channels on both sides to `out_channels` (He et al. 2015, section 3.3)."""

    out_channels: int
    stride: int

    def output_shape(self, *inputs: Shape) -> Shape:
        _, height, width = inputs[0]
        return (self.out_channels, (height - 1) // self.stride + 1, (width - 1) // self.stride + 1)


@dataclass(frozen=True, slots=True)
class ChannelConv1d(Op):
    """A 1-D convolution along the channels of a pooled map (ECA; Wang et al. 2020)."""

    keeps_input: ClassVar[bool] = True
    kernel_size: int

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (1, 1, self.kernel_size)}

    def macs(self, output: Shape) -> int:
        return self.kernel_size * prod(output)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(params=self.kernel_size, macs=self.kernel_size * prod(output), activations=prod(output))


@dataclass(frozen=True, slots=True)
class Add(Op):
    """F(x) + h(x): the sum that makes the network residual. The second input is the shortcut."""

    ledger: ClassVar[Ledger] = "add"


@dataclass(frozen=True, slots=True)
class Multiply(Op):
    """A product; the second input, the gate, is broadcast over the map."""

    ledger: ClassVar[Ledger] = "gate"
    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Complement(Op):
    """1 - g."""

    ledger: ClassVar[Ledger] = "gate"


@dataclass(frozen=True, slots=True)
class Scale(Op):
    """A constant factor."""

    ledger: ClassVar[Ledger] = "gate"
    factor: float
