"""Measured times of a network's blocks on this machine, for the Build page and its picture."""

from collections.abc import Mapping

from explorer.experiments.measurement_cache import newest_measurement
from explorer.model import ModelSpec, assemble
from explorer.outputs.drawing.overview.plan import drawn_ops


def measured_block_seconds(spec: ModelSpec) -> Mapping[str, float] | None:
    """Median seconds of the forward pass of each part that the overview draws; None where it was not measured.

    Keys are the blocks' paths, and in stem and head the names of the drawn ops, each with the ops up to the next drawn
    one: the keys of `outputs.drawing.colouring.Colouring.values`. The sum is the whole pass without the time between
    hooks.
    """
    found = newest_measurement(spec)
    if found is None:
        return None
    network = found.networks[0]
    seconds = {each.block: each.seconds for each in network.blocks}
    ops = {each.block: each.seconds for each in network.ops}
    for stage in assemble(spec).stages:
        if not stage.blocks[0].path:
            seconds.pop(stage.name, None)
            seconds |= {nodes[0].name: sum(ops.get(node.name, 0.0) for node in nodes) for nodes in drawn_ops(stage)}
    return seconds
