"""A toy entry for every table of variants, made of existing ops: one entry in one table must be enough.

`with toy_variant("skip") as spec:` adds the entry under the key `toy` and gives a small network that uses it; inside,
controls, checks, counts, drawing, code and torch must handle it. Afterwards the table is as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from explorer.model import CONTROLS, ModelSpec, assemble, ops
from explorer.model.field_types import Choice
from explorer.model.variants import (
    ACTIVATIONS,
    ANTIALIASES,
    ATTENTIONS,
    BLOCKS,
    CLOSINGS,
    DROP_MODES,
    EPSILONS,
    HEAD_POOLS,
    NORMS,
    ORDERS,
    PADDINGS,
    SHORTCUTS,
    SKIPS,
    STEM_POOLS,
    STEMS,
    STRIDE_BLOCKS,
    STRIDES,
    TRANSITIONS,
    Variant,
)
from explorer.model.variants.attention import Antialias, Attention
from explorer.model.variants.blocks import BlockKind, Convolution
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.dropping import DropMode
from explorer.model.variants.heads import Closing, HeadPool
from explorer.model.variants.layers import Activation, Epsilon, Normalisation
from explorer.model.variants.orders import Order
from explorer.model.variants.shortcuts import Shortcut
from explorer.model.variants.skips import Skip, Terms
from explorer.model.variants.stems import StemKind, StemPool
from explorer.model.variants.strides import Padding, StrideBlock, StridePlace
from explorer.model.variants.transitions import Transition
from explorer.model.variants.unit import Unit

KEY = "toy"
WORDS: dict[str, Any] = {
    "label": "toy label",
    "help": "A toy that shows that one entry is enough.",
    "source": "nobody 2026",
}
SMALL: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (2, 2),
    "stage_widths": (8, 16),
    "stem_width": 8,
    "image_size": 32,
    "num_classes": 5,
}


@dataclass(frozen=True)
class Toy:
    """One entry, and what shows that it is used."""

    table: dict[str, Any]
    entry: Variant
    op: ops.Op
    """An op that is in the network only because of the entry."""
    count: int
    """How often."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What else the network needs."""


