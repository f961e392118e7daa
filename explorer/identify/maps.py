"""What of the last map a head reads, told from how many values it reads: the pool, or the map's size."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from explorer.identify.readings import Fields
from explorer.model import ModelSpec, SpecError, assemble
from explorer.model.ops import Shape

POOLS = {1: "avg", 2: "catmax", 49: "max_7x7"}
"""The pool by how many values of each channel it gives; every other number is a map that no pool reads."""
MOST_PIXELS = 1024
"""The largest side of an image that is tried."""


def head_pools(spec: ModelSpec, inputs: int) -> Iterator[Fields]:
    """The pools after which a head reads `inputs` values, and the image sizes at which it reads the whole map so.

    Nothing where the last unit's channels do not divide them.
    """
    channels = last_map(spec)[0]
    values, rest = divmod(inputs, channels)
    if rest or not values:
        return
    if values in POOLS:
        yield {"head_pool": POOLS[values]}
    for rows, columns in _sides(values):
        height, width = _size_for(spec, rows, 1), _size_for(spec, columns, 2)
        if height and width:
            yield {"head_pool": "flatten", "image_size": height, "image_width": None if width == height else width}


def _sides(values: int) -> list[tuple[int, int]]:
    """The rows and columns of maps with so many values, square ones first."""
    pairs = [(each, values // each) for each in range(1, values + 1) if values % each == 0]
    return sorted(pairs, key=lambda pair: (abs(pair[0] - pair[1]), pair))[:4]


def last_map(spec: ModelSpec) -> Shape:
    """The shape of what the last unit gives."""
    return assemble(spec).stages[-2].blocks[-1].block.output_shape


def _size_for(spec: ModelSpec, side: int, axis: int) -> int:
    """The smallest image whose last map has so many rows (axis 1) or columns (2); 0 where none has."""

    def side_at(size: int) -> int:
        try:
            return last_map(replace(spec, head_pool="avg", image_size=size, image_width=None))[axis]
        except SpecError:
            return 0

    size = bisect_left(range(MOST_PIXELS), side, lo=4, key=side_at)
    return size if size < MOST_PIXELS and side_at(size) == side else 0
