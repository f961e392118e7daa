"""What a file and a network are compared by: how often each kind and size of tensor occurs, in three groups."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from explorer.identify.layers import Signature, shape_counts
from explorer.model import ModelSpec

Atoms = Counter[Signature]
"""How often each kind and size occurs, biases counted apart, so that a network without them is near one with them."""

Group = frozenset[str]
KERNELS: Group = frozenset({"conv", "other"})
NORMS: Group = frozenset({"batch", "affine", "vector"})
BIASES: Group = frozenset({"bias"})
ALL = KERNELS | NORMS | BIASES
"""Kernels and matrices; norms, and the slopes of activations; biases. Few fields of a spec act on each group."""


def of_signatures(signatures: Iterable[Signature]) -> Atoms:
    """The atoms of layers with these signatures."""
    return _parted(Counter(signatures))


@lru_cache(maxsize=512)
def of_network(spec: ModelSpec) -> Atoms:
    """The atoms of the network of `spec`."""
    return _parted(shape_counts(spec))


def _parted(counts: Counter[Signature]) -> Atoms:
    parted: Atoms = Counter()
    for signature, count in counts.items():
        if signature[0] == "conv":
            parted[signature[:-1]] += count
            if signature[-1]:
                parted["bias", signature[1]] += count
        else:
            parted[signature] += count
    return parted


def distance(spec: ModelSpec, wanted: Atoms, group: Group = ALL) -> int:
    """How many atoms of a group only the network or only the file has."""
    have = of_network(spec)
    return sum(abs(have[each] - wanted[each]) for each in have.keys() | wanted.keys() if each[0] in group)


def unlike(spec: ModelSpec, wanted: Atoms) -> int:
    """How many kernels only the network has, and how many larger than 1x1 only the file: more 1x1 stand beside blocks.

    Shortcuts, gates and attention are of 1x1; stems, blocks and transitions are read from the rest.
    """
    have = of_network(spec)
    kernels = [each for each in have.keys() | wanted.keys() if each[0] == "conv"]
    lacking = sum(max(0, have[each] - wanted[each]) for each in kernels)
    return lacking + sum(max(0, wanted[each] - have[each]) for each in kernels if each[3] != 1)
