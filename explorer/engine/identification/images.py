"""The images on which candidates are run: a data set of the app, or crops of two photographs."""

import importlib.util
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from explorer.engine.data.images import load_data
from explorer.model import ModelSpec

PHOTOGRAPHS = ("china.jpg", "flower.jpg")
MOST_IMAGES = 128
MOST_LABELLED = 500
LARGEST_SIDE = 96
"""Pixels of a crop's side. Networks for larger images are run on maps of this size, which takes a sixth of the time."""
SMALLEST_CROP = 0.1
"""The smallest crop's side as a share of the photograph's shorter side; larger ones up to the whole are as likely in
octaves."""


@dataclass(frozen=True, eq=False)
class Images:
    """Images `(n, channels, height, width)` from 0 to 1, float32, in an order without meaning."""

    pixels: Tensor
    source: str
    """`data` for a data set that the network may have been trained on, `photographs` for others."""
    labels: Tensor | None = None
    """Of the same number, int64, where the classes are known."""
    classes: int = 0
    mean: tuple[float, ...] = field(default=(), kw_only=True)
    """Those of the data set's training part, or of the photographs' crops, of pixels from 0 to 1."""
    deviation: tuple[float, ...] = field(default=(), kw_only=True)

    def first(self, count: int) -> Tensor:
        """The pixels of the first images."""
        return self.pixels[:count]


def dataset_images(name: str, spec: ModelSpec, count: int = MOST_LABELLED) -> Images:
    """Test images of a data set (known or a user's own), with labels, in the channels that the network takes.

    Raises SettingsError where there is no such data set, or it is not on this machine.
    """
    data = load_data(name)
    drawn = np.random.Generator(np.random.PCG64(0)).permutation(len(data.test_labels))[:count]
    pixels = torch.tensor(data.test_images[drawn]).permute(0, 3, 1, 2).float() / 255
    mean, deviation = (tuple(value / 255 for value in each) for each in (data.mean, data.deviation))
    if pixels.shape[1] != spec.in_channels:
        pixels = _in_channels(pixels, spec.in_channels)
        mean, deviation = (_repeated(each, spec.in_channels) for each in (mean, deviation))
    labels = torch.tensor(data.test_labels[drawn]).long()
    return Images(pixels, "data", labels, len(data.classes), mean=mean, deviation=deviation)


def photographs(spec: ModelSpec, count: int = MOST_IMAGES) -> Images:
    """Square crops of the two photographs that scikit-learn ships, as large as the network expects its images.

    The side of the crops is drawn evenly in octaves, as objects appear in many sizes. Always the same ones.
    """
    side = min(spec.image_size, LARGEST_SIDE)
    random = np.random.Generator(np.random.PCG64(0))
    pictures = _sample_pictures()
    crops = np.stack([_crop(pictures[number % len(pictures)], side, random) for number in range(count)])
    pixels = torch.tensor(crops).permute(0, 3, 1, 2).float() / 255
    pixels = _in_channels(pixels, spec.in_channels)
    deviation, mean = (tuple(each.tolist()) for each in torch.std_mean(pixels, (0, 2, 3)))
    return Images(pixels, "photographs", mean=mean, deviation=deviation)


def _sample_pictures() -> list[NDArray[np.uint8]]:
    # The files are read where scikit-learn keeps them, since importing the package costs one to three seconds.
    package = importlib.util.find_spec("sklearn")
    places = list(package.submodule_search_locations or ()) if package is not None else []
    files = [Path(place) / "datasets" / "images" / name for place in places for name in PHOTOGRAPHS]
    if len(files) == len(PHOTOGRAPHS) and all(file.exists() for file in files):
        return [np.asarray(Image.open(file).convert("RGB")) for file in files]
    from sklearn.datasets import load_sample_images

    return [np.asarray(picture, np.uint8) for picture in load_sample_images().images]


def _crop(picture: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    shorter = min(picture.shape[:2])
    cut = round(shorter * math.exp(random.uniform(math.log(SMALLEST_CROP), 0.0)))
    top, left = (int(random.integers(0, room - cut + 1)) for room in picture.shape[:2])
    square = Image.fromarray(picture[top : top + cut, left : left + cut])
    return np.asarray(square.resize((side, side), Image.Resampling.BILINEAR))


def _in_channels(pixels: Tensor, channels: int) -> Tensor:
    """The images as they are, or their grey values in every channel."""
    if pixels.shape[1] == channels:
        return pixels
    return pixels.mean(1, keepdim=True).repeat(1, channels, 1, 1)


def _repeated(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    return (sum(values) / len(values),) * channels
