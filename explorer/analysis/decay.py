"""How a quantity decays from block to block: by a factor (exponentially) or as a power of the depth (polynomially).

And the one case that theory gives exactly: the cosine of two inputs in an infinitely wide plain ReLU network.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import correlation, linear_regression

FEWEST = 4
"""Points below which a law is not fitted."""


@dataclass(frozen=True)
class Decay:
    """Least-squares lines through the logarithm of a quantity, against the depth and against its logarithm.

    `rate` is the change of the logarithm for each block, `exponent` the power of the block's number; the two shares of
    variance (0 to 1) say how well an exponential and a power law fit.
    """

    rate: float
    exponential: float
    exponent: float
    polynomial: float

    @property
    def falls(self) -> bool:
        """Whether it is a decay at all, and not a growth."""
        return self.rate < 0

    @property
    def is_exponential(self) -> bool:
        """Whether the exponential fits better than the power law."""
        return self.exponential > self.polynomial

    def follows(self, *, exponential: bool) -> bool:
        """Whether it falls, and this law fits better than the other."""
        return self.falls and self.is_exponential == exponential


def fitted_decay(values: Sequence[float], floor: float) -> Decay | None:
    """The decay of `values`, one after each block, up to the first that is not above `floor`: below it there is noise.

    None where fewer than `FEWEST` are left, or where they are all equal.
    """
    logs = [math.log(value) for value in takewhile(lambda value: value > floor, values)]
    if len(logs) < FEWEST or min(logs) == max(logs):
        return None
    blocks = list(range(1, len(logs) + 1))
    log_blocks = [math.log(block) for block in blocks]
    return Decay(
        rate=linear_regression(blocks, logs).slope,
        exponential=correlation(blocks, logs) ** 2,
        exponent=linear_regression(log_blocks, logs).slope,
        polynomial=correlation(log_blocks, logs) ** 2,
    )


def relu_cosine(cosine: float) -> float:
    """The cosine of two inputs after one infinitely wide ReLU layer with He's weights and no bias (Cho & Saul 2009).

    `cosine` is that before the layer, -1 to 1.
    """
    bounded = max(-1.0, min(1.0, cosine))
    return (math.sqrt(1 - bounded * bounded) + bounded * (math.pi - math.acos(bounded))) / math.pi


def wide_plain_cosines(cosine: float, blocks: int) -> list[float]:
    """`cosine`, that of the images, then that after each of `blocks` blocks of two layers; no normalisation.

    The stem is one more layer, before the first block.
    """
    found, reached = [cosine], relu_cosine(cosine)
    for _ in range(blocks):
        reached = relu_cosine(relu_cosine(reached))
        found.append(reached)
    return found
