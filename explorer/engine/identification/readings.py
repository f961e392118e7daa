"""What each batch norm of a network remembers of its input, beside what it sees on a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import fmean

import torch
from torch import Tensor, nn

from explorer.engine.lowering import hooked

FARTHEST = 100.0
"""The distance of a norm whose input overflows: exp(100) times the stored variance is none that was meant."""

BATCH_PIXELS, FEWEST = 2**17, 8
"""Pixels at a time: 128 images of 32 x 32; and the fewest images."""


@dataclass
class NormReading:
    """One norm's stored statistics and those of its input, a value for each channel."""

    norm: nn.BatchNorm2d
    seen: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    """Variance and mean of each batch; all batches are of one size."""

    @property
    def variance(self) -> Tensor:
        """Over all batches: the mean of their variances, and the variance of their means."""
        variances, means = (torch.stack(each) for each in zip(*self.seen, strict=True))
        return variances.mean(0) + means.var(0, correction=0)

    @property
    def mean(self) -> Tensor:
        return torch.stack([mean for _, mean in self.seen]).mean(0)

    @property
    def variance_distance(self) -> float:
        """Mean over the channels of the absolute difference of the logarithms of stored and seen variance.

        What the norm itself adds to a variance is added to both, so that a dead channel is not far from itself.
        """
        stored = (_statistic(self.norm.running_var) + self.norm.eps).log()
        return _bounded((stored - (self.variance + self.norm.eps).log()).abs())

    @property
    def mean_distance(self) -> float:
        """Mean over the channels of the absolute difference of the means, in stored deviations."""
        deviation = (_statistic(self.norm.running_var) + self.norm.eps).sqrt()
        return _bounded((_statistic(self.norm.running_mean) - self.mean).abs() / deviation)


@dataclass(frozen=True)
class Readings:
    """All norms in running order, and the scores `(n, classes)` of the images."""

    norms: tuple[NormReading, ...]
    scores: Tensor

    @property
    def by_norm(self) -> tuple[float, ...]:
        """The variance distance of each norm."""
        return tuple(each.variance_distance for each in self.norms)

    @property
    def distance(self) -> float | None:
        """The mean over the norms; None where there are none.

        A choice that acts in one stage leaves the norms before it as they are, so the median hardly notices it.
        """
        return fmean(self.by_norm) if self.norms else None


class _ReadEnoughError(Exception):
    """Ends a forward pass behind the first norm."""


@torch.no_grad()
def read_norms(network: nn.Module, images: Tensor) -> Readings:
    """Runs a network in evaluation mode, so that a norm's input depends on what all norms before it remember."""
    scores = []
    with _watching(network) as norms:
        for part in _batches(images, max(FEWEST, BATCH_PIXELS // images.shape[-1] ** 2)):
            scores += [network(part)]
    return Readings(tuple(norms), torch.cat(scores))


@torch.no_grad()
def read_first_norm(network: nn.Module, images: Tensor) -> NormReading | None:
    """The first norm's reading, which depends on the stem and the images alone; None where there is no norm."""
    with _watching(network, only_first=True) as norms:
        for part in _batches(images, len(images)):
            try:
                network(part)
            except _ReadEnoughError:
                continue
    return norms[0] if norms else None


@contextmanager
def _watching(network: nn.Module, *, only_first: bool = False) -> Iterator[list[NormReading]]:
    known: dict[nn.Module, NormReading] = {}
    norms: list[NormReading] = []

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm2d)
        if module not in known:
            known[module] = NormReading(module)
            norms.append(known[module])
        known[module].seen.append(torch.var_mean(inputs[0], (0, 2, 3), correction=0))
        if only_first:
            raise _ReadEnoughError

    modules = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d) and each.track_running_stats]
    with hooked(module.register_forward_pre_hook(look) for module in modules):
        yield norms


def _batches(images: Tensor, size: int) -> Iterator[Tensor]:
    for start in range(0, len(images), size):
        yield images[start : start + size].contiguous(memory_format=torch.channels_last)


def _statistic(stored: Tensor | None) -> Tensor:
    assert stored is not None  # norms without statistics are not watched
    return stored


def _bounded(values: Tensor) -> float:
    return float(values.nan_to_num(FARTHEST, FARTHEST, FARTHEST).clamp(max=FARTHEST).mean())
