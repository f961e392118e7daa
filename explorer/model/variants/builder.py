"""The builder with which every variant places its ops in a block."""

from typing import NamedTuple

from explorer.language import sentence
from explorer.model.errors import SpecError
from explorer.model.graph import BLOCK_INPUT, Node, Role
from explorer.model.ops import Conv2d, Op, SamePad2d, Shape, StandardizedConv2d
from explorer.model.spec_values import SpecValues
from explorer.model.variants.layers import ACTIVATIONS, NORMS
from explorer.model.variants.orders import ORDERS, Order
from explorer.model.variants.strides import PADDINGS

Init = tuple[tuple[str, float], ...]


class Tensor(NamedTuple):
    """A value in the block being built: who makes it, and its shape without the batch."""

    name: str
    shape: Shape

    @property
    def channels(self) -> int:
        return self.shape[0]


class Builder:
    """Builds the nodes of one block of `spec`'s network."""

    def __init__(self, spec: SpecValues, input_shape: Shape) -> None:
        self.spec = spec
        self.input = Tensor(BLOCK_INPUT, input_shape)
        self.nodes: list[Node] = []
        self.role: Role = "branch"
        self.order: Order = ORDERS[spec.activation_order]
        self._norm = NORMS[spec.norm].layer
        self.normalises = self._norm(spec, 1) is not None
        """Whether the spec's normalisation places anything."""
        self._convolution = StandardizedConv2d if spec.weight_standardization else Conv2d
        self._activation = ACTIVATIONS[spec.activation].layer

    def add(self, name: str, op: Op, *inputs: Tensor, init: Init = ()) -> Tensor:
        """Place an op. Raises SpecError("image_size") where the map has become too small for it."""
        shapes = tuple(tensor.shape for tensor in inputs)
        shape = op.output_shape(*shapes)
        if min(shape) < 1 or not op.accepts(*shapes):
            sides = "x".join(map(str, shapes[0][1:]))
            raise SpecError(
                "image_size",
                sentence(
                    "{op} {name} has an input of {sides}, which is too small; use more pixels.",
                    op=type(op).__name__,
                    name=name,
                    sides=sides,
                ),
            )
        sources = tuple(tensor.name for tensor in inputs)
        self.nodes.append(Node(name, op, sources, self.role, shape, op.cost(shapes, shape), init))
        return Tensor(name, shape)

    def conv(
        self,
        name: str,
        x: Tensor,
        out_channels: int,
        kernel_size: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        normed: bool = True,
        bias: bool = False,
        zero: bool = False,
    ) -> Tensor:
        """Place a convolution that keeps the map's size but for its stride.

        `normed`: a norm follows it; `zero`: its weights start at zero.

        Raises SpecError("cardinality") where the groups do not divide the channels.
        """
        in_channels = x.shape[0]
        for channels in (in_channels, out_channels):
            if channels % groups:
                raise SpecError(
                    "cardinality",
                    sentence(
                        "{groups} groups do not divide the {channels} channels at {name}; choose a divisor.",
                        groups=groups,
                        channels=channels,
                        name=name,
                    ),
                )
        normed = normed and self.normalises
        biased = bias or (
            self.spec.conv_bias and (self.order.redundant_bias or self.spec.bias_before_norm or not normed)
        )
        padding = dilation * (kernel_size - 1) // 2
        if stride > 1 and padding and PADDINGS[self.spec.padding].as_tensorflow:
            x, padding = self.add(f"{name.replace('.', '_')}_pad", SamePad2d(2 * padding + 1, stride), x), 0
        op = self._convolution(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, biased)
        return self.add(name, op, x, init=(("weight", 0.0),) if zero else ())

    def norm(self, name: str, x: Tensor, *, zero: bool = False) -> Tensor:
        """Place the spec's normalisation, if it has one; `zero`: its scale starts at zero."""
        op = self._norm(self.spec, x.channels)
        return x if op is None else self.add(name, op, x, init=(("weight", 0.0),) if zero else ())

    def act(self, name: str, x: Tensor) -> Tensor:
        """Place the spec's activation."""
        return self.add(name, self._activation(self.spec, x.channels), x)
