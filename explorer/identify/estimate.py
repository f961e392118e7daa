"""Fields of a spec read from the shapes of a file's layers: where the search for the network starts.

The convolutions of 3x3 say how many blocks there are, how wide they are and in how many groups; what stands before
them is the stem. Where several readings are possible, each is a start of its own.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from explorer.identify.bodies import bodies
from explorer.identify.heads import heads
from explorer.identify.layers import Layer
from explorer.identify.readings import Convolution, Fields, Head, Stem, convolutions, squeezing_pairs
from explorer.identify.stages import stage_fields


class Start(NamedTuple):
    """A reading of stem, blocks and head."""

    body: Fields
    """The fields of stem and blocks."""
    head: Head
    plain: bool
    """Whether nothing stands beside the blocks."""
    told: bool
    """Whether names or projections tell more stages than the channels."""


def starts(layers: Sequence[Layer]) -> Iterator[Start]:
    """Fields of networks that the layers may be, likelier ones first; they may not fit together."""
    every = convolutions(layers)
    attention = frozenset(each.place for pair in squeezing_pairs(every) for each in pair)
    for head, apart in product(heads(every), (frozenset(), attention) if attention else (frozenset(),)):
        rest = [each for each in every if each.place not in head.places | apart and not each.matrix]
        for stem in _stems(rest):
            body = rest[stem.used :]
            for reading in bodies(body, stem.out):
                for stages, told in stage_fields(reading, body, stem.out):
                    if reading.block == "single" and not reading.transitions:  # most chains are plain
                        yield Start(stem.fields | stages | {"transition": "pool"}, head, plain=True, told=told)
                    yield Start(stem.fields | stages, head, plain=False, told=told)


def _stems(every: Sequence[Convolution]) -> Iterator[Stem]:
    """The readings of the first convolutions as a stem."""
    if not every:
        return
    first = every[0]
    inputs = {"in_channels": first.group}
    if first.size == 7:
        yield from _pooled(Stem({"stem": "imagenet", "stem_width": first.out, **inputs}, first.out, 1), every)
    if first.size == 3:
        yield Stem({"stem": "cifar", "stem_width": first.out, "image_size": 32, **inputs}, first.out, 1)
        small = {"stem": "small", "stem_width": first.out, "image_size": 64, **inputs}
        yield from list(_pooled(Stem(small, first.out, 1), every))[1:]
    if [each.size for each in every[:3]] == [3, 3, 3]:
        widths = tuple(each.out for each in every[:3])
        width = widths[1]
        for kind, first_width in (("deep", width), ("deep_tiered", 3 * (width // 4))):
            if widths == (first_width, width, 2 * width):
                yield from _pooled(Stem({"stem": kind, "stem_width": width, **inputs}, 2 * width, 3), every)


def _pooled(stem: Stem, every: Sequence[Convolution]) -> Iterator[Stem]:
    """The stem, and the stem with a convolution in the place of its pool."""
    yield stem
    following = every[stem.used : stem.used + 1]
    if following and (following[0].out, following[0].group, following[0].size) == (stem.out, stem.out, 3):
        yield Stem(stem.fields | {"stem_pool": "conv"}, stem.out, stem.used + 1)
