"""Readings of a file's last matrices as a network's head: the classifier, and hidden linear layers before it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isqrt

from explorer.identify.readings import Convolution, Fields, Head, squeezing_pairs

MOST_HIDDEN = 2
"""Hidden linear layers that are looked for: as many as VGG has."""


def heads(every: Sequence[Convolution]) -> Iterator[Head]:
    """The classifier, the last matrix or the last 1x1 convolution with a bias, with the matrices that lead to it; none.

    The first of them reads one value, two values or a square map of each of a convolution's channels.
    """
    matrices = _without_attention([each for each in every if each.matrix])
    outs = [each.out for each in every if not each.matrix]
    channels = {*outs[-1:], max(outs, default=1)}
    found = False
    for last in _ends(matrices) or [each for each in every[-1:] if each.size == 1 and each.biased]:
        chain = [last]
        for _ in range(MOST_HIDDEN + 1):
            if not last.matrix or _reads_a_map(chain[0], channels):
                found = True
                yield _head(chain)
            before = next((each for each in matrices[::-1] if each.out == chain[0].group and each not in chain), None)
            if before is None:
                break
            chain.insert(0, before)
    if not found or not matrices:
        yield Head({"num_classes": 0}, frozenset())


def _without_attention(matrices: Sequence[Convolution]) -> list[Convolution]:
    """Leaves out what attention has several of: pairs that narrow and widen again, and equal squares."""
    pairs = squeezing_pairs(matrices)
    sides = Counter(each.out for each in matrices if each.out == each.group)
    dropped = {each.place for pair in pairs for each in pair} if len(pairs) > 1 else set()
    dropped |= {each.place for each in matrices if each.out == each.group and sides[each.out] > 1}
    return [each for each in matrices if each.place not in dropped]


def _ends(matrices: Sequence[Convolution]) -> list[Convolution]:
    """The matrices that may be the classifier: the last, and the last of those whose outputs no other one reads."""
    read = {each.group for each in matrices}
    unread = [each for each in matrices if each.out not in read]
    return list(dict.fromkeys((*matrices[-1:], *unread[-1:])))


def _reads_a_map(matrix: Convolution, channels: set[int]) -> bool:
    return any(
        matrix.group % out == 0 and (matrix.group // out == 2 or isqrt(matrix.group // out) ** 2 == matrix.group // out)
        for out in channels
    )


def _head(chain: Sequence[Convolution]) -> Head:
    fields: Fields = {
        "num_classes": chain[-1].out,
        "head_bias": chain[-1].biased,
        "head_hidden": tuple(each.out for each in chain[:-1]),
    }
    return Head(fields, frozenset(each.place for each in chain))
