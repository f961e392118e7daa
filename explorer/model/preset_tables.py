"""The rows of known networks, family by family."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One network: the fields in which it differs from its family."""

    name: str
    title: str
    fields: dict[str, Any]
    source: str = ""


@dataclass(frozen=True)
class Table:
    """A family of networks: what they share, and its rows."""

    family: str
    source: str
    common: dict[str, Any]
    rows: tuple[Row, ...] = field(default=())


IMAGENET_DEPTHS: dict[int, tuple[str, tuple[int, ...]]] = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
    200: ("bottleneck", (3, 24, 36, 3)),
}
"""Block and blocks per stage by depth (He et al. 2015, Table 1; 200: He et al. 2016)."""


def _imagenet(depth: int, **changes: Any) -> dict[str, Any]:
    block, stage_blocks = IMAGENET_DEPTHS[depth]
    return {"block": block, "stage_blocks": stage_blocks} | changes


def _thirds(depth: int, convolutions: int) -> tuple[int, int, int]:
    """Three equal stages: depth = 3 * convolutions * n + 2 (He et al. 2015, section 4.2)."""
    blocks = (depth - 2) // (3 * convolutions)
    return (blocks, blocks, blocks)


TORCHVISION = Table(
    "torchvision",
    "torchvision.models.resnet",
    {},
    (
        *(Row(f"resnet{depth}", f"ResNet-{depth}", _imagenet(depth)) for depth in (18, 34, 50, 101, 152)),
        Row("resnext50_32x4d", "ResNeXt-50 32x4d", _imagenet(50, cardinality=32, base_width=4)),
        Row("resnext101_32x8d", "ResNeXt-101 32x8d", _imagenet(101, cardinality=32, base_width=8)),
        Row("resnext101_64x4d", "ResNeXt-101 64x4d", _imagenet(101, cardinality=64, base_width=4)),
        Row("wide_resnet50_2", "Wide ResNet-50-2", _imagenet(50, base_width=128)),
        Row("wide_resnet101_2", "Wide ResNet-101-2", _imagenet(101, base_width=128)),
    ),
)

CIFAR_COMMON: dict[str, Any] = {
    "block": "basic",
    "stage_widths": (16, 32, 64),
    "stem": "cifar",
    "stem_width": 16,
    "image_size": 32,
    "num_classes": 10,
}

CIFAR_RESNET = Table(
    "CIFAR residual",
    "He et al. 2015, section 4.2",
    CIFAR_COMMON | {"shortcut": "pad"},
    tuple(
        Row(f"cifar_resnet{depth}", f"CIFAR ResNet-{depth}", {"stage_blocks": _thirds(depth, 2)})
        for depth in (20, 32, 44, 56, 110, 1202)
    ),
)

CIFAR_PLAIN = Table(
    "CIFAR plain",
    "He et al. 2015, section 4.2",
    CIFAR_COMMON | {"shortcut": "none"},
    tuple(
        Row(f"cifar_plain{depth}", f"CIFAR plain-{depth}", {"stage_blocks": _thirds(depth, 2)})
        for depth in (20, 32, 44, 56, 110)
    ),
)

TABLES: tuple[Table, ...] = (TORCHVISION, CIFAR_RESNET, CIFAR_PLAIN)