def _halve_the_shortcut(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    builder.role = "shortcut"
    return terms._replace(shortcut=builder.add("halved", ops.Scale(0.5), terms.shortcut))


def _pool_and_pad(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    pooled = builder.add("pool", ops.AvgPool2d(unit.stride, unit.stride), x)
    return builder.add("pad", ops.PadShortcut(unit.out_channels, 1), pooled)


def _gate_by_two_branches(builder: Builder, x: Tensor) -> Tensor:
    """Two branches are added to make the gate, as in CBAM (Woo et al. 2018); their sum is no residual sum."""
    builder.role = "attention"
    convolution = ops.Conv2d(x.channels, x.channels, kernel_size=1)
    first = builder.add("first", convolution, builder.add("mean", ops.AdaptiveAvgPool2d(), x))
    second = builder.add("second_mean", ops.AdaptiveAvgPool2d(), builder.add("second", convolution, x))
    gate = builder.add("both", ops.Add(), first, second)
    builder.role = "branch"
    return builder.add("weighed", ops.Multiply(), x, gate)


def _five(builder: Builder, x: Tensor) -> Tensor:
    return builder.conv("conv1", x, builder.spec.stem_width, 5, stride=2)


def _unpooled(builder: Builder, x: Tensor) -> Tensor:
    return x


def _two_pixels(builder: Builder, x: Tensor) -> Tensor:
    return builder.add("maxpool", ops.MaxPool2d(2, 2), x)


def _shrink(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    if unit.stride > 1:
        x = builder.add("shrink", ops.AvgPool2d(unit.stride, unit.stride), x)
    return builder.conv("wider", x, unit.out_channels, 1)


def _triple(spec: ModelSpec, unit: Unit) -> tuple[Convolution, ...]:
    width = unit.out_channels
    return (Convolution(width, 3, strides=True), Convolution(width, 5, groups=width), Convolution(width, 3))


TOYS: dict[str, Toy] = {
    "block": Toy(
        BLOCKS,
        BlockKind(**WORDS, layers=3, expansion=1, convolutions=_triple),
        ops.Conv2d(8, 8, 5, 1, 2, 1, 8),
        2,
    ),
    "shortcut": Toy(SHORTCUTS, Shortcut(**WORDS, reshape=_pool_and_pad), ops.PadShortcut(16, 1), 1),
    "skip": Toy(SKIPS, Skip(**WORDS, weigh=_halve_the_shortcut), ops.Scale(0.5), 4),
    "activation_order": Toy(
        ORDERS,
        Order(**WORDS, after=("act", "norm"), after_last=("act",), after_add=("norm",)),
        ops.ReLU(),
        9,
    ),
    "norm": Toy(
        NORMS, Normalisation(**WORDS, layer=lambda spec, channels: ops.GroupNorm(1, channels)), ops.GroupNorm(1, 8), 5
    ),
    "norm_eps": Toy(EPSILONS, Epsilon(**WORDS, value=1e-4), ops.BatchNorm2d(8, 1e-4), 5),
    "activation": Toy(
        ACTIVATIONS, Activation(**WORDS, layer=lambda spec, channels: ops.LeakyReLU(0.3)), ops.LeakyReLU(0.3), 9
    ),
    "attention": Toy(ATTENTIONS, Attention(**WORDS, place=_gate_by_two_branches), ops.Multiply(), 4),
    "antialias": Toy(
        ANTIALIASES,
        Antialias(**WORDS, pool=lambda channels, stride, rate: ops.MaxPool2d(stride, stride)),
        ops.MaxPool2d(2, 2),
        2,
    ),
    "drop_path_mode": Toy(
        DROP_MODES, DropMode(**WORDS, mode="batch"), ops.StochasticDepth(0.5, "batch"), 1, {"drop_path": 0.5}
    ),
    "stem": Toy(STEMS, StemKind(**WORDS, convolve=_five, pool=_unpooled), ops.Conv2d(3, 8, 5, 2, 2), 1),
    "stem_pool": Toy(STEM_POOLS, StemPool(**WORDS, place=_two_pixels), ops.MaxPool2d(2, 2), 1),
    "stride_on": Toy(
        STRIDES,
        StridePlace(**WORDS, convolution=0),
        ops.Conv2d(32, 16, 1, 2),
        1,
        {"block": "bottleneck"},
    ),
    "stride_block": Toy(
        STRIDE_BLOCKS,
        StrideBlock(**WORDS, block=lambda blocks: blocks - 1),
        ops.Conv2d(16, 16, 3, 2, 1),
        1,
    ),
    "padding": Toy(PADDINGS, Padding(**WORDS, as_tensorflow=True), ops.SamePad2d(3, 2), 1),
    "closing": Toy(
        CLOSINGS,
        Closing(**WORDS, steps=lambda closing: ("norm", *closing)),
        ops.BatchNorm2d(16),
        6,
        {"activation_order": "relu_only_preact"},
    ),
    "transition": Toy(
        TRANSITIONS,
        Transition(**WORDS, place=_shrink),
        ops.AvgPool2d(2, 2),
        1,
    ),
    "head_pool": Toy(
        HEAD_POOLS,
        HeadPool(**WORDS, place=lambda builder, x: builder.add("toypool", ops.AdaptiveMaxPool2d(), x)),
        ops.AdaptiveMaxPool2d(),
        1,
    ),
}
"""By the spec field whose table the entry joins."""


@contextmanager
def toy_variant(name: str, **changes: Any) -> Iterator[ModelSpec]:
    """The spec of a small network with the toy entry of field `name`, while the entry is in its table.

    `changes` are other fields of the spec.
    """
    toy = TOYS[name]
    kind = CONTROLS[name].kind
    assert isinstance(kind, Choice)
    assert kind.table is toy.table
    toy.table[KEY] = toy.entry
    assemble.cache_clear()
    try:
        yield ModelSpec(**SMALL | {name: KEY} | toy.fields | changes)
    finally:
        del toy.table[KEY]
        # Graphs of the toy must not outlive it.
        assemble.cache_clear()
