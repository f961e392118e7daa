"""Receptive fields: the part of the image that a value depends on, along the shortest and longest path.

On the way to a value stand windows of size k, a step j of image pixels apart; each adds (k - 1) * j to the field. A
residual network has many ways: the shortest takes every shortcut, the longest every branch. Fields are not cut at the
image's border: a field larger than the image sees all of it, and padding.
"""

from typing import NamedTuple

from explorer.model import Block, Graph
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import AdaptiveAvgPool2d, BlurPool2d, Op, Shape


class ReceptiveField(NamedTuple):
    """Sides in image pixels of the square that a value sees."""

    shortest: int
    """Along the path with the smallest field."""
    longest: int
    """Along the path with the largest field: the receptive field in the usual sense."""
    step: int
    """Image pixels from one value to its neighbour; 0 where a value sees the whole map (after a global pool)."""


class _Reach(NamedTuple):
    """A field within a block, in steps of the block's input: the extra side along either path, and its own step."""

    shortest: int
    longest: int
    step: int


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField]:
    """The receptive field of every layer, by path."""
    known: dict[int, tuple[_Reach, ...]] = {}
    fields: dict[str, ReceptiveField] = {}
    here = ReceptiveField(1, 1, 1)
    for _, placed in graph.placed_blocks():
        block, start = placed.block, here
        if id(block) not in known:
            known[id(block)] = _reaches(block)
        for node, reach in zip(block.nodes, known[id(block)], strict=True):
            here = ReceptiveField(
                start.shortest + reach.shortest * start.step,
                start.longest + reach.longest * start.step,
                reach.step * start.step,
            )
            fields[placed.node_path(node)] = here
    return fields


def _reaches(block: Block) -> tuple[_Reach, ...]:
    """Each node's reach; where two tensors meet, the smaller of the shortest and the larger of the longest count."""
    known = {BLOCK_INPUT: _Reach(0, 0, 1)}
    shapes = {BLOCK_INPUT: block.input_shape}
    for node in block.nodes:
        sources = [known[name] for name in node.inputs]
        window, stride = _window(node.op, shapes[node.inputs[0]])
        first = sources[0]
        known[node.name] = _Reach(
            min(source.shortest for source in sources) + (window - 1) * first.step,
            max(source.longest for source in sources) + (window - 1) * first.step,
            first.step * stride,
        )
        shapes[node.name] = node.shape
    return tuple(known[node.name] for node in block.nodes)


def _window(op: Op, input_shape: Shape) -> tuple[int, int]:
    """The side of the window an op reads, and the stride with which it moves."""
    if isinstance(op, AdaptiveAvgPool2d):
        return input_shape[-1], 0
    if isinstance(op, BlurPool2d):
        return 3, op.stride
    if not hasattr(op, "padding") and not hasattr(op, "ceil_mode"):
        # Element-wise ops, and what runs along the channels or subsamples without a window.
        return 1, getattr(op, "stride", 1)
    kernel, dilation = getattr(op, "kernel_size", 1), getattr(op, "dilation", 1)
    return dilation * (kernel - 1) + 1, getattr(op, "stride", 1)
