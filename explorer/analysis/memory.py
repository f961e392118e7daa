"""Memory of the network that `engine.lowering` runs, predicted by arithmetic: eager torch, 32-bit floats or autocast.

Under autocast to bf16 weights, gradients and the optimiser's state stay 32-bit floats; convolutions and linear layers
work on 16-bit copies of their weights, and hand on 16-bit values, which norms, activations and sums keep.

Each quantity has its rule in the docstring beside it; the tests compare the rules with what autograd saves and with
the tensors that are alive while torch runs. Not predicted: workspaces inside a kernel, the allocator's rounding, the
loss, and the temporaries of the backward pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from explorer.analysis.op_memory import (
    BYTES_BEFORE_OUTPUT,
    EXTRA_RUNNING_BYTES,
    EXTRA_SAVED_BYTES,
    FLOAT_BYTES,
    BatchMemory,
    extra_bytes,
)
from explorer.model import Block, Graph, Node, Op, PlacedBlock
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import Dropout, Flatten, PReLU, StochasticDepth

VALUE_BYTES: Mapping[str, int] = {"fp32": FLOAT_BYTES, "bf16": 2}
"""Bytes of an activation by the precision of the arithmetic."""
OPTIMIZER_COPIES: Mapping[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Values that an optimiser remembers for each parameter: a velocity; first and second moment."""
VIEWS = (Flatten, Dropout, StochasticDepth)
"""Ops that return their input when there are no gradients: no new memory."""


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
    stored_by = _storages(block, (Flatten,))
    return any(node.op.keeps_input and BLOCK_INPUT in {stored_by[name] for name in node.inputs} for node in block.nodes)


def saved_by_node(block: Block, output_needed: bool, batch: BatchMemory) -> list[int]:
    """Bytes that autograd keeps, entered at the node that makes the tensor; `output_needed`: by the next block.

    The block's own input is entered where it was made, in the block before; a flattened map, which has no memory of its
    own, where the map was made.
    """
    kept = {block.nodes[-1].name} if output_needed else set()
    for node in block.nodes:
        kept |= {node.name} if node.op.keeps_output else set()
        kept |= set(node.inputs) if node.op.keeps_input else set()
    stored_by = _storages(block, (Flatten,))
    kept = {stored_by[name] for name in kept}
    shapes = {BLOCK_INPUT: block.input_shape} | {node.name: node.shape for node in block.nodes}
    return [
        (batch.activation(node.shape) if node.name in kept else 0)
        + extra_bytes(EXTRA_SAVED_BYTES, node.op, shapes[node.inputs[0]], node.shape, batch)
        + _copy(node, batch, "weight")
        for node in block.nodes
    ]


def _copy(node: Node, batch: BatchMemory, *parameters: str) -> int:
    """Bytes of the lower-precision copies that a convolution, a linear layer or a PReLU makes of these parameters."""
    if not batch.copies_weights or not (node.cost.macs or isinstance(node.op, PReLU)):
        return 0
    copied = [shape for name, shape in node.op.parameters().items() if name.endswith(parameters)]
    return batch.value_bytes * sum(map(prod, copied))


def _storages(block: Block, views: tuple[type[Op], ...]) -> dict[str, str]:
    """For every name in the block, the name under which its memory was first made; `views` make none."""
    stored_by = {BLOCK_INPUT: BLOCK_INPUT}
    for node in block.nodes:
        stored_by[node.name] = stored_by[node.inputs[0]] if isinstance(node.op, views) else node.name
    return stored_by


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
    stored_by = _storages(block, VIEWS)
    last_use = {stored_by[name]: at for at, node in enumerate(block.nodes) for name in node.inputs}
    last_use[stored_by[block.nodes[-1].name]] = len(block.nodes)
    shapes = {BLOCK_INPUT: block.input_shape}
    alive = {BLOCK_INPUT: batch.activation(block.input_shape)} if block.kind == "head" else {}
    for at, node in enumerate(block.nodes):
        shapes[node.name] = node.shape
        if stored_by[node.name] == node.name:
            alive[node.name] = batch.activation(node.shape)
        given = shapes[node.inputs[0]]
        copies = _copy(node, batch, "weight", "bias")
        if copies and block.kind == "stem" and BLOCK_INPUT in node.inputs:
            copies += batch.activation(given)  # of the image
        held = sum(alive.values()) + copies
        yield held + extra_bytes(EXTRA_RUNNING_BYTES, node.op, given, node.shape, batch)
        if type(node.op) in BYTES_BEFORE_OUTPUT:
            before = extra_bytes(BYTES_BEFORE_OUTPUT, node.op, given, node.shape, batch)
            yield held - alive[node.name] + before
        for name in [name for name in alive if last_use.get(name, at) <= at]:
            del alive[name]
