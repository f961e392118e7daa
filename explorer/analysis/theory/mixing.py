"""Products of the matrices that mix several residual streams (hyper-connections, Zhu et al. 2024, arXiv:2409.19606).

With n streams the shortcut of a block is an n x n matrix H instead of a number, and along the shortcuts alone the
streams are multiplied by the product of these matrices. Xie et al. 2025 (mHC, arXiv:2512.24880) make each H doubly
stochastic by the algorithm of Sinkhorn and Knopp: entries that are not negative, rows and columns that sum to 1.
Products of such matrices are such matrices, and their spectral norm is 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def mixing_matrices(streams: int, count: int, spread: float, seed: int) -> Matrix:
    """`count` matrices near the identity, `(count, streams, streams)`: plus normal numbers of deviation `spread`."""
    noise = np.random.default_rng(seed).standard_normal((count, streams, streams))
    return np.eye(streams) + spread * noise


def doubly_stochastic(matrices: Matrix, iterations: int) -> Matrix:
    """The matrices' absolute values, columns and then rows divided by their sums, `iterations` times.

    Rows sum to 1 to rounding; columns come closer to 1 with every iteration. A row or a column must not be all zeros.
    """
    values = np.abs(matrices)
    for _ in range(iterations):
        values = values / values.sum(-2, keepdims=True)
        values = values / values.sum(-1, keepdims=True)
    return values


@dataclass(frozen=True)
class Gain:
    """What the product of the first `count` matrices does.

    `forward` and `backward` are the greatest sums of the absolute values of a row and of a column: the most by which
    the product enlarges a signal, and its transpose a gradient, in any one stream (the measure of mHC). `difference` is
    the norm of the product on what differs between the streams, with the streams' mean taken off before and after; 0
    for a single stream.
    """

    count: int
    forward: float
    backward: float
    difference: float


def gains(matrices: Iterable[Matrix]) -> tuple[Gain, ...]:
    """The gain of the product of no, one, two, ... matrices, each applied after those before it."""
    product: Matrix | None = None
    found: list[Gain] = []
    for matrix in matrices:
        if product is None:
            product = np.eye(len(matrix))
            found.append(_gain(0, product))
        product = matrix @ product
        found.append(_gain(len(found), product))
    return tuple(found)


def _gain(count: int, product: Matrix) -> Gain:
    absolute = np.abs(product)
    apart = np.eye(len(product)) - 1 / len(product)
    difference = float(np.linalg.norm(apart @ product @ apart, 2))
    return Gain(count, float(absolute.sum(1).max()), float(absolute.sum(0).max()), difference)
