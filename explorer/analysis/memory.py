"""Memory of the network that `engine.lowering` runs, predicted by arithmetic: eager torch, 32-bit floats or autocast.

Under autocast to bf16 weights, gradients and the optimiser's state stay 32-bit floats; convolutions and linear layers
work on 16-bit copies of their weights, and hand on 16-bit values, which norms, activations and sums keep.

Each quantity has its rule in the docstring beside it; the tests compare the rules with what autograd saves and with
the tensors that are alive while torch runs. Not predicted: workspaces inside a kernel, the allocator's rounding, the
loss, and the temporaries of the backward pass.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from explorer.model import Block, Graph, Node, Op, PlacedBlock
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import (
    BatchNorm2d,
    BlurPool2d,
    DilatedAvgPool2d,
    Dropout,
    Flatten,
    GroupNorm,
    MaxPool2d,
    Shape,
    StandardizedConv2d,
    StochasticDepth,
)

FLOAT_BYTES = 4
VALUE_BYTES: Mapping[str, int] = {"fp32": FLOAT_BYTES, "bf16": 2}
"""Bytes of an activation by the precision of the arithmetic."""
OPTIMIZER_COPIES: Mapping[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Values that an optimiser remembers for each parameter: a velocity; first and second moment."""
VIEWS = (Flatten, Dropout, StochasticDepth)
"""Ops that return their input when there are no gradients: no new memory."""
INDEX_BYTES = 8
"""torch's index type is a 64-bit integer."""

ExtraBytes = Callable[[Op, Shape, Shape, "BatchMemory"], int]
"""Bytes beyond input and output for an op, its input's and its output's shape, and a batch."""


class BatchMemory(NamedTuple):
    """How many images a batch has, and how many bytes each value of an activation takes."""

    images: int
    value_bytes: int = FLOAT_BYTES

    @property
    def copies_weights(self) -> bool:
        """Whether convolutions and linear layers work on copies of their weights."""
        return self.value_bytes != FLOAT_BYTES

    def activation(self, shape: Shape) -> int:
        """Bytes of a map of this shape for every image."""
        return self.value_bytes * self.images * prod(shape)


@dataclass(frozen=True)
class Memory:
    """Bytes for one batch."""

    batch: int
    weights: int
    """Trainable parameters, 4 bytes each."""
    buffers: int
    """Running means and variances, 4 bytes each."""
    gradients: int
    """One per parameter."""
    optimizer: int
    """What it remembers of every parameter: SGD with momentum one value."""
    image: int
    """The input batch, held by the caller from beginning to end."""
    saved_activations: int
    """What autograd keeps from the forward for the backward pass, the image included. A tensor that several ops keep
    counts once; weights are not counted again, but their copies of lower precision are."""
    inference_activations: int
    """The most bytes of tensors alive at one time without gradients, the image included: an op's output beside all
    that is still to be read, and the inputs of the block and of the stage that are running."""
    extra_bytes: int = 0
    """The image itself, where only a copy of lower precision is among the saved activations."""

    @property
    def inference(self) -> int:
        """Weights, buffers and the largest set of live tensors."""
        return self.weights + self.buffers + self.inference_activations

    @property
    def training(self) -> int:
        """Weights, buffers, gradients, the optimiser's state, saved activations, and the image."""
        return self.weights + self.buffers + self.gradients + self.optimizer + self.saved_activations + self.extra_bytes


def measure_memory(graph: Graph, batch: int = 1, *, optimizer: str = "momentum", precision: str = "fp32") -> Memory:
    """The memory of running and of training `graph` on `batch` images.

    `optimizer` is one of `OPTIMIZER_COPIES`, `precision` one of `VALUE_BYTES` (KeyError otherwise).
    """
    sizes = BatchMemory(batch, VALUE_BYTES[precision])
    weights = FLOAT_BYTES * graph.cost.params
    image = FLOAT_BYTES * batch * prod(graph.input_shape)
    return Memory(
        batch=batch,
        weights=weights,
        buffers=FLOAT_BYTES * graph.cost.buffers,
        gradients=weights,
        optimizer=OPTIMIZER_COPIES[optimizer] * weights,
        image=image,
        saved_activations=_saved(graph, sizes),
        inference_activations=_live(graph, sizes),
        extra_bytes=image if sizes.copies_weights else 0,
    )


def keeps_block_input(block: Block) -> bool:
    """Whether some op of the block keeps the block's input for the backward pass."""
    return any(node.op.keeps_input and BLOCK_INPUT in node.inputs for node in block.nodes)


