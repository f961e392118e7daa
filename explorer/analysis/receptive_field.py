"""Receptive fields: the part of the image that a value depends on, along the shortest and longest path.

On the way to a value stand windows of size k, a step j of image pixels apart; each adds (k - 1) * j to the field
(Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks", section 3). A residual network has
many ways: the shortest takes every shortcut, the longest every branch. Fields are not cut at the image's border: a
field larger than the image sees all of it, and padding.

What a global pool gives is the same at every place: attention's gate sees the whole map, and windows after it add
nothing to what is seen through the gate. A flattened map is read as a whole, by the linear layer behind it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from explorer.model import Block, Graph
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import (
    AdaptiveAvgPool2d,
    BlurPool2d,
    ChannelConv1d,
    DilatedAvgPool2d,
    Flatten,
    Op,
    SamePad2d,
    Shape,
)


class ReceptiveField(NamedTuple):
    """Sides in image pixels of the square that a value sees, and where it lies."""

    shortest: int
    """Along the path with the smallest field."""
    longest: int
    """Along the path with the largest field: the receptive field in the usual sense."""
    step: int
    """Image pixels from one value to its neighbour, the effective stride; 0 where a value sees the whole map."""
    padding: int
    """Image pixels by which the first value's field begins before the image along the longest path of windows: the
    effective padding."""


class _Reach(NamedTuple):
    """A field in steps of some input: what windows add along either path, and the step of the values."""

    shortest: int
    windows: int
    """Along the longest path of windows, which move with the value."""
    whole: int
    """Side of what is seen through global pools, the same for every value; 0: nothing."""
    step: int
    padding: int

    def after(self, inner: "_Reach") -> "_Reach":
        """This field, extended by `inner`, which counts in this one's steps."""
        return _Reach(
            self.shortest + inner.shortest * self.step,
            self.windows + inner.windows * self.step,
            max(self.whole, self.windows + inner.whole * self.step if inner.whole else 0),
            self.step * inner.step,
            self.padding + inner.padding * self.step,
        )


class _Window(NamedTuple):
    """The side of the window that an op reads, its stride, and the padding before the first value."""

    side: int
    stride: int = 1
    padding: int = 0


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField]:
    """The receptive field of every layer, by path."""
    known: dict[int, tuple[_Reach, ...]] = {}
    fields: dict[str, ReceptiveField] = {}
    here = _Reach(1, 1, 0, 1, 0)
    for _, placed in graph.placed_blocks():
        block, start = placed.block, here
        if id(block) not in known:
            known[id(block)] = _reaches(block)
        for node, reach in zip(block.nodes, known[id(block)], strict=True):
            here = start.after(reach)
            fields[placed.node_path(node)] = ReceptiveField(
                here.shortest, max(here.windows, here.whole), here.step, here.padding
            )
    return fields


def _reaches(block: Block) -> tuple[_Reach, ...]:
    """Each node's reach; where tensors meet, the smallest of the shortest and the largest of the others count."""
    known = {BLOCK_INPUT: _Reach(0, 0, 0, 1, 0)}
    shapes = {BLOCK_INPUT: block.input_shape}
    for node in block.nodes:
        sources = [known[name] for name in node.inputs]
        widest = max(sources, key=lambda source: (source.step > 0, source.windows))
        met = widest._replace(
            shortest=min(source.shortest for source in sources), whole=max(source.whole for source in sources)
        )
        shape = shapes[node.inputs[0]]
        if _reads_whole_map(node.op):
            side = (max(shape[1:]) - 1) * met.step
            known[node.name] = met._replace(
                shortest=met.shortest + side, whole=max(met.whole, met.windows + side), step=0
            )
        else:
            window = WINDOWS.get(type(node.op), _window)(node.op, shape)
            grown = _Reach(window.side - 1, window.side - 1, 0, window.stride, window.padding)
            known[node.name] = met.after(grown)
        shapes[node.name] = node.shape
    return tuple(known[node.name] for node in block.nodes)


def _adaptive_window(op: AdaptiveAvgPool2d, shape: Shape) -> _Window:
    """The longest of its windows, and the distance of most neighbours."""
    side = max(shape[1:])
    return _Window(max(end - start for start, end in op.windows(side)), max(side // op.output_size, 1))


def _reads_whole_map(op: Op) -> bool:
    return isinstance(op, Flatten) or (isinstance(op, AdaptiveAvgPool2d) and op.output_size == 1)


WINDOWS: Mapping[type[Op], Callable[[Any, Shape], _Window]] = {
    AdaptiveAvgPool2d: _adaptive_window,
    BlurPool2d: lambda op, _: _Window(op.border + 1, op.stride, (op.size - 1) // 2 * op.dilation),
    SamePad2d: lambda op, shape: _Window(1, 1, op.missing(shape[1]) // 2),
    DilatedAvgPool2d: lambda op, _: _Window(op.dilation + 1),
    ChannelConv1d: lambda op, _: _Window(1),
}
"""Ops whose window does not follow from fields named as torch names them; attention's runs along the channels."""


def _window(op: Op, _: Shape) -> _Window:
    """The window by torch's own names; one place where an op has none of them."""
    side = getattr(op, "dilation", 1) * (getattr(op, "kernel_size", 1) - 1) + 1
    return _Window(side, getattr(op, "stride", 1), getattr(op, "padding", 0))
