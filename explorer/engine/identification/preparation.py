"""How a file's network had its images prepared: their normalisation, and what surrounded them when they were shifted.

The first norm follows the stem's convolution, so its stored mean and variance depend on the images, their preparation
and that convolution alone, whatever the rest of the network is.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.identification.images import Images
from explorer.engine.identification.readings import read_first_norm
from explorer.identify.records import Normalisation

Values = tuple[float, ...]

NORMALISATIONS: Mapping[str, tuple[Values, Values]] = MappingProxyType(
    {
        "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
        "cifar10_by_image": ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
        "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
        "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        "none": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        "bytes": ((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255)),
    }
)
"""Mean and deviation in public use, of pixels from 0 to 1: torchvision's and timm's for ImageNet; CIFAR's over all
pixels, and a widespread one whose deviations are means over the single images' (kuangliu's pytorch-cifar); and without
any, pixels from 0 to 1 or from 0 to 255. Beside them the images' own is tried."""
LARGEST_FIRST_READING = 2**17
"""Pixels that are read for each preparation: 128 images of 32 x 32, 8 of 128 x 128."""


class Prepared(NamedTuple):
    """A preparation, under the record by which an answer names it."""

    record: Normalisation

    def apply(self, pixels: Tensor) -> Tensor:
        """Pixels from 0 to 1 as the network expects them."""
        return BORDERS[self.record.border](pixels, lambda given: _normalised(given, self.record))


Normalise = Callable[[Tensor], Tensor]
BORDERS: Mapping[str, Callable[[Tensor, Normalise], Tensor]] = MappingProxyType(
    {
        "none": lambda pixels, normalise: normalise(pixels),
        "black": lambda pixels, normalise: normalise(_shifted(pixels)),
        "mean": lambda pixels, normalise: _shifted(normalise(pixels)),
    }
)
"""Augmentation by shifts (He et al. 2015, section 4.2) leaves its mark on the stored statistics: zeros around pixels
are black, zeros around the normalised images are the mean. Without it the right candidate is four times as far."""


def preparations(network: nn.Module, images: Images) -> tuple[Prepared, ...]:
    """All preparations, the one nearest to what the network's first norm remembers first; none without such a norm."""
    channels, side = images.pixels.shape[1], images.pixels.shape[-1]
    pixels = images.first(max(8, LARGEST_FIRST_READING // side**2))
    found = [
        measured for name in _names(images) for measured in _measured(network, pixels, _of(name, images, channels))
    ]
    return tuple(sorted(found, key=lambda each: each.record.distance))


def _names(images: Images) -> Iterator[str]:
    if images.mean:
        yield "data"
    yield from NORMALISATIONS


def _of(name: str, images: Images, channels: int) -> Normalisation:
    if name == "data":
        return Normalisation(images.mean, images.deviation, 0.0, name)
    mean, deviation = NORMALISATIONS[name]
    if channels != len(mean):
        mean, deviation = ((sum(each) / len(each),) * channels for each in (mean, deviation))
    return Normalisation(mean, deviation, 0.0, name)


def _measured(network: nn.Module, pixels: Tensor, normalisation: Normalisation) -> Iterator[Prepared]:
    for border in BORDERS:
        tried = Prepared(normalisation._replace(border=border))
        reading = read_first_norm(network, tried.apply(pixels))
        if reading is not None:
            distance = reading.variance_distance + reading.mean_distance
            yield Prepared(tried.record._replace(distance=distance))


def _normalised(pixels: Tensor, normalisation: Normalisation) -> Tensor:
    mean, deviation = (torch.tensor(each).view(1, -1, 1, 1) for each in (normalisation.mean, normalisation.std))
    return (pixels - mean) / deviation


def _shifted(images: Tensor) -> Tensor:
    """Each image moved by up to an eighth of its side in both directions, zeros where it was not; always the same."""
    margin = max(1, images.shape[-1] // 8)
    random = torch.Generator().manual_seed(0)
    places = torch.randint(2 * margin + 1, (len(images), 2), generator=random).tolist()
    height, width = images.shape[-2:]
    padded = F.pad(images, (margin,) * 4)
    return torch.stack(
        [each[:, top : top + height, left : left + width] for each, (top, left) in zip(padded, places, strict=True)]
    )
