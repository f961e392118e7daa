"""Images to train on, all behind one interface: 8-bit pixels, labels, and the training part's mean and deviation.

Nothing here depends on a run's seed: every network, on every machine, sees the same pictures in the same split.
"""

import gzip
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.array_file import dataset_path, open_dataset
from explorer.datasets.catalogue import dataset_facts
from explorer.datasets.library import note_use, require_present
from explorer.engine.data.generated import Split, gratings, shapes

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]
COUNTED_AT_ONCE = 1000
"""Images whose pixels are counted in one go: counting makes eight bytes of each."""


@dataclass(frozen=True, eq=False)
class ImageData:
    """A data set in memory: images `(n, height, width, channels)` of uint8, labels `(n,)` of int64 from 0."""

    name: str
    classes: tuple[str, ...]
    train_images: Pixels
    train_labels: Labels
    test_images: Pixels
    test_labels: Labels

    @cached_property
    def mean(self) -> tuple[float, ...]:
        """Mean of the training part in each channel, in the images' own units."""
        return tuple(self._moment(1).tolist())

    @cached_property
    def deviation(self) -> tuple[float, ...]:
        """Standard deviation of the training part in each channel, 1 where a channel is constant."""
        found = np.sqrt(np.maximum(self._moment(2) - self._moment(1) ** 2, 0.0))
        return tuple(np.where(found > 0, found, 1.0).tolist())

    def _moment(self, power: int) -> NDArray[np.float64]:
        """Mean of the pixels' powers in each channel: from counts of the 256 values, so that memory stays small."""
        return np.asarray(self._counts @ np.arange(256.0) ** power / self._counts.sum(axis=1))

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How often each value occurs in each channel of the training part, `(channels, 256)`."""
        channels = self.train_images.shape[3]
        found = np.zeros((channels, 256), np.int64)
        for first in range(0, len(self.train_images), COUNTED_AT_ONCE):
            block = self.train_images[first : first + COUNTED_AT_ONCE]
            for channel in range(channels):
                found[channel] += np.bincount(block[..., channel].ravel(), minlength=256)
        return found


def load_data(name: str) -> ImageData:
    """The data set called `name` in `explorer.datasets.catalogue`; SettingsError where it is not here. Cached.

    One that was downloaded or read is a view of its file: workers share its memory.
    """
    require_present(name)
    note_use(name)
    return _load(dataset_facts(name).name)


@lru_cache(maxsize=4)
def _load(name: str) -> ImageData:
    train_images, train_labels, test_images, test_labels = LOADERS[name]() if name in LOADERS else _stored(name)
    for images in (train_images, test_images):
        images.setflags(write=False)
    return ImageData(name, dataset_facts(name).classes, train_images, train_labels, test_images, test_labels)


def _stored(name: str) -> Split:
    """What was downloaded, or read from somebody's own files."""
    arrays = open_dataset(dataset_path(name))
    return arrays["train_images"], arrays["train_labels"], arrays["test_images"], arrays["test_labels"]


def _digits() -> Split:
    """scikit-learn's 1,797 digits (pixels 0 to 16); four fifths, drawn once and for all, are for training."""
    table = _digits_table()
    images = table[:, :64].reshape(-1, 8, 8, 1).astype(np.uint8)
    labels = table[:, 64].astype(np.int64)
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(labels))
    train, test = order[:1437], order[1437:]
    return images[train], labels[train], images[test], labels[test]


def _digits_table() -> NDArray[Any]:
    # The file is read where scikit-learn keeps it, since importing the package costs a new worker one to three seconds.
    found = importlib.util.find_spec("sklearn")
    if found is not None and found.submodule_search_locations:
        path = Path(found.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="ascii") as lines:
                return np.loadtxt(lines, delimiter=",")
    from sklearn.datasets import load_digits

    digits = load_digits()
    return np.column_stack([digits.data, digits.target])


LOADERS: Mapping[str, Callable[[], Split]] = MappingProxyType(
    {
        "digits": _digits,
        "gratings": lambda: gratings(2000, 500),
        "shapes_easy": lambda: shapes(2000, 500, noise=0.05, clutter=0, turned=False),
        "shapes_medium": lambda: shapes(2000, 500, noise=0.15, clutter=1, turned=True),
        "shapes_hard": lambda: shapes(4000, 500, noise=0.3, clutter=3, turned=True),
    }
)
"""A loader for each data set that needs no download; the others lie in files of their own."""
