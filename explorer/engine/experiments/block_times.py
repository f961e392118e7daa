"""The time of every block in a forward pass, of several networks in turn."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from torch import nn

from explorer.engine.experiments.bench import FEWEST_ROUNDS, Bench, in_rounds
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.measure import BlockTime
from explorer.model import assemble

BlockTimes = tuple[BlockTime, ...]


class BlockClock:
    """Reads the clock at the borders of one network's blocks, pass by pass.

    The device is waited for at each border, so that on a GPU the times are somewhat longer than without looking.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._borders = list(_borders(bench))
        self._rounds: list[list[float]] = []

    def forward(self) -> None:
        """One pass."""
        marks: list[float] = []

        def mark(*_: object) -> None:
            self._bench.wait()
            marks.append(time.perf_counter())

        handles = [module.register_forward_pre_hook(mark) for _, _, module in self._borders]
        with hooked([*handles, self._bench.network.register_forward_hook(mark)]):
            self._bench.forward()
        self._rounds.append([after - before for before, after in pairwise(marks)])

    def times(self) -> tuple[BlockTimes, BlockTimes]:
        """Medians over all passes but the first: of each block, and of each op of stem and head."""
        medians = [median(each) for each in zip(*self._rounds[1:], strict=True)]
        by_block: dict[str, float] = {}
        for (block, _, _), seconds in zip(self._borders, medians, strict=True):
            by_block[block] = by_block.get(block, 0.0) + seconds
        ops = [BlockTime(op, seconds) for (_, op, _), seconds in zip(self._borders, medians, strict=True) if op]
        return tuple(BlockTime(*each) for each in by_block.items()), tuple(ops)


def block_rounds(clocks: Sequence[BlockClock], repeats: int = FEWEST_ROUNDS) -> Iterator[float]:
    """Takes a pass of every network in each of some rounds and one before them; yields the part that is over."""
    for number, order in zip(range(repeats + 1), in_rounds(len(clocks)), strict=False):
        for place in order:
            clocks[place].forward()
        yield (number + 1) / (repeats + 1)


def _borders(bench: Bench) -> Iterator[tuple[str, str, nn.Module]]:
    """What runs one after another: a block's name, the op's where it is one of stem or head, and its module."""
    for stage, placed in assemble(bench.spec).placed_blocks():
        if placed.path:
            yield placed.path, "", bench.network.get_submodule(placed.path)
        else:
            for node in placed.block.nodes:
                yield stage.name, node.name, bench.network.get_submodule(node.name)
