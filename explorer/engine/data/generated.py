"""Pictures drawn by arithmetic: coloured gratings and coloured shapes, the same on every machine.

Both sets have ten classes in equal numbers, and a difficulty that a small network does not exhaust at once.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Split = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]

NOISE_OF_GRATINGS = 0.3
WAVES_ACROSS = (2.0, 3.5)
"""Periods of the wide and of the narrow gratings in the width of the picture."""


def gratings(train: int, test: int) -> Split:
    """Sine gratings in noise; class = 2 x orientation (steps of 36 degrees) + (0 wide, 1 narrow)."""
    random = np.random.Generator(np.random.PCG64(16))
    count = train + test
    labels = np.concatenate([_labels(random, train), _labels(random, test)])
    angle = np.deg2rad(36.0 * (labels // 2)) + random.uniform(-0.12, 0.12, count)
    waves = np.asarray(WAVES_ACROSS)[labels % 2] * random.uniform(0.93, 1.07, count)
    phase = random.uniform(0, 2 * np.pi, count)
    y, x = _grid(16)
    along = x[None] * np.cos(angle)[:, None, None] + y[None] * np.sin(angle)[:, None, None]
    wave = np.sin(np.pi * waves[:, None, None] * along + phase[:, None, None])
    colour = _directions(random, count)
    images = 0.5 + 0.25 * wave[..., None] * colour[:, None, None, :]
    return _split(images + NOISE_OF_GRATINGS * random.standard_normal(images.shape), labels, train)


def shapes(train: int, test: int, *, noise: float, clutter: int, turned: bool) -> Split:
    """One coloured shape a picture, class = its place in `OUTLINES`, on a shaded ground of another colour.

    `noise` is the deviation of the pixels' noise (1 is the whole range), `clutter` the number of small distracting
    discs, `turned` whether the shape may be rotated by up to 18 degrees.
    """
    random = np.random.Generator(np.random.PCG64(32))
    count = train + test
    labels = np.concatenate([_labels(random, train), _labels(random, test)])
    y, x = _grid(32)
    images = np.empty((count, 32, 32, 3))
    for index, label in enumerate(labels):
        ground, colour = _two_colours(random)
        slope = random.uniform(-0.15, 0.15, 2)
        picture = ground + (slope[0] * x + slope[1] * y)[..., None]
        for _ in range(clutter):
            where, size = random.uniform(-0.9, 0.9, 2), random.uniform(0.08, 0.16)
            spot = np.hypot(x - where[0], y - where[1]) < size
            picture = np.where(spot[..., None], random.uniform(0, 1, 3), picture)
        turn = np.deg2rad(random.uniform(-18, 18)) if turned else 0.0
        scale, shift = random.uniform(0.45, 0.7), random.uniform(-0.25, 0.25, 2)
        u, v = (x - shift[0]) / scale, (y - shift[1]) / scale
        u, v = u * np.cos(turn) + v * np.sin(turn), v * np.cos(turn) - u * np.sin(turn)
        images[index] = np.where(OUTLINES[label](u, v)[..., None], colour, picture)
    return _split(images + noise * random.standard_normal(images.shape), labels, train)


def _star(u: Floats, v: Floats) -> NDArray[np.bool_]:
    corner = (np.arctan2(u, -v) / (2 * np.pi) * 5) % 1.0
    inwards = np.abs(corner - np.round(corner)) * 2
    return np.asarray(np.hypot(u, v) < 1.05 - 0.62 * inwards)


Outline = Callable[[Floats, Floats], NDArray[np.bool_]]
OUTLINES: tuple[Outline, ...] = (
    lambda u, v: np.hypot(u, v) < 0.85,
    lambda u, v: np.maximum(abs(u), abs(v)) < 0.75,
    lambda u, v: (v < 0.7) & (v > 2 * abs(u) - 0.95),
    lambda u, v: abs(u) + abs(v) < 0.95,
    _star,
    lambda u, v: (np.hypot(u, v) < 0.9) & (np.hypot(u, v) > 0.5),
    lambda u, v: (np.minimum(abs(u), abs(v)) < 0.28) & (np.maximum(abs(u), abs(v)) < 0.9),
    lambda u, v: (abs(v) < 0.28) & (abs(u) < 0.95),
    lambda u, v: (np.hypot(u, v) < 0.9) & (np.hypot(u - 0.5, v) > 0.7),
    lambda u, v: (np.maximum(abs(u), abs(v)) < 0.8) & ((u > 0) == (v > 0)),
)
"""Whether a point of the plane belongs to the shape, which fills about -1 to 1; the order is `runs.datasets.SHAPES`."""


def _labels(random: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Ten classes in numbers as equal as can be, shuffled."""
    return random.permutation(np.arange(count, dtype=np.int64) % 10)


def _grid(side: int) -> tuple[Floats, Floats]:
    """Rows and columns of the pixels' centres, from -1 to 1."""
    line = (np.arange(side) + 0.5) / side * 2 - 1
    y, x = np.meshgrid(line, line, indexing="ij")
    return y, x


def _directions(random: np.random.Generator, count: int) -> Floats:
    """Random colours' directions, of length the square root of 3 so that a grey one is (1, 1, 1)."""
    found = random.standard_normal((count, 3))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True) * np.sqrt(3))


def _two_colours(random: np.random.Generator) -> tuple[Floats, Floats]:
    """A ground and a colour that can be told from it."""
    while True:
        ground, colour = random.uniform(0.1, 0.9, (2, 3))
        if np.abs(ground - colour).sum() > 0.9:
            return ground, colour


def _split(images: Floats, labels: NDArray[np.int64], train: int) -> Split:
    """Images from 0 to 1 as 8-bit pixels, the first `train` for training."""
    pixels = (np.clip(images, 0, 1) * 255).round().astype(np.uint8)
    return pixels[:train], labels[:train], pixels[train:], labels[train:]
