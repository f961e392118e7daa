"""Activations, and what acts in training only."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.model.ops.base import ElementwiseCategory, Op, Shape


@dataclass(frozen=True, slots=True)
class _Activation(Op):
    elementwise_category: ClassVar[ElementwiseCategory] = "activation"


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
class PReLU(_Activation):
    """x where positive, elsewhere x times a slope that each channel learns (He et al. 2015b)."""

    keeps_input: ClassVar[bool] = True
    num_parameters: int

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}


@dataclass(frozen=True, slots=True)
class SiLU(_Activation):
    """x sigmoid(x), also called swish."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class GELU(_Activation):
    """x Phi(x)."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Mish(_Activation):
    """x tanh(softplus(x))."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Hardswish(_Activation):
    """x relu6(x + 3) / 6."""

    keeps_input: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Sigmoid(Op):
    """The gate's squashing function."""

    elementwise_category: ClassVar[ElementwiseCategory] = "gate"
    keeps_output: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Dropout(Op):
    """Drops single values with probability `p` (Srivastava et al. 2014)."""

    p: float


@dataclass(frozen=True, slots=True)
class StochasticDepth(Op):
    """Drops the whole branch with probability `p`: torchvision's layer.

    `mode` is `batch`, for all examples or none (Huang et al. 2016), or `row`, for each example by itself.
    """

    p: float
    mode: str = "row"
