"""The rule of filters: layers on maps of one size have one number of filters; half the side, twice the filters.

He et al. 2015, section 3.3: so that every layer takes the same time. Here the multiply-adds (MACs) show it.
"""

from typing import NamedTuple

from explorer.model import Graph
from explorer.model.ops import Conv2d, Shape


class StageLayers(NamedTuple):
    """The widest kernels of one stage: their output, and the MACs of one of them for one image."""

    stage: str
    output_shape: Shape
    """Filters, height and width in pixels."""
    macs: int
    """Of a convolution that reads and writes this stage's map; 0 where the stage has none."""
    entering_macs: int
    """Of the convolution that enters the stage: the one that halves the map; 0 where none does."""


def stage_layers(graph: Graph) -> tuple[StageLayers, ...]:
    """One entry for each stage of blocks, in order. Only 3x3 convolutions of the branches are looked at."""
    found = []
    for stage in graph.stages:
        layers = [
            (node.op, node.cost.macs)
            for placed in stage.blocks
            for node in placed.block.nodes
            if placed.path and node.role == "branch" and isinstance(node.op, Conv2d) and node.op.kernel_size == KERNEL
        ]
        if layers:
            inside = [macs for op, macs in layers if op.stride == 1]
            entering = [macs for op, macs in layers if op.stride > 1]
            found.append(StageLayers(stage.name, stage.output_shape, max(inside, default=0), max(entering, default=0)))
    return tuple(found)


KERNEL = 3
"""Side of the kernels that the rule is stated for."""
