"""How long the paths through an unrolled network are (Veit et al. 2016, section 3), stage by stage and in layers.

`explorer.analysis.path_lengths` counts a way's residual branches. Here ways are also counted by the layers with
weights on them, where a projection on the shortcut is a layer too, and by stage: lengths add up along the network, so
the numbers of ways multiply as polynomials do.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from math import comb
from typing import NamedTuple

from explorer.analysis.path_lengths import path_lengths
from explorer.model import Block, Graph, PlacedBlock
from explorer.model.ops import Conv2d, Linear

Counts = tuple[int, ...]
"""Entry k is the number of paths of length k."""


class PathSummary(NamedTuple):
    """All paths of a network: their number, mean length, and the shortest range that holds a given share of them."""

    ways: int
    mean: float
    shortest: int
    longest: int
    share: float
    """Of the paths, those with lengths from `shortest` to `longest`."""


def combine(first: Counts, second: Counts) -> Counts:
    """The paths through two parts, one after the other."""
    counts = [0] * (len(first) + len(second) - 1)
    for length, ways in enumerate(first):
        if ways:
            for other, more in enumerate(second):
                counts[length + other] += ways * more
    return tuple(counts)


def stage_lengths(graph: Graph) -> tuple[tuple[str, Counts], ...]:
    """For every stage of blocks its paths by residual branches; combined they are `path_lengths(graph)`."""
    stages = [stage for stage in graph.stages if stage.blocks[0].path]
    return tuple((stage.name, path_lengths(Graph(graph.input_shape, (stage,)))) for stage in stages)


def path_layers(graph: Graph) -> Counts:
    """The paths by layers with weights, stem and head included.

    A branch counts its convolutions (those of attention and of gates stand beside the way, not on it), a shortcut its
    1x1 convolutions.
    """
    # Ways multiply in any order: equal blocks are taken together, wherever they stand.
    times: Counter[tuple[int, int | None]] = Counter()
    for stage in graph.stages:
        for placed, count in stage.runs():
            times[_lengths(placed)] += count
    return reduce(combine, (_repeated(*lengths, count) for lengths, count in times.items()), (1,))


def summarise(counts: Sequence[int], share: float = 0.95) -> PathSummary:
    """The number of paths, their mean length, and the shortest range of lengths with at least `share` of them."""
    ways = sum(counts)
    low, high, inside = 0, len(counts) - 1, ways
    while low < high:
        end = low if counts[low] <= counts[high] else high
        # Divided as whole numbers: beyond 1,023 blocks the number of ways itself is larger than any float.
        if (inside - counts[end]) / ways < share:
            break
        inside -= counts[end]
        low, high = (low + 1, high) if end == low else (low, high - 1)
    mean = sum(length * number for length, number in enumerate(counts)) / ways
    return PathSummary(ways, mean, low, high, inside / ways)


def _lengths(placed: PlacedBlock) -> tuple[int, int | None]:
    """Layers with weights on the branch and on the shortcut; None without a sum, where there is no choice."""
    branch = _layers(placed.block, {"branch", "stem", "head"})
    return branch, _layers(placed.block, {"shortcut"}) if placed.block.merge else None


def _repeated(branch: int, shortcut: int | None, times: int) -> Counts:
    """The paths through `times` such blocks: the binomial coefficients, spread over the lengths."""
    if shortcut is None:
        return (*(0,) * (times * branch), 1)
    counts = [0] * (times * max(branch, shortcut) + 1)
    for taken in range(times + 1):
        counts[taken * branch + (times - taken) * shortcut] += comb(times, taken)
    return tuple(counts)


def _layers(block: Block, roles: Iterable[str]) -> int:
    return sum(node.role in roles and isinstance(node.op, Conv2d | Linear) for node in block.nodes)
