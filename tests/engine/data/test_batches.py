from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.engine.data.batches import Batches
from explorer.engine.data.images import ImageData, load_data
from explorer.runs.settings import TrainingSettings

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def coded() -> ImageData:
    """Fifty images whose every pixel says where it is from: (image, row, column)."""
    images = np.zeros((50, 16, 16, 3), np.uint8)
    images[..., 0] = np.arange(50)[:, None, None] + 1
    images[..., 1] = np.arange(16)[None, :, None] + 1
    images[..., 2] = np.arange(16)[None, None, :] + 1
    labels = np.arange(50, dtype=np.int64) % 10
    return ImageData("coded", tuple("0123456789"), images, labels, images[:10], labels[:10])


def raw(batches: Batches, images: torch.Tensor) -> np.ndarray:
    """Normalised images back as pixels, channels last."""
    pixels = images / batches.scale + batches.mean
    return pixels.round().to(torch.int64).permute(0, 2, 3, 1).numpy()


def test_every_image_comes_once_an_epoch_and_no_batch_is_short() -> None:
    data = load_data("digits")
    batches = Batches(data, TrainingSettings(batch_size=64), CPU)
    stream = torch.cat([batches.plan(step)[:, 0] for step in range(45)])
    assert len(stream) == 45 * 64
    for epoch in (0, 1):
        part = stream[epoch * 1437 : (epoch + 1) * 1437]
        assert sorted(part.tolist()) == list(range(1437))
    assert not torch.equal(stream[:1437], stream[1437:2874])


def test_a_batch_may_be_larger_than_the_data(coded: ImageData) -> None:
    batches = Batches(coded, TrainingSettings(batch_size=128), CPU)
    assert set(np.bincount(batches.plan(0)[:, 0], minlength=50)) == {2, 3}


def test_batches_depend_on_the_seed_and_the_step_alone(coded: ImageData) -> None:
    settings = TrainingSettings(batch_size=16, dataset="shapes_easy", augmentation="crop_flip", seed=3)
    one = Batches(coded, settings, CPU)
    other = Batches(coded, replace(settings, learning_rate=1.0, steps=7, schedule="cosine"), CPU)
    for step in range(6):
        torch.rand(step)  # the global generator plays no part
        one.batch(step)
    for step in (5, 0, 3):
        for mine, yours in zip(one.batch(step), other.batch(step), strict=True):
            assert torch.equal(mine, yours)
    third = Batches(coded, replace(settings, seed=4), CPU)
    assert not torch.equal(one.plan(0), third.plan(0))


def test_images_are_normalised_and_carry_their_own_labels(coded: ImageData) -> None:
    batches = Batches(coded, TrainingSettings(batch_size=50), CPU)
    images, labels = batches.batch(0)
    assert images.shape == (50, 3, 16, 16)
    assert images.dtype == torch.float32
    assert images.is_contiguous(memory_format=torch.channels_last)
    pixels = raw(batches, images)
    index = pixels[:, 0, 0, 0] - 1
    assert np.array_equal(pixels, coded.train_images[index])
    assert np.array_equal(labels, coded.train_labels[index])
    assert images.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-5)
    assert images.std(dim=(0, 2, 3), correction=0).tolist() == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize("augmentation", ["crop", "flip", "crop_flip"])
def test_augmented_images_are_windows_of_the_padded_original(coded: ImageData, augmentation: str) -> None:
    settings = TrainingSettings(batch_size=200, dataset="shapes_easy", augmentation=augmentation)
    batches = Batches(coded, settings, CPU)
    margin = 2 if "crop" in augmentation else 0
    padded = np.pad(coded.train_images, ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    seen = set()
    pixels = raw(batches, batches.batch(0)[0])
    for image, (index, down, right, mirror) in zip(pixels, batches.plan(0).tolist(), strict=True):
        window = padded[index, down : down + 16, right : right + 16]
        assert np.array_equal(image, window[:, ::-1] if mirror else window)
        seen.add((down, right, mirror))
    shifts = set(range(2 * margin + 1))
    assert {down for down, _, _ in seen} == shifts == {right for _, right, _ in seen}
    assert {mirror for _, _, mirror in seen} == ({0, 1} if "flip" in augmentation else {0})


def test_test_images_come_in_order_and_as_they_are(coded: ImageData) -> None:
    settings = TrainingSettings(dataset="shapes_easy", augmentation="crop_flip")
    batches = Batches(coded, settings, CPU)
    pixels = np.concatenate([raw(batches, images) for images, _ in batches.test_batches()])
    assert np.array_equal(pixels, coded.test_images)
    whole = Batches(load_data("digits"), TrainingSettings(), CPU)
    assert [len(labels) for _, labels in whole.test_batches()] == [256, 104]
