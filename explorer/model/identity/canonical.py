"""Whether two specifications build the same network. Their graphs are compared, not their names.

The signature of a graph is everything a module is made of: the ops at their paths, the wiring, the initial constants.
Shapes are not part of it, so a network keeps its signature at another image size.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from explorer.model import ops
from explorer.model.assembly.network import assemble
from explorer.model.controls import CONTROLS
from explorer.model.errors import SpecError
from explorer.model.graph import Block
from explorer.model.ops import Op
from explorer.model.spec import ModelSpec
from explorer.model.spec_values import DEFAULT_VALUES

NodeSignature = tuple[str, Op, tuple[str, ...], tuple[tuple[str, float], ...]]
BlockSignature = tuple[NodeSignature, ...]
Signature = tuple[tuple[str, tuple[tuple[BlockSignature, int], ...]], ...]

NEUTRAL: dict[type[Op], Callable[[Any], bool]] = {
    ops.Scale: lambda op: op.factor == 1.0,
    ops.Dropout: lambda op: op.p == 0.0,
    ops.StochasticDepth: lambda op: op.p == 0.0,
}
"""Ops without parameters that return their input unchanged for some values of their fields."""

REWRITES: tuple[dict[str, Any], ...] = (
    {"skip": "identity", "shortcut": "projection_all"},
    {"activation_order": "preact"},
    {"block": "basic"},
    {"closing": "none"},
)
"""Changes of several fields that may describe the same network: each is tried, and kept if the network is the same."""

FREE_FIELDS = frozenset({"image_size", "image_width"})
"""Fields that no op records; they are never reset."""

MOST_PASSES = 4


@lru_cache(maxsize=512)
def signature(spec: ModelSpec) -> Signature:
    """What the network of `spec` is made of. Equal signatures: same state_dict keys, same function, same start."""
    known: dict[int, BlockSignature] = {}
    stages = []
    for stage in assemble(spec).stages:
        runs: list[tuple[BlockSignature, int]] = []
        for placed, count in stage.runs():
            block = known.get(id(placed.block))
            if block is None:
                block = known[id(placed.block)] = _block_signature(placed.block)
            if runs and runs[-1][0] == block:
                runs[-1] = (block, runs[-1][1] + count)
            else:
                runs.append((block, count))
        stages.append((stage.name, tuple(runs)))
    return tuple(stages)


def _block_signature(block: Block) -> BlockSignature:
    """The nodes without those that change nothing; what reads such a node reads its input instead."""
    renamed: dict[str, str] = {}
    nodes = []
    for node in block.nodes:
        inputs = tuple(renamed.get(name, name) for name in node.inputs)
        is_neutral = NEUTRAL.get(type(node.op))
        if is_neutral is not None and is_neutral(node.op):
            renamed[node.name] = inputs[0]
        else:
            nodes.append((node.name, node.op, inputs, node.init))
    return tuple(nodes)


@lru_cache(maxsize=512)
def canonical(spec: ModelSpec) -> ModelSpec:
    """The spec with every field reset to its default where that changes nothing in the network.

    Specs with equal canonical forms build the same network at the same image size.
    """
    for _ in range(MOST_PASSES):
        before = spec
        for change in REWRITES:
            spec = _unless_different(spec, change)
        for change in _resets(spec):  # the last word, so that a default that is the same network wins
            spec = _unless_different(spec, change)
        if spec == before:
            break
    return spec


def _resets(spec: ModelSpec) -> list[dict[str, Any]]:
    return [{name: DEFAULT_VALUES[name]} for name in CONTROLS if name in spec.changes() and name not in FREE_FIELDS]


def _unless_different(spec: ModelSpec, change: dict[str, Any]) -> ModelSpec:
    """The changed spec if it is valid and builds the same network, else `spec` itself."""
    try:
        changed = replace(spec, **change)
    except SpecError:
        return spec
    return changed if signature(changed) == signature(spec) else spec
