"""Whether two specs compute the same at inference, whatever their layers are called."""

from functools import lru_cache

from explorer.model import ModelSpec, assemble, ops
from explorer.model.graph import BLOCK_INPUT, Block
from explorer.model.identity.canonical import NEUTRAL
from explorer.model.ops import Op

Step = tuple[Op, tuple[int, ...]]
"""An op, and the numbers of those whose values it reads; a negative number is the block's input."""

Function = tuple[tuple[tuple[Step, ...], int, int], ...]
"""Each different block's steps, the number of the one that gives its output, and how often it follows itself."""

ONLY_IN_TRAINING = (ops.Dropout, ops.StochasticDepth)


@lru_cache(maxsize=512)
def function_of(spec: ModelSpec) -> Function:
    """What the network of `spec` computes at inference, from equal tensors, at any image size.

    Initial values, names, and what acts in training only are no part of it.
    """
    graph = assemble(spec)
    runs = [run for stage in graph.stages for run in stage.runs()]
    known: dict[int, tuple[tuple[Step, ...], int]] = {}
    for placed, _ in runs:
        if id(placed.block) not in known:
            known[id(placed.block)] = _block_function(placed.block)
    found = [(*known[id(placed.block)], count) for placed, count in runs]
    if any(placed.block.merge for placed, _ in runs):
        return _merged(found)
    return ((_in_a_row(found), 0, 1),)


def _merged(found: list[tuple[tuple[Step, ...], int, int]]) -> Function:
    """The blocks without empty ones, equal ones that follow one another as one."""
    merged: list[tuple[tuple[Step, ...], int, int]] = []
    for block, last, count in found:
        if merged and merged[-1][0] == block:
            merged[-1] = (block, last, merged[-1][2] + count)
        elif block:
            merged.append((block, last, count))
    return tuple(merged)


def _in_a_row(found: list[tuple[tuple[Step, ...], int, int]]) -> tuple[Step, ...]:
    """The steps of a network without sums as one: where its blocks begin and end is no part of its function."""
    steps: list[Step] = []
    entry = -1
    for block, last, count in found:
        for _ in range(count if block else 0):
            start = len(steps)
            steps += ((op, tuple(entry if each < 0 else start + each for each in sources)) for op, sources in block)
            entry = start + last
    return tuple(steps)


def _block_function(block: Block) -> tuple[tuple[Step, ...], int]:
    """The block's steps, and the number of the one that gives its output, -1 where that is its input."""
    places = {BLOCK_INPUT: -1}
    steps: list[Step] = []
    for node in block.nodes:
        sources = tuple(places[name] for name in node.inputs)
        neutral = NEUTRAL.get(type(node.op))
        if isinstance(node.op, ONLY_IN_TRAINING) or (neutral is not None and neutral(node.op)):
            places[node.name] = sources[0]
        else:
            places[node.name] = len(steps)
            steps.append((node.op, sources))
    return tuple(steps), places[block.nodes[-1].name] if block.nodes else -1
