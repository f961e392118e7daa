"""The first norm's statistics for any normalisation, from one response of the stem's convolution to each channel."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.engine.identification.readings import NormReading, first_norm

STEPS, RATE = 150, 0.05
LINEAR = 1e-3
"""Relative difference between the response to an image and the sum of those to its channels, up to which what is before
the first norm counts as linear."""

Values = tuple[float, ...]


@dataclass(frozen=True)
class Responses:
    """What enters the first norm is `bias + sum over channels of gain * image part + offset * constant part`.

    With c channels that is linear in 2 c numbers; the norm's mean and variance follow from the parts' means and
    covariances, so no image is run twice.
    """

    norm: nn.BatchNorm2d
    bias: Tensor
    """`(out,)`."""
    means: Tensor
    """Of the parts: `(out, 2 c)`."""
    covariances: Tensor
    """`(out, 2 c, 2 c)`."""

    def distance(self, mean: Values, std: Values) -> float:
        """Of the variances and of the means, added, for a normalisation."""
        return self._reading(*_gains(torch.tensor(mean), torch.tensor(std))).sum_of_distances

    def fitted(self, mean: Values, std: Values) -> tuple[Values, Values]:
        """Mean and deviation of each channel for which the first norm's statistics fit best, from a first guess on."""
        values = torch.stack((torch.tensor(mean), torch.tensor(std).log())).requires_grad_()
        moment, square = torch.zeros_like(values), torch.zeros_like(values)
        for step in range(1, STEPS + 1):
            (slope,) = torch.autograd.grad(self._misfit(values), values)
            # Adam (Kingma & Ba 2015) by hand: torch's optimisers import for seconds when the first one is made.
            moment, square = moment.lerp(slope, 0.1), square.lerp(slope**2, 0.001)
            scaled = (moment / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
            with torch.no_grad():
                values -= RATE * (1 - step / STEPS) * scaled
        return tuple(values[0].tolist()), tuple(values[1].exp().tolist())

    def _misfit(self, values: Tensor) -> Tensor:
        """The distance for means and logarithms of deviations, differentiable."""
        reading = self._reading(*_gains(values[0], values[1].exp()))
        wanted, seen = (each + self.norm.eps for each in (reading.stored_variance, reading.variance))
        of_means = ((reading.stored_mean - reading.mean).abs() / wanted.sqrt()).mean()
        return (wanted.log() - seen.log()).abs().mean() + of_means

    def _reading(self, gains: Tensor, offsets: Tensor) -> NormReading:
        factors = torch.cat((gains, offsets))
        mean = self.means @ factors + self.bias
        variance = torch.einsum("i,oij,j->o", factors, self.covariances, factors).clamp(min=0.0)
        return NormReading.of(self.norm, mean, variance)


@torch.no_grad()
def responses(network: nn.Module, pixels: Tensor, border: str, shifted: Callable[[Tensor], Tensor]) -> Responses | None:
    """The responses to pixels within a border; None where there is no norm, or more than a convolution before it."""
    channels = pixels.shape[1]
    moved = pixels if border == "none" else shifted(pixels)
    ones = torch.ones_like(pixels)
    constant = shifted(ones) if border == "mean" else ones
    silent = first_norm(network, torch.zeros_like(pixels[:1]))
    if silent is None:
        return None
    norm, bias = silent
    parts = []
    for source in (moved, constant):
        for channel in range(channels):
            alone = torch.zeros_like(source)
            alone[:, channel] = source[:, channel]
            parts.append(_entering(network, alone) - bias)
    together = _entering(network, moved[:2]) - bias
    if not torch.allclose(
        together, torch.stack([each[:2] for each in parts[:channels]]).sum(0), atol=LINEAR * float(together.std())
    ):
        return None
    rows = torch.stack([each.transpose(0, 1).flatten(1) for each in parts], 1)  # (out, parts, values)
    means = rows.mean(2)
    centred = rows - means.unsqueeze(2)
    covariances = centred @ centred.transpose(1, 2) / rows.shape[2]
    return Responses(norm, bias.mean((0, 2, 3)), means, covariances)


def _entering(network: nn.Module, images: Tensor) -> Tensor:
    found = first_norm(network, images)
    assert found is not None  # there is a norm for any images
    return found[1]


def _gains(mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
    return 1 / std, -mean / std
