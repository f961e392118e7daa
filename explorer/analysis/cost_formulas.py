r"""What a block costs, written out with its numbers: every product that the counts are sums of, as mathematics.

A convolution's multiply-adds are k * k * C_in / g * C_out * H * W, its weights the same without H * W (He et al. 2015,
section 3.3, counts them so; grouped: Xie et al. 2017, section 3). The text is LaTeX of the kind that KaTeX sets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from explorer.model import Block, Node
from explorer.model.ops import Op, Shape

DOT = r" \cdot "
MACS_RULE = r"k \cdot k \cdot \frac{C_{\mathrm{in}}}{g} \cdot C_{\mathrm{out}} \cdot H \cdot W"
"""Multiply-adds of a convolution with g groups whose output is C_out x H x W."""
PARAMETERS_RULE = r"k \cdot k \cdot \frac{C_{\mathrm{in}}}{g} \cdot C_{\mathrm{out}}"
"""Its weights; a bias adds C_out."""


class Share(NamedTuple):
    """A factor that is divided among groups: `channels / groups`."""

    channels: int
    groups: int


Factor = int | Share
Product = tuple[Factor, ...]


@dataclass(frozen=True)
class Sum:
    """Products of numbers and what they come to; a count of nothing has no products."""

    products: tuple[Product, ...]

    @property
    def value(self) -> int:
        """The count."""
        return sum(_value(product) for product in self.products)

    @property
    def latex(self) -> str:
        r"""Products and what they sum to: `3 \cdot 3 \cdot \frac{64}{32} \cdot 8 + 8 = 152`; empty for nothing."""
        if not self.products:
            return ""
        written = " + ".join(DOT.join(map(_factor, product)) for product in self.products)
        return written if self.products == ((self.value,),) else f"{written} = {whole(self.value)}"


class Line(NamedTuple):
    """One op's counts."""

    name: str
    """Path inside the block: `conv1`."""
    op: str
    macs: Sum
    parameters: Sum


@dataclass(frozen=True)
class Arithmetic:
    """The ops of a block that multiply or learn, and the block's sums."""

    lines: tuple[Line, ...]
    macs: int
    parameters: int


def arithmetic(block: Block) -> Arithmetic:
    """Every product behind the block's MACs and parameters, op by op in running order."""
    lines = tuple(line for node in block.nodes if (line := _line(node)).macs.products or line.parameters.products)
    return Arithmetic(lines, sum(line.macs.value for line in lines), sum(line.parameters.value for line in lines))


def whole(value: int) -> str:
    """Every digit, in groups of three, set without a gap after the commas: `4{,}089`."""
    return f"{value:,}".replace(",", "{,}")


def space(value: Shape) -> str:
    r"""Where a map of this shape lives: `\mathbb{R}^{64 \times 56 \times 56}`."""
    sizes = r" \times ".join(map(whole, value))
    return rf"\mathbb{{R}}^{{{sizes}}}"


def _line(node: Node) -> Line:
    name = type(node.op).__name__
    return Line(node.name, name, Sum(tuple(_macs(node))), Sum(tuple(_parameters(node.op))))


def _macs(node: Node) -> Iterable[Product]:
    """The product behind an op's multiply-adds; of an op that the table does not know, the number itself."""
    if not node.cost.macs:
        return ()
    known = MACS.get(type(node.op).__name__)
    return (known(node.op, node.shape) if known else (node.cost.macs,),)


def _parameters(op: Op) -> Iterable[Product]:
    """A product for each of the op's trainable tensors; of those that the table does not know, their shapes."""
    known = PARAMETERS.get(type(op).__name__)
    tensors = op.parameters()
    return known(op, tensors) if known and tensors else tensors.values()


def _kernel(op: Any) -> Product:
    """k * k * C_in / g * C_out."""
    inputs: Factor = Share(op.in_channels, op.groups) if op.groups > 1 else op.in_channels
    return (op.kernel_size, op.kernel_size, inputs, op.out_channels)


def _convolution(op: Any, tensors: Mapping[str, Shape]) -> Sequence[Product]:
    return [_kernel(op), *(size for name, size in tensors.items() if name != "weight")]


def _normalisation(op: Any, tensors: Mapping[str, Shape]) -> Sequence[Product]:
    """A scale and a shift for each channel."""
    return [(len(tensors), *tensors["weight"])]


MACS: Mapping[str, Callable[[Any, Shape], Product]] = {
    "Conv2d": lambda op, output: (*_kernel(op), *output[1:]),
    "StandardizedConv2d": lambda op, output: (*_kernel(op), *output[1:]),
    "BlurPool2d": lambda op, output: (op.size, op.size, *output),
    "ChannelConv1d": lambda op, output: (op.kernel_size, output[0]),
    "Linear": lambda op, output: (op.in_features, op.out_features),
}
"""The product behind the multiply-adds, by the op's class, from the op and its output's shape."""

PARAMETERS: Mapping[str, Callable[[Any, Mapping[str, Shape]], Sequence[Product]]] = {
    "Conv2d": _convolution,
    "StandardizedConv2d": _convolution,
    "ChannelConv1d": lambda op, tensors: [(op.kernel_size,)],
    "Linear": lambda op, tensors: [(op.in_features, op.out_features), *([tensors["bias"]] if op.bias else [])],
    "BatchNorm1d": _normalisation,
    "BatchNorm2d": _normalisation,
    "GroupNorm": _normalisation,
}
"""The products behind the parameters, by the op's class, from the op and its trainable tensors."""


def _value(product: Product) -> int:
    """The product; groups divide their channels, which `assemble` has seen to."""
    result = 1
    for factor in product:
        result *= factor.channels // factor.groups if isinstance(factor, Share) else factor
    return result


def _factor(factor: Factor) -> str:
    if isinstance(factor, Share):
        return rf"\frac{{{whole(factor.channels)}}}{{{whole(factor.groups)}}}"
    return whole(factor)
