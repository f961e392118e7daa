"""The graph from which tables, drawings, code and the trained module are derived.

A network is a row of stages, a stage a row of placed blocks. Blocks with the same parameters and input shape are one
object placed several times, so a network of 1,202 layers holds a handful of distinct blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from explorer.model.ops import Conv2d, Cost, Linear, Op, Shape, total

Role = Literal["branch", "shortcut", "gate", "attention", "merge", "after", "stem", "head"]
"""What an op does in its block.

`branch`: part of F(x). `shortcut`: on the way of h(x). `gate`: computes a gate of the sum's terms. `attention`:
computes the channels' weights. `merge`: adds F(x) and h(x); at most one node of a block, in residual blocks only.
`after`: follows the sum. `stem`, `head`: before and after all blocks.
"""

TRANSITION = "transition"
"""The kind of a block that changes the shape for the residual units of its stage."""

BLOCK_INPUT = "x"
"""The name by which a block's nodes call the block's input."""


class Node(NamedTuple):
    """One op placed in a block. `name` is the torch path inside the block (`conv1`, `downsample.0`)."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    role: Role
    shape: Shape
    cost: Cost
    init: tuple[tuple[str, float], ...] = ()
    """Parameters that start at a constant instead of by He's rule: `(("weight", 0.0),)`."""


def is_skip(node: Node, position: int) -> bool:
    """Whether the node's input at `position` is on the way of h(x); a merge reads F(x) first and h(x) second."""
    return position == 1 if node.role == "merge" else position == 0 and node.role == "shortcut"


class Edge(NamedTuple):
    """A tensor that `target` reads from `source` inside a block; `skip`: it is on the way of the shortcut."""

    source: str
    target: str
    skip: bool


@dataclass(frozen=True)
class Block:
    """The ops between two additions (or the stem, or the head), in an order in which they can be run."""

    kind: str
    """`stem`, `head`, `transition`, or the block's name in the table of blocks."""
    shortcut: str
    """What the shortcut is: `identity`, `none`, or the kind that was placed (`pad`, `projection`, ...)."""
    input_shape: Shape
    nodes: tuple[Node, ...]

    @property
    def output_shape(self) -> Shape:
        return self.nodes[-1].shape if self.nodes else self.input_shape

    @cached_property
    def merge(self) -> Node | None:
        """The node that adds the shortcut to the branch; None in a plain block, in stem and head.

        Other additions, such as that of two branches inside an attention, are none of the network's residual sums.
        """
        return next((node for node in self.nodes if node.role == "merge"), None)

    @property
    def branch_convolutions(self) -> int:
        """How many convolutions the branch has; those of attention and gates are not on it."""
        return sum(node.role == "branch" and isinstance(node.op, Conv2d) for node in self.nodes)

    @property
    def linear_layers(self) -> int:
        """How many linear layers the block has; only a head has any."""
        return sum(isinstance(node.op, Linear) for node in self.nodes)

    @cached_property
    def cost(self) -> Cost:
        """The sum over the nodes, for one example."""
        return total([node.cost for node in self.nodes])

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every tensor that one node of the block reads from another, or from the input.

        `skip` is set on the shortcut's way to the addition: from the block's input, or from the pre-activation where it
        opens both ways.
        """
        return tuple(
            Edge(source, node.name, is_skip(node, position))
            for node in self.nodes
            for position, source in enumerate(node.inputs)
        )


class PlacedBlock(NamedTuple):
    """A block at its place. `path` is the torch path (`layer1.0`; empty for stem and head)."""

    path: str
    block: Block

    @property
    def is_unit(self) -> bool:
        """Whether it is counted among the network's blocks: stem, head and transitions are not."""
        return bool(self.path) and self.block.kind != TRANSITION

    def node_path(self, node: Node) -> str:
        """The node's path in the whole network, as in a `state_dict`."""
        return f"{self.path}.{node.name}" if self.path else node.name


@dataclass(frozen=True)
class Stage:
    """Blocks in a row at one width: `stem`, `layer1`, ..., `head`."""

    name: str
    blocks: tuple[PlacedBlock, ...]

    @property
    def output_shape(self) -> Shape:
        return self.blocks[-1].block.output_shape

    @cached_property
    def cost(self) -> Cost:
        """The sum over the blocks, for one example."""
        return total([placed.block.cost for placed in self.blocks])

    @property
    def units(self) -> tuple[PlacedBlock, ...]:
        """Its blocks without a transition; none in stem and head."""
        return tuple(placed for placed in self.blocks if placed.is_unit)

    def runs(self) -> Iterator[tuple[PlacedBlock, int]]:
        """The first of each run of identical blocks, and how many the run has."""
        first, count = self.blocks[0], 0
        for placed in self.blocks:
            if placed.block is first.block:
                count += 1
            else:
                yield first, count
                first, count = placed, 1
        yield first, count


@dataclass(frozen=True)
class Graph:
    """The network from input to class scores; one that could not be assembled ends early."""

    input_shape: Shape
    stages: tuple[Stage, ...]

    @cached_property
    def cost(self) -> Cost:
        """The sum over the stages, for one example."""
        return total([stage.cost for stage in self.stages])

    @property
    def output_shape(self) -> Shape:
        """`(classes,)`; in a network that ends early the shape of the last map."""
        return self.stages[-1].output_shape if self.stages else self.input_shape

    @cached_property
    def depth(self) -> int:
        """Layers with weights, as the papers count them.

        The branches' convolutions, the stem's first one and the last linear layer (He et al. 2015, section 4.2), with
        the hidden linear layers before it (Simonyan & Zisserman 2015, Table 1).
        """
        counts = {id(placed.block): placed.block.branch_convolutions for _, placed in self.placed_blocks()}
        ends = (max(1, placed.block.linear_layers) for _, placed in self.placed_blocks() if not placed.path)
        return sum(counts[id(placed.block)] for _, placed in self.placed_blocks() if placed.path) + sum(ends)

    def placed_blocks(self) -> Iterator[tuple[Stage, PlacedBlock]]:
        """Every block with its stage, in running order."""
        for stage in self.stages:
            for placed in stage.blocks:
                yield stage, placed

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Every op with its path in the whole network, in running order."""
        for _, placed in self.placed_blocks():
            for node in placed.block.nodes:
                yield placed.node_path(node), node
