"""The base class of all operations, and the counts of each."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, NamedTuple

Shape = tuple[int, ...]
ElementwiseCategory = Literal["norm", "activation", "add", "pool", "gate", "none"]
"""The category of an op's element-wise work."""

ELEMENTWISE_CATEGORIES: tuple[ElementwiseCategory, ...] = ("norm", "activation", "add", "pool", "gate")


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
    """Elements of the outputs of everything that has MACs: convolutions, blurs among them, and linear layers.

    Radosavovic et al. 2020, section 3.1; fvcore counts blurs too, and timm's model cards are made with it.
    """


def total(costs: "list[Cost]") -> Cost:
    """The field-wise sum."""
    return Cost(*map(sum, zip(*costs, strict=True))) if costs else Cost()


@dataclass(frozen=True, slots=True)
class Op:
    """One operation. Subclasses say how shape, parameters and work follow from their fields."""

    elementwise_category: ClassVar[ElementwiseCategory] = "none"
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
        """Element-wise operations for one example, of the category `elementwise_category`."""
        return 0 if self.elementwise_category == "none" else prod(output)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        """All counts for one example, from the methods above; what has MACs has activations."""
        params = sum(map(prod, self.parameters().values()))
        buffers = sum(map(prod, self.buffers().values()))
        macs = self.macs(output)
        activations = prod(output) if macs else 0
        return Cost(params, buffers, macs, self.work(inputs, output), activations)
