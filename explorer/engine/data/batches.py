"""Batches from images that stay on the device: index, crop, mirror and normalise a whole batch at a time.

Which images come, and how they are shifted and mirrored, depends on the seed and the step alone, never on the network:
every network sees the same batches, and a run that goes on from a checkpoint sees those that it would have seen.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.engine.data.images import ImageData
from explorer.runs.settings import TrainingSettings
from explorer.runs.start import Values, read_normalisation

EVALUATION_BATCH = {"cuda": 2000}
"""Test images at a time, by kind of device: a GPU is idle between launches, a processor's caches are small."""
SMALL_EVALUATION_BATCH = 256
FILLED_AT_ONCE = 5000


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed of its own for every epoch of every run seed (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + epoch + 1) % 2**64
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return (mixed ^ mixed >> 31) % 2**63


def _normalisation(data: ImageData, settings: TrainingSettings) -> tuple[Values, Values]:
    """Mean and deviation of each channel, of pixels from 0 to 255: the settings', or the data set's own."""
    given = read_normalisation(settings.normalisation)
    if given is None:
        return tuple(data.mean), tuple(data.deviation)
    mean, deviation = (tuple(255 * each for each in part) for part in given.of_channels(data.train_images.shape[3]))
    return mean, deviation


class Batches:
    """The training and test part of a data set on `device`, as normalised float batches in channels-last layout.

    The stream of training images is one permutation after another, cut into batches of equal size.
    """

    def __init__(self, data: ImageData, settings: TrainingSettings, device: torch.device) -> None:
        self.settings = settings
        self.device = device
        self.count = len(data.train_labels)
        self.side = data.train_images.shape[1]
        self.margin = max(1, self.side // 8) if "crop" in settings.augmentation else 0
        self.mirrored = "flip" in settings.augmentation
        self.images = self._resident(data.train_images, self.margin)
        self.labels = self._resident(data.train_labels)
        self.test_images, self.test_labels = self._resident(data.test_images), self._resident(data.test_labels)
        mean, deviation = _normalisation(data, settings)
        self.mean = torch.tensor(mean, device=device).view(1, -1, 1, 1)
        self.scale = 1.0 / torch.tensor(deviation, device=device).view(1, -1, 1, 1)
        self.places = torch.arange(self.side, device=device)
        self._epoch = lru_cache(maxsize=2)(self._draw_epoch)

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Images `(batch, channels, side, side)` and labels `(batch,)` of step number `step`, the first being 0."""
        return self.take(self.plan(step))

    def take(self, plan: Tensor) -> tuple[Tensor, Tensor]:
        """The images and labels that the rows of a plan draw."""
        index = plan[:, 0]
        return self._normalised(self._cut_out(plan) if plan.shape[1] > 1 else self.images[index]), self.labels[index]

    def plan(self, step: int) -> Tensor:
        """What step `step` draws: a row an image of its index, and where augmented its shift down, right and mirror."""
        size = self.settings.batch_size
        epoch, offset = divmod(step * size, self.count)
        pieces = [self._epoch(epoch)[offset : offset + size]]
        while (missing := size - sum(len(piece) for piece in pieces)) > 0:
            epoch += 1
            pieces.append(self._epoch(epoch)[:missing])
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces)

    def test_batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The whole test part in order, never augmented."""
        size = EVALUATION_BATCH.get(self.device.type, SMALL_EVALUATION_BATCH)
        for first in range(0, len(self.test_labels), size):
            part = slice(first, first + size)
            yield self._normalised(self.test_images[part]), self.test_labels[part]

    def _draw_epoch(self, epoch: int) -> Tensor:
        random = torch.Generator().manual_seed(epoch_seed(self.settings.seed, epoch))
        columns = [torch.randperm(self.count, generator=random)]
        if self.margin or self.mirrored:
            columns += list(torch.randint(2 * self.margin + 1, (2, self.count), generator=random))
            columns.append(torch.randint(2 if self.mirrored else 1, (self.count,), generator=random))
        drawn = torch.stack(columns, dim=1)
        if self.device.type == "cuda":  # from pinned memory the copy makes nobody wait
            return drawn.pin_memory().to(self.device, non_blocking=True)
        return drawn.to(self.device)

    def _cut_out(self, plan: Tensor) -> Tensor:
        """Each image's window, mirrored or not: one gather for the whole batch."""
        index, down, right, mirror = plan.unbind(1)
        rows = down[:, None] + self.places
        columns = right[:, None] + torch.where(mirror[:, None] > 0, self.side - 1 - self.places, self.places)
        return self.images[index[:, None, None], rows[:, :, None], columns[:, None, :]]

    def _normalised(self, images: Tensor) -> Tensor:
        # Pixels lie (image, row, column, channel); seen as (image, channel, row, column) that is channels-last already.
        return images.permute(0, 3, 1, 2).float().sub_(self.mean).mul_(self.scale)

    def _resident(self, array: np.ndarray, margin: int = 0) -> Tensor:
        """A copy on the device, images with a black border: filled part by part, so that nothing is there twice."""
        count, *sides = array.shape
        padded = [side + 2 * margin for side in sides[:2]] + sides[2:]
        kind = torch.uint8 if array.dtype == np.uint8 else torch.int64
        resident = torch.zeros((count, *padded), dtype=kind, device=self.device)
        inner = resident[:, margin : margin + sides[0], margin : margin + sides[1]] if sides else resident
        for first in range(0, count, FILLED_AT_ONCE):
            part = slice(first, first + FILLED_AT_ONCE)
            inner[part] = torch.tensor(array[part], device=self.device)
        return resident
