"""Samples of a data set in one picture: some training images of each class, side by side."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = 10
TILES = 40
MOST_CLASSES = 40
"""Of more classes than this, the sheet shows those at equal distances."""


def sheet_classes(count: int) -> list[int]:
    """The classes that a sheet shows, a column each up to COLUMNS, then in rows."""
    shown = min(count, MOST_CLASSES)
    return [place * count // shown for place in range(shown)]


def contact_sheet(images: NDArray[np.uint8], labels: NDArray[Any], classes: int) -> NDArray[np.uint8]:
    """A picture `(height, width, channels)` of the first training images of the classes, a pixel's gap between them.

    Few classes have several images each, one below the other; a class without images leaves its place blank.
    """
    shown = sheet_classes(classes)
    columns = min(len(shown), COLUMNS)
    each = max(1, TILES // len(shown)) if len(shown) <= COLUMNS else 1
    rows = each if len(shown) <= COLUMNS else -(-len(shown) // COLUMNS)
    side, channels = images.shape[1], images.shape[3]
    # Scikit-learn's digits go up to 16 only.
    scale = 255 // 16 if images.max(initial=0) <= 16 else 1
    sheet = np.full((rows * (side + 1) - 1, columns * (side + 1) - 1, channels), 255, np.uint8)
    for place, label in enumerate(shown):
        for number, index in enumerate(np.flatnonzero(labels == label)[:each]):
            row, column = (number, place) if len(shown) <= COLUMNS else divmod(place, COLUMNS)
            top, left = row * (side + 1), column * (side + 1)
            sheet[top : top + side, left : left + side] = images[index] * np.uint8(scale)
    return sheet
