"""Which path lengths carry gradient (Veit et al. 2016, section 5 and Fig. 6).

An unrolled residual network of n blocks has 2^n paths, each block being crossed by its branch or by its shortcut. One
forward pass with everything in place; then backward passes in which k random blocks let gradient through their branch
alone and all others through their shortcut alone: what arrives at the first block came over one path of length k.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import comb

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import Part, batch_statistics, mean_loss, parts_of
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.gradient_paths import PathLength, PathNetwork, PathResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence


class Junction(torch.autograd.Function):
    """A sum whose gradient goes one way only: into the branch if `open_way[0]`, else into the shortcut."""

    @staticmethod
    def forward(ctx, branch: Tensor, shortcut: Tensor, open_way: list[bool]) -> Tensor:  # type: ignore[no-untyped-def]
        ctx.open_way = open_way
        return branch + shortcut

    @staticmethod
    def backward(ctx, *gradients: Tensor):  # type: ignore[no-untyped-def]
        (gradient,) = gradients
        nothing = torch.zeros_like(gradient)
        return (gradient, nothing, None) if ctx.open_way[0] else (nothing, gradient, None)


@dataclass(frozen=True, eq=False)
class Sampler:
    """The graph of one forward pass, through which gradient can be sent over chosen paths again and again."""

    loss: Tensor
    entered: Tensor
    """The stream as it enters the first block."""
    ways: list[list[bool]]
    """One entry a residual block, as its `Junction` reads it."""

    def gradient(self, by_branch: Sequence[int]) -> float:
        """Norm of the gradient that reaches the first block over the path through the branches of these blocks."""
        for number, way in enumerate(self.ways):
            way[0] = number in by_branch
        (found,) = torch.autograd.grad(self.loss, self.entered, retain_graph=True)
        return float(found.float().norm())


@contextmanager
def sampling(network: nn.Module, parts: Sequence[Part], images: Tensor, labels: Tensor) -> Iterator[Sampler]:
    """A sampler to be used inside: the running statistics, which the graph refers to, return at the end."""
    sums = [part.add for part in parts if part.add is not None]
    ways = [[True] for _ in sums]
    entered: list[Tensor] = []
    handles = [parts[0].module.register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))]
    handles += [add.register_forward_hook(partial(_cross, way)) for add, way in zip(sums, ways, strict=True)]
    with batch_statistics(network):
        with hooked(handles), torch.enable_grad():
            loss = mean_loss(network, images, labels)
        yield Sampler(loss, entered[0], ways)


def gradient_by_length(sampler: Sampler, samples: int, seed: int) -> Iterator[PathLength]:
    """For each length the mean and extremes of `samples` random paths (fewer where there are fewer); `share` is NaN."""
    choice = random.Random(f"paths {seed}")  # noqa: S311  (an experiment, no secret)
    blocks = range(len(sampler.ways))
    for length in range(len(blocks) + 1):
        paths = comb(len(blocks), length)
        norms = [sampler.gradient(choice.sample(blocks, length)) for _ in range(min(samples, paths))]
        yield PathLength(length, paths, sum(norms) / len(norms), min(norms), max(norms), float("nan"))


def with_shares(lengths: Sequence[PathLength]) -> tuple[PathLength, ...]:
    """The lengths with their share of paths x gradient, in exact arithmetic until the last division."""
    weights = [each.paths * Fraction(each.gradient) for each in lengths]
    whole = sum(weights) or Fraction(1)
    return tuple(replace(each, share=float(weight / whole)) for each, weight in zip(lengths, weights, strict=True))


def gradient_paths(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | PathResult]:
    """Samples paths of every length in each network; a plain network has a single path, and no length to sample."""
    found: list[PathNetwork] = []
    for seed, subject in repetitions(request):
        trained = yield from networks.trained_if(request.parameters["trained"], subject, seed)
        network = PathNetwork(subject.label, 0, (), trained.training)
        batch = networks.images(request.parameters["images"], seed)
        for network in _sampled(request, trained, *batch, seed):
            so_far = PathResult((*found, network))
            yield Progress(
                len(network.lengths),
                network.blocks + 1,
                sentence("Paths of {network}", network=sentence(subject.label)),
                so_far,
            )
        found.append(network)
    yield PathResult(tuple(found))


def _sampled(
    request: ExperimentRequest, trained: Trained, images: Tensor, labels: Tensor, seed: int
) -> Iterator[PathNetwork]:
    """What is known of a network's paths after each length; nothing of one that diverged."""
    parts = parts_of(trained.network, trained.spec)
    blocks = sum(part.add is not None for part in parts)
    if trained.training.diverged or not blocks:
        return
    lengths: list[PathLength] = []
    with sampling(trained.network, parts, images, labels) as sampler:
        for each in gradient_by_length(sampler, request.parameters["samples"], seed):
            lengths.append(each)
            yield PathNetwork(trained.label, blocks, with_shares(lengths), trained.training)


def _cross(way: list[bool], _: nn.Module, inputs: tuple[Tensor, ...], __: Tensor) -> Tensor:
    """A hook for a sum, whose gradient it sends one way."""
    joined: Tensor = Junction.apply(inputs[0], inputs[1], way)
    return joined
