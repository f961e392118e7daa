"""What each batch norm of a network remembers of its input, beside what it sees on a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, sqrt

import torch
from torch import Tensor, nn

from explorer.engine.lowering import hooked

FARTHEST = 100.0
"""The distance of a norm whose input overflows: exp(100) times the stored variance is none that was meant."""


@dataclass(frozen=True)
class NormReading:
    """One norm's stored statistics and those of its input, a value for each channel."""

    stored_mean: Tensor
    stored_variance: Tensor
    mean: Tensor
    variance: Tensor
    eps: float

    @property
    def variance_distance(self) -> float:
        """Mean over the channels of the absolute difference of the logarithms of stored and seen variance.

        What the norm itself adds to a variance is added to both, so that a dead channel is not far from itself.
        """
        return _bounded(((self.stored_variance + self.eps).log() - (self.variance + self.eps).log()).abs())

    @property
    def mean_distance(self) -> float:
        """Mean over the channels of the absolute difference of the means, in stored deviations."""
        return _bounded((self.stored_mean - self.mean).abs() / (self.stored_variance + self.eps).sqrt())

    @classmethod
    def of(cls, norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> "NormReading":
        """What a norm stores now, beside the mean and the variance of its input."""
        return cls(*stored_statistics(norm), mean, variance, norm.eps)

    @property
    def sum_of_distances(self) -> float:
        """Of the variances and of the means: for the first norm, whose means tell as much."""
        return self.variance_distance + self.mean_distance

    @property
    def distance(self) -> float:
        """The geometric mean of both: a ratio of two candidates' distances weighs both ratios alike."""
        return sqrt(self.variance_distance * self.mean_distance)


class StopReadingError(Exception):
    """Ends a forward pass of which enough is known."""


@contextmanager
def reading_norms(network: nn.Module, bound: float = inf) -> Iterator[list[NormReading]]:
    """Inside, each batch norm that is run is read, and normalises by its batch's statistics.

    So what the next norm sees depends on the layers between the two, and hardly on how far the images are from those
    of the training: their shift is normalised away at each norm instead of growing with the depth. Raises
    StopReadingError inside where the distances add up to more than `bound`.
    """
    modules = _norms_with_statistics(network)
    stored = {each: stored_statistics(each) for each in modules}
    norms: list[NormReading] = []
    total = 0.0

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        nonlocal total
        assert isinstance(module, nn.BatchNorm2d)
        variance, mean = variance_and_mean(inputs[0], module.eps)
        norms.append(NormReading(*stored[module], mean, variance, module.eps))
        module.running_mean, module.running_var = mean, variance
        total += norms[-1].distance if bound < inf else 0.0
        if total > bound:
            raise StopReadingError

    with hooked(module.register_forward_pre_hook(look) for module in modules):
        try:
            yield norms
        finally:
            for module, (mean, variance) in stored.items():
                module.running_mean, module.running_var = mean, variance


def variance_and_mean(values: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Each channel's, as torch's own batch norm finds them; `torch.var_mean` takes ten times as long over rows."""
    _, mean, inverse = torch.native_batch_norm(values, None, None, None, None, True, 0.0, eps)
    return (inverse**-2 - eps).clamp(min=0.0), mean


@torch.no_grad()
def first_norm(network: nn.Module, images: Tensor) -> tuple[nn.BatchNorm2d, Tensor] | None:
    """The first norm that keeps statistics, and its input `(n, channels, height, width)`; None where there is none."""
    found: list[tuple[nn.BatchNorm2d, Tensor]] = []

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm2d)
        found.append((module, inputs[0]))
        raise StopReadingError

    modules = _norms_with_statistics(network)
    with hooked(module.register_forward_pre_hook(look) for module in modules):
        try:
            network(images.contiguous(memory_format=torch.channels_last))
        except StopReadingError:
            return found[0]
    return None


def _norms_with_statistics(network: nn.Module) -> list[nn.BatchNorm2d]:
    return [each for each in network.modules() if isinstance(each, nn.BatchNorm2d) and each.track_running_stats]


def stored_statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """The mean and the variance that a norm keeps, a value for each channel."""
    assert norm.running_mean is not None  # norms without statistics are not watched
    assert norm.running_var is not None
    return norm.running_mean, norm.running_var


def _bounded(values: Tensor) -> float:
    return float(values.nan_to_num(FARTHEST, FARTHEST, FARTHEST).clamp(max=FARTHEST).mean())