def saved_by_node(block: Block, output_needed: bool, batch: BatchMemory) -> list[int]:
    """Bytes that autograd keeps, entered at the node that makes the tensor; `output_needed`: by the next block.

    The block's own input is entered where it was made, in the block before. A flattened map, whose memory is the
    pooled map's, is entered at the flattening, whose output is what the linear layer keeps.
    """
    kept = {block.nodes[-1].name} if output_needed else set()
    for node in block.nodes:
        kept |= {node.name} if node.op.keeps_output else set()
        kept |= set(node.inputs) if node.op.keeps_input else set()
    shapes = {BLOCK_INPUT: block.input_shape} | {node.name: node.shape for node in block.nodes}
    return [
        (batch.activation(node.shape) if node.name in kept else 0)
        + _extra_bytes(EXTRA_SAVED_BYTES, node.op, shapes[node.inputs[0]], node.shape, batch)
        + _weight_copy(node, batch)
        for node in block.nodes
    ]


def _weight_copy(node: Node, batch: BatchMemory) -> int:
    """Bytes of the copy of lower precision that a convolution or linear layer makes of its weight."""
    if not batch.copies_weights or not node.cost.macs:
        return 0
    weights = [shape for name, shape in node.op.parameters().items() if name.endswith("weight")]
    return batch.value_bytes * sum(map(prod, weights))


def _storages(block: Block) -> dict[str, str]:
    """For every name in the block, the name under which its memory was first made, without gradients."""
    stored_by = {BLOCK_INPUT: BLOCK_INPUT}
    for node in block.nodes:
        stored_by[node.name] = stored_by[node.inputs[0]] if isinstance(node.op, VIEWS) else node.name
    return stored_by


def _extra_bytes(
    table: Mapping[type[Op], ExtraBytes], op: Op, input_shape: Shape, output: Shape, batch: BatchMemory
) -> int:
    rule = table.get(type(op))
    return rule(op, input_shape, output, batch) if rule else 0


def _filters(op: Op) -> tuple[int, int]:
    """Values and number of a convolution's filters."""
    weight = op.parameters()["weight"]
    return prod(weight), weight[0]


