"""What shortcuts alone carry from block to block (He et al. 2016, section 3).

With h(x) = lambda x in every block, x_L = (product of lambda_i, i = l to L - 1) x_l + a sum of branches (Eqn. 7), and
the same product weighs the gradient that goes straight back (Eqn. 8). At lambda = 1 it is 1 at any depth; below, it
vanishes exponentially, above, it explodes.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from math import exp, prod
from operator import mul
from types import MappingProxyType

from explorer.model import ModelSpec
from explorer.model.variants.shortcuts import is_plain


def skip_product(factors: Iterable[float]) -> float:
    """The factor on x_l in x_L, and on the gradient at x_L in that at x_l, for the shortcuts' factors in between."""
    return prod(factors)


def skip_products(factor: float, blocks: int) -> tuple[float, ...]:
    """`skip_product` over 0, 1, ..., `blocks` shortcuts that all have the same factor."""
    return tuple(accumulate([factor] * blocks, mul, initial=1.0))


def skip_factor(spec: ModelSpec) -> float:
    """By what an identity shortcut of this network multiplies x before training, in the mean.

    A gate computes 1 - sigmoid(b) where W x is 0, so this is its value in the middle. Dropout as torch does it scales
    what is left, so that the mean stays 1; in He et al. 2016, section 3.1 it was 1 - rate, hence their lambda of 0.5. A
    1x1 convolution has no one factor: NaN. A plain network lets nothing past its branch: 0.
    """
    if is_plain(spec):
        return 0.0
    if spec.shortcut == "projection_all":
        return float("nan")
    return FACTORS[spec.skip](spec)


def _gate_left_open(spec: ModelSpec) -> float:
    """1 - sigmoid(b), without loss of digits for large b."""
    return 1.0 / (1.0 + exp(spec.gate_bias))


FACTORS: Mapping[str, Callable[[ModelSpec], float]] = MappingProxyType(
    {
        "identity": lambda spec: 1.0,
        "scale": lambda spec: spec.skip_scale,
        "exclusive_gate": _gate_left_open,
        "shortcut_gate": _gate_left_open,
        "conv1x1": lambda spec: float("nan"),
        "dropout": lambda spec: 1.0,
    }
)
"""The factor of each skip in the model's table."""
