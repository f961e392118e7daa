"""A network of one number: the smallest chain in which a shortcut makes a difference.

Every block does x <- lambda x + w x. With lambda = 0 the chain is plain and its end is w^L; with lambda = 1 it is
residual and its end is (1 + w)^L, a sum over all ways through the chain (Veit et al. 2016, section 3).
"""

from dataclasses import dataclass
from itertools import accumulate, repeat
from math import comb
from operator import mul


@dataclass(frozen=True)
class Chain:
    """`length` blocks; each multiplies its input by `factor` (lambda, its shortcut) plus `weight` (its branch)."""

    length: int
    weight: float
    factor: float = 0.0

    @property
    def gain(self) -> float:
        """What a block makes of 1."""
        return self.factor + self.weight

    @property
    def values(self) -> tuple[float, ...]:
        """The input, 1, and what each block passes on: entry k stands behind block k."""
        return tuple(accumulate(repeat(self.gain, self.length), mul, initial=1.0))

    @property
    def gradients(self) -> tuple[float, ...]:
        """The derivative of the output with respect to each of `values`; the last one is 1.

        By the chain rule a product of the blocks behind, so it is computed from the output back to the input.
        """
        return self.values[::-1]

    @property
    def ways(self) -> tuple[float, ...]:
        """What the ways through k branches contribute to the output, for k from 0 to `length`; they sum to it."""
        count = self.length
        return tuple(comb(count, k) * self.weight**k * self.factor ** (count - k) for k in range(count + 1))