def _bordered(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The input with its reflected border on all sides."""
    channels, height, width = input_shape
    border = 2 * getattr(op, "dilation", 1)
    return batch.activation((channels, height + border, width + border))


def _half_bordered(op: Op, input_shape: Shape, output: Shape, batch: BatchMemory) -> int:
    """The input with a border above and below, beside the input with all of its border."""
    channels, height, width = input_shape
    half = batch.activation((channels, height + 2 * getattr(op, "dilation", 1), width))
    return half + _bordered(op, input_shape, output, batch)


EXTRA_SAVED_BYTES: Mapping[type[Op], ExtraBytes] = {
    # The batch's mean and deviation of every channel.
    BatchNorm2d: lambda op, given, output, batch: FLOAT_BYTES * 2 * given[0],
    # An example's mean and deviation of every group.
    GroupNorm: lambda op, given, output, batch: FLOAT_BYTES * 2 * batch.images * getattr(op, "num_groups", 1),
    # Where each maximum was found.
    MaxPool2d: lambda op, given, output, batch: INDEX_BYTES * batch.images * prod(output),
    # The mask, as torch keeps it on a CPU; the fused CUDA kernel keeps a byte for each value.
    Dropout: lambda op, given, output, batch: batch.activation(given) if getattr(op, "p", 0) else 0,
    # One factor for each example.
    StochasticDepth: lambda op, given, output, batch: batch.value_bytes * batch.images if getattr(op, "p", 0) else 0,
    # Filters less their mean, filters in use, and the deviation of each.
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (2 * _filters(op)[0] + _filters(op)[1]),
    BlurPool2d: _bordered,
}
"""What an op keeps for the backward pass besides its input or output."""

EXTRA_RUNNING_BYTES: Mapping[type[Op], ExtraBytes] = {
    MaxPool2d: EXTRA_SAVED_BYTES[MaxPool2d],
    GroupNorm: EXTRA_SAVED_BYTES[GroupNorm],
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (_filters(op)[0] + 2 * _filters(op)[1]),
    BlurPool2d: _bordered,
    # The means along one side.
    DilatedAvgPool2d: lambda op, given, output, batch: batch.activation(given),
}
"""What an op needs besides its input and output while it runs without gradients."""

BYTES_BEFORE_OUTPUT: Mapping[type[Op], ExtraBytes] = {
    # Filters less their mean, filters in use; mean, variance and deviation of each.
    StandardizedConv2d: lambda op, given, output, batch: FLOAT_BYTES * (2 * _filters(op)[0] + 3 * _filters(op)[1]),
    BlurPool2d: _half_bordered,
}
"""What an op needs besides its input before its output exists, where this may be more."""


def saved_by_layer(graph: Graph, batch: int = 1) -> dict[str, int]:
    """Bytes that autograd keeps of each layer until the backward pass, by path.

    A layer's output is entered where it is made, though it may be a later layer that needs it; the image is no layer's.
    """
    saved: dict[str, int] = {}
    for placed, kept in _saved_by_block(graph, BatchMemory(batch)):
        prefix = f"{placed.path}." if placed.path else ""
        for node, amount in zip(placed.block.nodes, kept, strict=True):
            saved[prefix + node.name] = amount
    return saved


def _saved(graph: Graph, batch: BatchMemory) -> int:
    """Bytes saved by the whole network: the image where the stem keeps it, and every block's."""
    if not graph.stages:
        return 0
    keeps_image = keeps_block_input(graph.stages[0].blocks[0].block)
    image = batch.activation(graph.input_shape) if keeps_image else 0
    return image + sum(sum(kept) for _, kept in _saved_by_block(graph, batch))


def _saved_by_block(graph: Graph, batch: BatchMemory) -> Iterator[tuple[PlacedBlock, list[int]]]:
    """Every placed block with its nodes' saved bytes; a distinct block is looked at once."""
    row = [placed for _, placed in graph.placed_blocks()]
    distinct = {id(placed.block): placed.block for placed in row}
    keeps = {key: keeps_block_input(block) for key, block in distinct.items()}
    needs = [keeps[id(placed.block)] for placed in row[1:]] + [False]
    known: dict[tuple[int, bool], list[int]] = {}
    for placed, needed in zip(row, needs, strict=True):
        key = (id(placed.block), needed)
        if key not in known:
            known[key] = saved_by_node(placed.block, needed, batch)
        yield placed, known[key]


def _live(graph: Graph, batch: BatchMemory) -> int:
    """The peak over all ops of the bytes alive, the image always among them."""
    image = FLOAT_BYTES * batch.images * prod(graph.input_shape)
    peaks = [image]
    inside: dict[int, int] = {}
    for stage in graph.stages:
        # The stem reads the image; the head's ops, which stand alone, let go of their input one after another.
        stage_input = batch.activation(stage.blocks[0].block.input_shape) if stage.blocks[0].path else 0
        for position, placed in enumerate(stage.blocks):
            block = placed.block
            if id(block) not in inside:
                inside[id(block)] = max(_live_inside(block, batch), default=0)
            held = batch.activation(block.input_shape) if position else 0
            peaks.append(image + stage_input + held + inside[id(block)])
    return max(peaks)


def _live_inside(block: Block, batch: BatchMemory) -> Iterator[int]:
    """For each op, the bytes of the block's own tensors alive while it runs.

    The block's input, which its caller holds, is left out, but for the head's.
    """
    stored_by = _storages(block)
    last_use = {stored_by[name]: at for at, node in enumerate(block.nodes) for name in node.inputs}
    last_use[stored_by[block.nodes[-1].name]] = len(block.nodes)
    shapes = {BLOCK_INPUT: block.input_shape}
    alive = {BLOCK_INPUT: batch.activation(block.input_shape)} if block.kind == "head" else {}
    for at, node in enumerate(block.nodes):
        shapes[node.name] = node.shape
        if stored_by[node.name] == node.name:
            alive[node.name] = batch.activation(node.shape)
        given = shapes[node.inputs[0]]
        copies = _weight_copy(node, batch)
        if copies and block.kind == "stem" and BLOCK_INPUT in node.inputs:
            copies += batch.activation(given)  # of the image
        held = sum(alive.values()) + copies
        yield held + _extra_bytes(EXTRA_RUNNING_BYTES, node.op, given, node.shape, batch)
        if type(node.op) in BYTES_BEFORE_OUTPUT:
            before = _extra_bytes(BYTES_BEFORE_OUTPUT, node.op, given, node.shape, batch)
            yield held - alive[node.name] + before
        for name in [name for name in alive if last_use.get(name, at) <= at]:
            del alive[name]
