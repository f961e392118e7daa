"""Directions in the space of all weights: filter-normalised random ones, and those along which training went."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Direction = list[Tensor]
"""One tensor for each parameter of a network, in its order."""
FEWEST_SNAPSHOTS = 3


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions that span a slice through the trained weights."""

    directions: tuple[Direction, Direction]

    def project(self, offset: Direction) -> tuple[float, float]:
        """The point of the plane nearest to an offset from the trained weights, in units of the directions."""
        first, second = self.directions
        gram = torch.tensor([[dot(first, first), dot(first, second)], [dot(first, second), dot(second, second)]])
        sides = torch.tensor([dot(first, offset), dot(second, offset)])
        x, y = torch.linalg.lstsq(gram.double(), sides.double()[:, None]).solution[:, 0].tolist()
        return x, y

    def length(self, point: tuple[float, float]) -> float:
        """Distance of a point of the plane from the trained weights."""
        moved = [point[0] * one + point[1] * other for one, other in zip(*self.directions, strict=True)]
        return math.sqrt(dot(moved, moved))


def filter_normalised(weights: Sequence[Tensor], random: torch.Generator) -> Direction:
    """A Gaussian direction in which every filter has the norm of the weights' filter (Li et al. 2018, Eqn. 1).

    A filter is one output channel of a convolution, one row of a linear layer. Biases and the scales and shifts of
    norms do not move, as in the authors' code.
    """
    direction = []
    for weight in weights:
        if weight.dim() < 2:
            direction.append(torch.zeros_like(weight))
            continue
        noise = torch.randn(weight.shape, generator=random).to(weight.device, weight.dtype)
        wanted = weight.detach().flatten(1).norm(dim=1)
        factor = wanted / noise.flatten(1).norm(dim=1).clamp_min(1e-10)
        direction.append(noise * factor.view(-1, *[1] * (weight.dim() - 1)))
    return direction


def random_plane(network: nn.Module, seed: int) -> Plane:
    """Two filter-normalised random directions, the same for the same seed and shapes."""
    random = torch.Generator().manual_seed(seed)
    weights = list(network.parameters())
    return Plane((filter_normalised(weights, random), filter_normalised(weights, random)))


class TrainingPath:
    """The weights of a network at about `count` steps of its training."""

    def __init__(self, steps: int, count: int) -> None:
        self.every = max(1, math.ceil(steps / max(1, count)))
        self.last = steps
        self.steps: list[int] = []
        self.snapshots: list[Direction] = []

    def record(self, network: nn.Module, step: int) -> None:
        """Takes a snapshot of the weights if it is time. It is a `trained_networks.Observer`."""
        if step % self.every == 0 or step == self.last:
            self.steps.append(step)
            self.snapshots.append([each.detach().clone() for each in network.parameters()])

    def offsets(self, network: nn.Module) -> list[Direction]:
        """The snapshots minus the network's present weights."""
        weights = [each.detach() for each in network.parameters()]
        return [[then - now for then, now in zip(each, weights, strict=True)] for each in self.snapshots]


def pca_plane(offsets: Sequence[Direction]) -> Plane:
    """The two orthonormal directions that hold most of a training path (Li et al. 2018, section 7).

    From the eigenvectors of the small Gram matrix, so no matrix of weights by weights is made. Raises ValueError for a
    path of fewer than three points.
    """
    if len(offsets) < FEWEST_SNAPSHOTS:
        raise ValueError(f"a path of {len(offsets)} points spans no plane")
    rows = torch.stack([torch.cat([each.flatten().double() for each in offset]) for offset in offsets])
    values, vectors = torch.linalg.eigh(rows @ rows.T)
    found = []
    for number in (-1, -2):
        flat = vectors[:, number] @ rows / values[number].clamp_min(1e-20).sqrt()
        pieces = flat.split([each.numel() for each in offsets[0]])
        found.append([piece.view_as(like).to(like.dtype) for piece, like in zip(pieces, offsets[0], strict=True)])
    return Plane((found[0], found[1]))


def dot(one: Direction, other: Direction) -> float:
    """The inner product of two directions."""
    return float(sum((a.double() * b.double()).sum() for a, b in zip(one, other, strict=True)))
