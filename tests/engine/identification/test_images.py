"""The images on which candidates are run."""

from dataclasses import replace

import torch

from explorer.engine.identification import dataset_images, photographs
from explorer.model import preset

CIFAR = preset("cifar_resnet20")


def test_crops_of_photographs_are_always_the_same() -> None:
    first, again = (photographs(CIFAR, 6) for _ in range(2))
    assert first.pixels.shape == (6, 3, 32, 32)
    assert torch.equal(first.pixels, again.pixels)
    assert first.labels is None
    assert 0.0 <= first.pixels.min() < 0.3
    assert 0.7 < first.pixels.max() <= 1.0


def test_a_network_of_grey_images_gets_grey_ones() -> None:
    grey = replace(CIFAR, in_channels=1, image_size=8)
    assert photographs(grey, 4).pixels.shape == (4, 1, 8, 8)
    gratings = dataset_images("gratings", grey, 4)
    assert (gratings.pixels.shape, len(gratings.mean)) == ((4, 1, 16, 16), 1)


def test_a_data_set_gives_test_images_with_labels() -> None:
    images = dataset_images("digits", replace(CIFAR, in_channels=1), 50)
    assert (len(images.pixels), len(images.labels), images.classes, images.source) == (50, 50, 10, "data")
    assert images.pixels.max() == 16 / 255
