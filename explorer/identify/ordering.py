"""The order in which a network defines its tensors, for files that sort them by name."""

import re
from collections import defaultdict
from collections.abc import Sequence

from explorer.model.ops import Shape

STEM = frozenset({"act1", "bn1", "maxpool"})
"""What torchvision and timm call the parts of a stem that stand beside its first convolution."""


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts names with the numbers in them by size: `layer1.10` after `layer1.9`."""
    return [(int(part), "") if part.isdecimal() and len(part) < 20 else (-1, part) for part in re.split(r"(\d+)", name)]


def by_definition(tensors: Sequence[tuple[str, Shape]]) -> tuple[tuple[str, Shape], ...]:
    """Named shapes that are sorted by name, in an order that is near that of their definition.

    Numbers count by size. The stem is defined first: what shares most of its name with the convolution that reads the
    fewest channels, then the rest. The head is last: the outermost containers that hold matrices and no kernels.
    """
    kinds: defaultdict[str, set[int]] = defaultdict(set)
    for name, shape in tensors:
        kinds[name.split(".")[0]].add(len(shape))
    heads = {outermost for outermost, ranks in kinds.items() if 2 in ranks and 4 not in ranks}
    kernels = [(shape[1], natural(name), name) for name, shape in tensors if len(shape) == 4 and shape[2] > 1]
    stem = min(kernels)[2].split(".")[:-1] if kernels else []

    def key(each: tuple[str, Shape]) -> tuple[bool, int, bool, list[tuple[int, str]]]:
        pieces = each[0].split(".")
        shared = next((n for n, (a, b) in enumerate(zip(pieces, stem, strict=False)) if a != b), len(stem))
        return pieces[0] in heads, -min(shared, len(pieces)), pieces[0] not in STEM, natural(each[0])

    return tuple(sorted(tensors, key=key))
