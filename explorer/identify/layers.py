"""The layers of a file and of a network, in order of definition: what both are compared by."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import NamedTuple

from explorer.identify.records import StoredTensor
from explorer.model import ModelSpec, assemble
from explorer.model.graph import Stage
from explorer.model.ops import Op, Shape

LEAVES: dict[str, str] = {
    name: leaf
    for leaf, names in {
        "weight": ("weight", "weight_orig", "kernel", "gamma", "alpha"),
        "bias": ("bias", "bias_orig", "beta"),
        "running_mean": ("running_mean", "moving_mean"),
        "running_var": ("running_var", "moving_variance"),
        "num_batches_tracked": ("num_batches_tracked",),
    }.items()
    for name in names
}
"""What libraries call a layer's tensors, and torch's name. `weight_orig` is a pruned layer's weight before its mask."""

BESIDE = frozenset({"total_ops", "total_params", "weight_mask", "bias_mask"})
"""Tensors that tools put beside a layer's own: thop's totals and masks of pruning."""

COUNTER = "num_batches_tracked"
STATISTICS = ("weight", "bias", "running_mean", "running_var")
Signature = tuple[str | int, ...]
"""The kind of a layer and its sizes. A matrix is a 1x1 convolution: sources write classifiers in both ways."""


class Part(NamedTuple):
    """One tensor of a layer: torch's name for it, and the name by which its file or network has it."""

    leaf: str
    name: str
    shape: Shape


@dataclass(frozen=True)
class Layer:
    """A layer with its tensors; `name` is what their names have in common."""

    name: str
    parts: tuple[Part, ...]
    signature: Signature

    @property
    def parameters(self) -> int:
        """How many numbers the layer has, without its counter."""
        return sum(prod(part.shape) for part in self.parts if part.leaf != COUNTER)


def signature_of(shapes: dict[str, Shape]) -> Signature:
    """The kind and sizes of a layer with these tensors, by torch's names."""
    weight = shapes.get("weight")
    if weight is None:
        return ("other", *(side for shape in shapes.values() for side in shape))
    biased = int("bias" in shapes)
    if len(weight) in {2, 4}:
        return ("conv", *weight, *(1, 1)[: 4 - len(weight)], biased)
    if len(weight) == 1 and biased:
        return ("batch" if "running_var" in shapes else "affine", *weight)
    return ("vector" if len(weight) == 1 else "other", *weight)


Pairs = dict[str, Layer]
"""A file's layer of each of a network's layers, by the latter's name."""


# A file's layers ------------------------------------------------------------------------------------------------------


def file_layers(tensors: Sequence[tuple[str, Shape]]) -> tuple[Layer, ...]:
    """The layers of named shapes, in the order of each layer's first tensor but for counters, which may stand apart.

    Tensors belong together where they share a name but for torch's, or Keras', word for each; where no such words are,
    those of equal length that follow one another.
    """
    known = [(name, shape) for name, shape in tensors if _leaf(name) not in BESIDE]
    groups: dict[str, list[Part]] = {}
    if all(_leaf(name) in LEAVES for name, _ in known):
        for name, shape in sorted(known, key=lambda each: LEAVES[_leaf(each[0])] == COUNTER):
            groups.setdefault(_parent(name), []).append(Part(LEAVES[_leaf(name)], name, shape))
        return tuple(_layer(name, parts) for name, parts in groups.items())
    return tuple(_by_lengths(known))


def _layer(name: str, parts: Sequence[Part]) -> Layer:
    shapes = {part.leaf: part.shape for part in parts if part.leaf != COUNTER}
    return Layer(name, tuple(parts), signature_of(shapes))


def _parent(name: str) -> str:
    return re.split(r"[./](?=[^./]*$)", name)[0]


def _leaf(name: str) -> str:
    return re.split(r"[./]", name)[-1].removesuffix(":0")


