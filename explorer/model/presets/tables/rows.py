"""Rows and tables of known networks, and the stages that several families share."""

from dataclasses import dataclass, field
from typing import Any

from explorer.language import Text, joined

Fields = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One network: the fields in which it differs from its family."""

    name: str
    title: Text
    """A sentence where it has words; a name and numbers alone are no text."""
    fields: Fields
    source: str = ""
    depth: int | None = None
    """The depth that its paper gives, where the paper counts otherwise than `Graph.depth`."""


@dataclass(frozen=True)
class Table:
    """A family of networks: what they share, and its rows."""

    family: str
    source: str
    common: Fields
    rows: tuple[Row, ...] = field(default=())
    library: str = ""
    """The module of a library that has these networks, such as `timm.models.resnet`; empty where none is compared."""


IMAGENET_DEPTHS: dict[int, tuple[str, tuple[int, ...]]] = {
    10: ("basic", (1, 1, 1, 1)),
    14: ("bottleneck", (1, 1, 1, 1)),
    18: ("basic", (2, 2, 2, 2)),
    26: ("bottleneck", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
    200: ("bottleneck", (3, 24, 36, 3)),
    269: ("bottleneck", (3, 30, 48, 8)),
}
"""Block and blocks per stage by depth.

18 to 152: He et al. 2015, Table 1; 200: He et al. 2016, section 5; 10, 14, 26: timm; 269: Hu et al. 2018's depth, timm.
"""

IMAGENET_WIDTHS = (64, 128, 256, 512)

CIFAR_COMMON: Fields = {
    "block": "basic",
    "stage_widths": (16, 32, 64),
    "stem": "cifar",
    "stem_width": 16,
    "image_size": 32,
    "num_classes": 10,
}
"""What all CIFAR networks of He et al. share (He et al. 2015, section 4.2)."""

PREACT: Fields = {"activation_order": "preact", "stem_norm": False}
"""Full pre-activation as the authors published it: the first unit's opening norm takes the stem's place."""


def imagenet(depth: int, **changes: Any) -> Fields:
    """Block and stages of an ImageNet network, and what else differs."""
    block, stage_blocks = IMAGENET_DEPTHS[depth]
    return {"block": block, "stage_blocks": stage_blocks} | changes


def thirds(depth: int, convolutions: int, offset: int = 2) -> tuple[int, int, int]:
    """Three equal stages: depth = 3 * convolutions * n + offset (He et al. 2015, section 4.2; Wide ResNets count 4)."""
    blocks, rest = divmod(depth - offset, 3 * convolutions)
    if rest:
        raise ValueError(f"no three equal stages have {depth} layers with {convolutions} convolutions a block")
    return (blocks, blocks, blocks)


def with_hundred_classes(row: Row) -> Row:
    """The same network for CIFAR-100."""
    return Row(
        f"{row.name}_c100",
        joined(", ", row.title, "CIFAR-100"),
        row.fields | {"num_classes": 100},
        row.source,
        row.depth,
    )
