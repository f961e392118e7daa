"""Which part of a file are the weights of a given network: what its names begin with is found, not listed."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from explorer.identify.records import Listing

MOST_BEGINNINGS = 16
"""Beginnings of names that are tried, those with the most tensors first."""


@dataclass(frozen=True)
class Part:
    """Tensors of a file whose names begin alike."""

    wrapping: str
    """The beginning: `state_dict.module.`, empty for the whole file."""
    places: tuple[int, ...]
    """Where the tensors are in the listing."""
    beside: tuple[str, ...]
    """What lies outside, in a few words: `optimizer: 65 tensors`."""

    def names(self, listing: Listing) -> list[str]:
        """The names of its tensors, without the wrapping."""
        return [listing.tensors[place].name.removeprefix(self.wrapping) for place in self.places]


def part_for(listing: Listing, keys: Collection[str], renamed: Sequence[Callable[[str], str]]) -> Part:
    """The part of a file with the most names of a network's keys, as one of `renamed` turns them into such.

    Among equals the one with more tensors, then the one with the longer beginning.
    """
    names = [each.name for each in listing.tensors]

    def worth(beginning: str) -> tuple[int, int, int]:
        inner = [name.removeprefix(beginning) for name in names if name.startswith(beginning)]
        known = max(sum(rename(name) in keys for name in inner) for rename in renamed)
        return known, len(inner), len(beginning)

    beginnings = Counter("".join(pieces) for name in names for pieces in _beginnings(name))
    wrapping = max(["", *(text for text, _ in beginnings.most_common(MOST_BEGINNINGS))], key=worth)
    places = tuple(place for place, name in enumerate(names) if name.startswith(wrapping))
    return Part(wrapping, places, _outside([name for name in names if not name.startswith(wrapping)]))


def _beginnings(name: str) -> list[list[str]]:
    pieces = [f"{piece}." for piece in name.split(".")]
    return [pieces[:count] for count in range(1, min(len(pieces), 10))]


def _outside(names: Sequence[str]) -> tuple[str, ...]:
    first = Counter(name.partition(".")[0] for name in names)
    alone = {name.partition(".")[0]: name for name in names}
    return tuple(alone[name] if count == 1 else f"{name}: {count:,} tensors" for name, count in first.items())
