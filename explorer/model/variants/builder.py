"""Places ops one after another and keeps the account: the hand that every table entry builds with."""

from typing import TYPE_CHECKING, NamedTuple

from explorer.model.errors import SpecError
from explorer.model.graph import BLOCK_INPUT, Node, Role
from explorer.model.ops import Conv2d, Op, Shape, StandardizedConv2d
from explorer.model.variants.layers import ACTIVATIONS, NORMS
from explorer.model.variants.orders import ORDERS, Order

if TYPE_CHECKING:
    from explorer.model.spec import ModelSpec

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

    def __init__(self, spec: "ModelSpec", input_shape: Shape) -> None:
        self.spec = spec
        self.input = Tensor(BLOCK_INPUT, input_shape)
        self.nodes: list[Node] = []
        self.role: Role = "branch"

    @property
    def order(self) -> Order:
        return ORDERS[self.spec.activation_order]

    @property
    def normalises(self) -> bool:
        """Whether the spec's normalisation places anything."""
        return NORMS[self.spec.norm].layer(1) is not None

    def add(self, name: str, op: Op, *inputs: Tensor, init: Init = ()) -> Tensor:
        """Place an op. Raises SpecError("image_size") where the map has become too small for it."""
        shapes = tuple(tensor.shape for tensor in inputs)
        shape = op.output_shape(*shapes)
        if min(shape) < 1 or not op.accepts(*shapes):
            side = shapes[0][-1]
            raise SpecError(
                "image_size", f"{type(op).__name__} {name} finds a map of {side}x{side}, too small; use more pixels."
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
        """Place a convolution with "same" padding; `normed`: a norm follows it; `zero`: its weights start at zero.

        Raises SpecError("cardinality") where the groups do not divide the channels.
        """
        for channels in (x.channels, out_channels):
            if channels % groups:
                raise SpecError(
                    "cardinality", f"{groups} groups do not divide the {channels} channels at {name}; choose a divisor."
                )
        normed = normed and self.normalises
        kind = StandardizedConv2d if self.spec.weight_standardization else Conv2d
        biased = bias or (self.spec.conv_bias and (self.order.redundant_bias or not normed))
        padding = dilation * (kernel_size - 1) // 2
        op = kind(x.channels, out_channels, kernel_size, stride, padding, dilation, groups, biased)
        return self.add(name, op, x, init=(("weight", 0.0),) if zero else ())

    def norm(self, name: str, x: Tensor, *, zero: bool = False) -> Tensor:
        """Place the spec's normalisation, if it has one; `zero`: its scale starts at zero."""
        op = NORMS[self.spec.norm].layer(x.channels)
        return x if op is None else self.add(name, op, x, init=(("weight", 0.0),) if zero else ())

    def act(self, name: str, x: Tensor) -> Tensor:
        """Place the spec's activation."""
        return self.add(name, ACTIVATIONS[self.spec.activation].layer(), x)
