"""What stands before the names of a network's tensors in a file: containers, and prefixes of trainers and wrappers."""

from collections import Counter
from dataclasses import dataclass, replace

from explorer.identify.layers import named_shapes
from explorer.identify.ordering import by_definition
from explorer.identify.records import Listing
from explorer.model.ops import Shape

MOST_PARTS = 6
"""Parts of a file that are held against networks."""
LEAST_SHARE = 0.25
"""A part with fewer of the kernels beside it is no network of its own."""


@dataclass(frozen=True)
class NamedPart:
    """The tensors of a file whose names begin alike, without that beginning."""

    wrapping: str
    """The beginning, with its last point: `state_dict.module.`; empty for the whole file."""
    tensors: tuple[tuple[str, Shape], ...]
    others: tuple[str, ...]
    """What lies outside, in a few words: `optimizer: 65 tensors`."""
    ordered: bool = True
    """Whether the tensors' order is that of their definition."""


def parts_of(listing: Listing) -> tuple[NamedPart, ...]:
    """The parts of a file that may be a network, those with the most kernels first, then in the file's order.

    A part ends where its names differ: all names under `state_dict.module.` are one part, and those of a teacher and
    a student two. A vector that lies outside, such as the weights of a loss, makes no part of its own.
    """
    tensors = named_shapes(listing.tensors)
    kernels = [tuple(name.split(".")) for name, shape in tensors if len(shape) in {2, 4}]
    starts: list[tuple[str, ...]] = []
    _collect((), kernels, starts)
    starts.sort(key=lambda start: -sum(name[: len(start)] == start for name in kernels))
    parts = tuple(_part(".".join((*start, "")), tensors) for start in starts[:MOST_PARTS])
    if listing.ordered:
        return parts
    return tuple(replace(part, tensors=by_definition(part.tensors), ordered=False) for part in parts)


def _collect(start: tuple[str, ...], kernels: list[tuple[str, ...]], found: list[tuple[str, ...]]) -> None:
    """Adds the beginnings, under `start`, at which the names of kernels part."""
    while len(following := _following(start, kernels)) == 1 and following.total() == len(kernels):
        start = (*start, *following)
    found.append(start)
    for name, count in following.items():
        if count >= LEAST_SHARE * len(kernels):
            inner = [each for each in kernels if each[: len(start) + 1] == (*start, name)]
            _collect((*start, name), inner, found)


def _following(start: tuple[str, ...], kernels: list[tuple[str, ...]]) -> Counter[str]:
    """How many kernels go on with each name behind `start`; none where that is the own name of many.

    The few whose own name it is, such as a queue of features beside two encoders, do not count.
    """
    longer = [name for name in kernels if len(name) > len(start) + 1]
    return Counter(name[len(start)] for name in longer if len(longer) > (1 - LEAST_SHARE) * len(kernels))


def _part(wrapping: str, tensors: list[tuple[str, Shape]]) -> NamedPart:
    inner = tuple((name.removeprefix(wrapping), shape) for name, shape in tensors if name.startswith(wrapping))
    outer = Counter(name.split(".")[0] for name, _ in tensors if not name.startswith(wrapping))
    others = tuple(f"{name}: {count} tensor{'s' if count > 1 else ''}" for name, count in outer.items())
    return NamedPart(wrapping, inner, others)
