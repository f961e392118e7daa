"""Readings of a file's last matrices as a network's head: the classifier, and hidden linear layers before it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from explorer.identify.readings import Convolution, Fields, Head, squeezing_pairs
from explorer.model.controls.ends import MOST_HIDDEN


def heads(every: Sequence[Convolution]) -> Iterator[Head]:
    """The classifier, the last matrix or the last 1x1 convolution with a bias, with the matrices that lead to it; none.

    Longer chains come first. The first matrix of a chain reads one value or more of each of a convolution's channels.
    Where the last has a bias it may be a hidden layer too, of a network that ends with its features.
    """
    matrices = _without_attention([each for each in every if each.matrix])
    outs = [each.out for each in every if not each.matrix]
    channels = {*outs[-1:], max(outs, default=1)}
    found = False
    for last in _ends(matrices) or [each for each in every[-1:] if each.size == 1 and each.biased]:
        chains = [chain for chain in _chains(last, matrices) if not last.matrix or _reads_a_map(chain[0], channels)]
        found = found or bool(chains)
        for chain in reversed(chains):
            yield from _readings(chain)
    if not found or not matrices:
        yield Head({"num_classes": 0}, frozenset(), 0)


def _chains(last: Convolution, matrices: Sequence[Convolution]) -> Iterator[list[Convolution]]:
    """The classifier, and ever longer rows of matrices of which each reads what the one before gives."""
    chain = [last]
    yield chain
    for _ in range(MOST_HIDDEN):
        before = next((each for each in matrices[::-1] if each.out == chain[0].group and each not in chain), None)
        if before is None:
            return
        chain = [before, *chain]
        yield chain


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
    return any(matrix.group % out == 0 for out in channels)


def _readings(chain: Sequence[Convolution]) -> Iterator[Head]:
    """The last of the chain as the classifier, and, if it has a bias, as a hidden layer."""
    places = frozenset(each.place for each in chain)
    widths = tuple(each.out for each in chain)
    fields: Fields = {"num_classes": widths[-1], "head_bias": chain[-1].biased, "head_hidden": widths[:-1]}
    yield Head(fields, places, chain[0].group)
    if chain[-1].biased and len(widths) <= MOST_HIDDEN:
        yield Head({"num_classes": 0, "head_hidden": widths}, places, chain[0].group)
