"""Norms of equal size in files sorted by name, where their order does not tell which convolution each belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import permutations

from explorer.identify.layers import Layer, Pairs, Signature, Unit

NORMS = frozenset({"batch", "affine"})
CONVOLUTIONS = (("bn", "conv"), ("downsample.1", "downsample.0"))
"""How a unit's norms and their convolutions are called in our networks."""
MOST_ALIKE = 5
"""Norms of one size of which every order is tried."""


def norms_by_convolutions(pairs: Pairs, units: Sequence[Unit]) -> Pairs:
    """The pairs with each unit's equal norms where their names are most like those of their convolutions."""
    changed = dict(pairs)
    for unit in units:
        alike: defaultdict[Signature, list[str]] = defaultdict(list)
        for layer in unit.layers:
            if layer.signature[0] in NORMS and layer.name in pairs:
                alike[layer.signature].append(layer.name)
        for names in alike.values():
            if 1 < len(names) <= MOST_ALIKE:
                changed |= _most_alike(names, pairs)
    return changed


def _most_alike(names: Sequence[str], pairs: Pairs) -> Pairs:
    convolutions = [pairs[found].name if (found := _convolution_of(name)) in pairs else "" for name in names]

    def likeness(norms: Iterable[Layer]) -> int:
        return sum(_shared(norm.name, theirs) for norm, theirs in zip(norms, convolutions, strict=True))

    return dict(zip(names, max(permutations(pairs[name] for name in names), key=likeness), strict=True))


def _convolution_of(norm: str) -> str:
    for ours, convolution in CONVOLUTIONS:
        norm = norm.replace(ours, convolution)
    return norm


def _shared(one: str, other: str) -> int:
    """How many characters two names share at their beginning and at their end."""
    return sum(
        next((n for n, (a, b) in enumerate(zip(*pair, strict=False)) if a != b), min(map(len, pair)))
        for pair in ((one, other), (one[::-1], other[::-1]))
    )
