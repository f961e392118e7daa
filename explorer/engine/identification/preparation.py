"""How a file's network had its images prepared: their normalisation, and what surrounded them when they were shifted.

The first norm follows the stem's convolution, so its stored mean and variance depend on the images, their preparation
and that convolution alone, whatever the rest of the network is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.identification.first_norm import Responses, responses
from explorer.engine.identification.images import Images
from explorer.engine.identification.readings import NormReading, first_norm, variance_and_mean
from explorer.identify.normalisations import known_normalisations
from explorer.identify.records import Normalisation

LARGEST_FIRST_READING = 2**16
"""Pixels that are read for each preparation: 64 images of 32 x 32, but never fewer than 8 images."""
FITTED, AS_GOOD = "fitted", 4.0
"""The fit has two numbers for each channel, so it is always nearer than the normalisation of the training: 1.4 to 2.1
times for seven files of strangers on CIFAR-10's test images. A known one up to `AS_GOOD` times as far is taken."""


class Prepared(NamedTuple):
    """A preparation, under the record by which an answer names it."""

    record: Normalisation

    def apply(self, pixels: Tensor) -> Tensor:
        """Pixels from 0 to 1, their colours in the order RGB, as the network expects them."""
        ordered = in_order(pixels, self.record.order)
        return BORDERS[self.record.border](ordered, lambda given: _normalised(given, self.record))


Normalise = Callable[[Tensor], Tensor]
BORDERS: Mapping[str, Callable[[Tensor, Normalise], Tensor]] = MappingProxyType(
    {
        "none": lambda pixels, normalise: normalise(pixels),
        "black": lambda pixels, normalise: normalise(shifted(pixels)),
        "mean": lambda pixels, normalise: shifted(normalise(pixels)),
    }
)
"""Augmentation by shifts (He et al. 2015, section 4.2) leaves its mark on the stored statistics: zeros around pixels
are black, zeros around the normalised images are the mean. Without it the right candidate is four times as far."""


def preparations(network: nn.Module, images: Images) -> tuple[Prepared, ...]:
    """All preparations, the one nearest to what the network's first norm remembers first; none without such a norm.

    Known normalisations, the images' own, and one that is fitted to the first norm, which can always be nearest: it
    counts only where no other one is near. It is fitted where a convolution alone is before the first norm, on images
    of the training's kind: on others a fit makes up for the difference in kind, and says nothing of a normalisation.
    """
    side = images.pixels.shape[-1]
    pixels = images.first(max(8, LARGEST_FIRST_READING // side**2))
    records = tuple(_named(images))
    found: list[Prepared] = []
    for border, order in product(BORDERS, dict.fromkeys(each.order for each in records)):
        tried = [each._replace(border=border) for each in records if each.order == order]
        linear = responses(network, in_order(pixels, order), border, shifted)
        if linear is None:
            found += _run(network, pixels, tried)
        else:
            found += _computed(linear, tried, images)
    return tuple(sorted(found, key=lambda each: each.record.distance))


def chosen(ways: Sequence[Prepared], ratio: float) -> tuple[Prepared, Normalisation | None]:
    """The preparation for the candidates, and the normalisation that an answer may name; None where several fit.

    A known one, or the fitted one where every known one is far from it.
    """
    known = [each for each in ways if each.record.name != FITTED]
    first = known[0]
    if AS_GOOD * ways[0].record.distance < first.record.distance:
        return ways[0], ways[0].record
    others = [each for each in known if _values(each.record) != _values(first.record)]
    several = any(each.record.distance <= ratio * first.record.distance for each in others)
    return first, None if several else first.record


def _values(record: Normalisation) -> tuple[object, ...]:
    return record.mean, record.std, record.order


def _named(images: Images) -> Iterator[Normalisation]:
    if images.mean:
        yield Normalisation(images.mean, images.deviation, 0.0, "data")
    for name, known in known_normalisations(images.pixels.shape[1]).items():
        yield Normalisation(known.mean, known.std, 0.0, name, order=known.order)


def _run(network: nn.Module, pixels: Tensor, records: Iterable[Normalisation]) -> Iterator[Prepared]:
    """Each normalisation by running the network up to its first norm."""
    for record in records:
        read = first_norm(network, Prepared(record).apply(pixels))
        if read is not None:
            norm, entered = read
            variance, mean = variance_and_mean(entered, norm.eps)
            yield Prepared(record._replace(distance=NormReading.of(norm, mean, variance).sum_of_distances))


def _computed(linear: Responses, records: Iterable[Normalisation], images: Images) -> Iterator[Prepared]:
    """Each normalisation from the responses of the convolution to each channel; for `data` also one that is fitted."""
    for record in records:
        yield Prepared(record._replace(distance=linear.distance(record.mean, record.std)))
        if record.name == images.source:
            mean, std = linear.fitted(record.mean, record.std)
            yield Prepared(record._replace(mean=mean, std=std, distance=linear.distance(mean, std), name=FITTED))


def in_order(pixels: Tensor, order: str) -> Tensor:
    """Images whose colours are in the order RGB, in this order: `RGB` or `BGR`."""
    return pixels.flip(1) if order == "BGR" else pixels


def _normalised(pixels: Tensor, normalisation: Normalisation) -> Tensor:
    mean, deviation = (torch.tensor(each).view(1, -1, 1, 1) for each in (normalisation.mean, normalisation.std))
    return (pixels - mean) / deviation


def shifted(images: Tensor) -> Tensor:
    """Each image moved by up to an eighth of its side in both directions, zeros where it was not; always the same."""
    margin = max(1, images.shape[-1] // 8)
    random = torch.Generator().manual_seed(0)
    places = torch.randint(2 * margin + 1, (len(images), 2), generator=random).tolist()
    height, width = images.shape[-2:]
    padded = F.pad(images, (margin,) * 4)
    return torch.stack(
        [each[:, top : top + height, left : left + width] for each, (top, left) in zip(padded, places, strict=True)]
    )
