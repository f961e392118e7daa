"""Samples of a data set in one picture: training images of its classes in turn, ten in a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = 10
TILES = 20
"""Places of a sheet; with more classes there are twice as many."""


def sheet_classes(count: int) -> list[int]:
    """The classes on a sheet, in the order of its places; of very many those at equal distances."""
    shown = min(count, 2 * TILES)
    return [place * count // shown for place in range(shown)]


def contact_sheet(images: NDArray[np.uint8], labels: NDArray[Any], classes: int) -> NDArray[np.uint8]:
    """A picture `(height, width, channels)` of the first training images of the classes, a pixel's gap between them.

    The classes come in turn, and with few classes again; one that has no further image leaves its place blank.
    """
    shown = sheet_classes(classes)
    tiles = TILES if len(shown) <= TILES else 2 * TILES
    side, channels = images.shape[1], images.shape[3]
    # scikit-learn's digits go up to 16 only.
    scale = np.uint8(255 // 16 if images.max(initial=0) <= 16 else 1)
    sheet = np.full((tiles // COLUMNS * (side + 1) - 1, COLUMNS * (side + 1) - 1, channels), 255, np.uint8)
    for place in range(tiles):
        number, which = divmod(place, len(shown))
        found = np.flatnonzero(labels == shown[which])
        if number < len(found):
            row, column = divmod(place, COLUMNS)
            top, left = row * (side + 1), column * (side + 1)
            sheet[top : top + side, left : left + side] = images[found[number]] * scale
    return sheet