def _by_lengths(tensors: Iterable[tuple[str, Shape]]) -> Iterator[Layer]:
    """Layers of tensors whose names say nothing: a weight begins one, and vectors of one length are told by number.

    A counter ends a batch norm.
    """
    rest: list[tuple[str, Shape]] = []
    for name, shape in tensors:
        norm = rest[-len(STATISTICS) :]
        if len(shape) > 1:
            yield from _split(rest)
            rest = [(name, shape)]
        elif not shape and len(norm) == len(STATISTICS) and {len(each) for _, each in norm} == {1}:
            yield from _split(rest[: -len(STATISTICS)])
            yield _vectors([*norm, (name, shape)])
            rest = []
        elif rest and len(rest[-1][1]) == 1 and rest[-1][1] != shape:
            yield from _split(rest)
            rest = [(name, shape)]
        else:
            rest.append((name, shape))
    yield from _split(rest)


def _vectors(found: Sequence[tuple[str, Shape]]) -> Layer:
    return _layer(found[0][0], [Part(leaf, *each) for leaf, each in zip((*STATISTICS, COUNTER), found, strict=False)])


def _split(tensors: Sequence[tuple[str, Shape]]) -> Iterator[Layer]:
    """A kernel, if the first is one, with its bias if the number of vectors is odd; norms of four or two vectors."""
    rest = list(tensors)
    if rest and len(rest[0][1]) > 1:
        name, shape = rest.pop(0)
        weight = Part("weight", name, shape)
        has_bias = len(rest) % 2 == 1 and rest[0][1] == weight.shape[:1]
        yield _layer(name, [weight, *([Part("bias", *rest.pop(0))] if has_bias else ())])
    size = 4 if len(rest) % 4 == 0 else 2 if len(rest) % 2 == 0 else 1
    for start in range(0, len(rest), size):
        yield _vectors(rest[start : start + size])


# A network's layers ---------------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """The layers of one block of a network: of the stem, of a residual unit, or of the head."""

    path: str
    layers: tuple[Layer, ...]
    shortcut: frozenset[str]
    """The names of those that stand on the shortcut."""


@lru_cache(maxsize=256)
def network_units(spec: ModelSpec) -> tuple[Unit, ...]:
    """The layers with tensors of the network of `spec`, by block, in the order in which its module registers them."""
    return tuple(unit for stage in assemble(spec).stages for unit in _stage_units(stage))


@lru_cache(maxsize=512)
def shape_counts(spec: ModelSpec) -> Counter[Signature]:
    """How often the network of `spec` has each kind and size of layer."""
    counts: Counter[Signature] = Counter()
    for stage in assemble(spec).stages:
        for placed, count in stage.runs():
            for node in placed.block.nodes:
                if shapes := tensors_of_op(node.op):
                    counts[signature_of(shapes)] += count
    return counts


NamedRun = tuple[str, tuple[tuple[str, Signature], ...], int]


@lru_cache(maxsize=512)
def named_runs(spec: ModelSpec) -> tuple[NamedRun, ...]:
    """The layers' names and shapes, block by block, equal blocks that follow one another counted."""
    runs: list[NamedRun] = []
    for stage in assemble(spec).stages:
        for placed, count in stage.runs():
            shapes = ((node.name, tensors_of_op(node.op)) for node in placed.block.nodes)
            layers = tuple((name, signature_of(each)) for name, each in shapes if each)
            if runs and runs[-1][:2] == (stage.name, layers):
                runs[-1] = (stage.name, layers, runs[-1][2] + count)
            else:
                runs.append((stage.name, layers, count))
    return tuple(runs)


def _stage_units(stage: Stage) -> Iterator[Unit]:
    for placed in stage.blocks:
        layers, shortcut = [], set()
        for node in placed.block.nodes:
            shapes = tensors_of_op(node.op)
            if not shapes:
                continue
            path = placed.node_path(node)
            parts = tuple(Part(leaf, f"{path}.{leaf}", shape) for leaf, shape in shapes.items())
            layers.append(Layer(path, parts, signature_of(shapes)))
            if node.role in {"shortcut", "gate"}:
                shortcut.add(path)
        yield Unit(placed.path or stage.name, tuple(layers), frozenset(shortcut))


def tensors_of_op(op: Op) -> dict[str, Shape]:
    """The parameters and statistics of an op by torch's names."""
    return op.parameters() | op.buffers()


def named_shapes(tensors: Iterable[StoredTensor]) -> list[tuple[str, Shape]]:
    """The names and shapes of stored tensors."""
    return [(tensor.name, tensor.shape) for tensor in tensors]
