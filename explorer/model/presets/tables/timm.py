"""Networks of timm (Wightman, pytorch-image-models): other stems, attention, anti-aliasing, RS, group norm, V2, BiT.

Names and counts are timm's; tests compare every row with timm itself.
"""

from collections.abc import Iterable
from typing import Any

from explorer.language import N_
from explorer.model.presets.tables.rows import IMAGENET_WIDTHS, PREACT, Fields, Row, Table, imagenet
from explorer.model.presets.tables.titles import title_of

RESNET, SENET, RESNET_V2 = "timm.models.resnet", "timm.models.senet", "timm.models.resnetv2"

DEEP: Fields = {"stem": "deep", "stem_width": 32}
D: Fields = DEEP | {"shortcut": "avg_projection"}
T: Fields = D | {"stem": "deep_tiered"}
S: Fields = {"stem": "deep", "stem_width": 64}
SE: Fields = {"attention": "se"}
ECA: Fields = {"attention": "eca"}
BLUR: Fields = {"antialias": "blur"}
AVERAGE: Fields = {"antialias": "avg"}
X4: Fields = {"cardinality": 32, "base_width": 4}
X8: Fields = {"cardinality": 32, "base_width": 8}
LEGACY: Fields = SE | {"stride_on": "1x1", "stem_pool": "max_ceil"}
RS: Fields = D | {"stem_pool": "conv", "attention": "se", "attention_reduction": 4}

LETTERS: dict[str, Fields] = {"c": DEEP, "d": D, "s": S, "t": T, "": {}}


def _row(name: str, depth: int, *parts: Fields, **changes: Any) -> Row:
    fields = imagenet(depth)
    for part in (*parts, changes):
        fields = fields | part
    return Row(name, title_of(name), fields)


def _lettered(prefix: str, names: Iterable[str], *parts: Fields, suffix: str = "") -> tuple[Row, ...]:
    """`50d` after a prefix: ResNet-50 with stem and shortcut of the letter."""
    rows = []
    for name in names:
        letter = name.lstrip("0123456789")
        rows.append(_row(f"{prefix}{name}{suffix}", int(name.removesuffix(letter)), LETTERS[letter], *parts))
    return tuple(rows)


STEMS = Table(
    N_("stems and shortcuts"),
    N_("He T. et al. 2019 (bag of tricks), -C and -D; timm, -S and -T"),
    {},
    (
        _row("resnet26", 26),
        *_lettered("resnet", ("10t", "14t", "18d", "26d", "26t", "34d", "50c", "50d", "50s", "50t")),
        *_lettered("resnet", ("101c", "101d", "101s", "152c", "152d", "152s", "200d")),
        _row("resnext50d_32x4d", 50, D, X4),
        _row("resnext101_32x16d", 101, cardinality=32, base_width=16),
        _row("resnext101_32x32d", 101, cardinality=32, base_width=32),
        _row("resnet50_gn", 50, norm="group"),
    ),
    RESNET,
)

ATTENTION = Table(
    N_("attention"),
    N_("Hu et al. 2018 (SE); Wang et al. 2020 (ECA); timm"),
    {},
    (
        *_lettered("seresnet", ("18", "34", "50", "50t", "101", "152", "152d", "200d", "269d"), SE),
        *_lettered("seresnext", ("26d", "26t", "50", "101"), SE, X4, suffix="_32x4d"),
        *_lettered("seresnext", ("101", "101d"), SE, X8, suffix="_32x8d"),
        _row("seresnext101_64x4d", 101, SE, cardinality=64, base_width=4),
        *_lettered("ecaresnet", ("26t", "50d", "50t", "101d", "200d", "269d"), ECA),
        *_lettered("ecaresnext", ("26t", "50t"), ECA, X4, suffix="_32x4d"),
        _row("ecaresnetlight", 50, ECA, stage_blocks=(1, 1, 11, 3), stem_width=64, shortcut="avg_projection"),
    ),
    RESNET,
)

LEGACY_ATTENTION = Table(
    ATTENTION.family, ATTENTION.source, {}, _lettered("legacy_seresnet", ("50", "101", "152"), LEGACY), SENET
)

ANTIALIASED = Table(
    N_("anti-aliased"),
    N_("Zhang 2019; timm"),
    {},
    (
        *_lettered("resnetblur", ("18", "50", "50d", "101d"), BLUR),
        *_lettered("resnetaa", ("34d", "50", "50d", "101d"), AVERAGE),
        *_lettered("seresnetaa", ("50d",), AVERAGE, SE),
        _row("seresnextaa101d_32x8d", 101, D, AVERAGE, SE, X8),
        _row("seresnextaa201d_32x8d", 200, D, AVERAGE, SE, X8, stage_blocks=(3, 24, 36, 4), stem_width=64),
    ),
    RESNET,
)

RS_STAGES: dict[int, tuple[int, ...]] = {
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
    270: (4, 29, 53, 4),
    350: (4, 36, 72, 4),
    420: (4, 44, 87, 4),
}

RESNET_RS = Table(
    N_("ResNet-RS"),
    N_("Bello et al. 2021, Table 3 and appendix"),
    RS,
    tuple(
        Row(f"resnetrs{depth}", f"ResNet-RS-{depth}", {"stage_blocks": blocks}) for depth, blocks in RS_STAGES.items()
    ),
    RESNET,
)

V2 = Table(
    N_("ResNet V2"),
    N_("He et al. 2016; timm"),
    PREACT | {"first_shortcut_preact": False},
    (
        *_lettered("resnetv2_", ("18", "18d", "34", "34d", "50", "50d", "50t", "101", "101d", "152", "152d")),
        _row("resnetv2_50d_gn", 50, D, norm="group"),
    ),
    RESNET_V2,
)


def _bit(depth: int, factor: int) -> Row:
    widths = tuple(width * factor for width in IMAGENET_WIDTHS)
    fields = imagenet(depth, stage_widths=widths, stem_width=64 * factor)
    return Row(f"resnetv2_{depth}x{factor}_bit", f"BiT-R{depth}x{factor}", fields)


BIT = Table(
    N_("BiT"),
    N_("Kolesnikov et al. 2020, section 3"),
    PREACT
    | {"norm": "group", "weight_standardization": True, "stem_pool": "max_zeros", "first_shortcut_preact": False},
    tuple(_bit(depth, factor) for depth, factor in ((50, 1), (50, 3), (101, 1), (101, 3), (152, 2), (152, 4))),
    RESNET_V2,
)

TABLES = (STEMS, ATTENTION, LEGACY_ATTENTION, ANTIALIASED, RESNET_RS, V2, BIT)
