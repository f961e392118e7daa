"""CIFAR networks of the papers."""

from explorer.language import N_
from explorer.model.presets.tables.rows import (
    CIFAR_COMMON,
    IMAGENET_WIDTHS,
    PREACT,
    Fields,
    Row,
    Table,
    imagenet,
    thirds,
    with_hundred_classes,
)

BASIC_DEPTHS = (20, 32, 44, 56, 110, 1202)


def _basic(depth: int) -> Fields:
    return {"stage_blocks": thirds(depth, 2)}


RESIDUAL = Table(
    N_("CIFAR residual"),
    N_("He et al. 2015, section 4.2"),
    CIFAR_COMMON | {"shortcut": "pad"},
    tuple(Row(f"cifar_resnet{depth}", f"CIFAR ResNet-{depth}", _basic(depth)) for depth in BASIC_DEPTHS),
)

PLAIN = Table(
    N_("CIFAR plain"),
    N_("He et al. 2015, section 4.2"),
    CIFAR_COMMON | {"shortcut": "none"},
    tuple(Row(f"cifar_plain{depth}", f"CIFAR plain-{depth}", _basic(depth)) for depth in BASIC_DEPTHS[:-1]),
)

OPTION_B = Table(
    N_("CIFAR residual, option B"),
    N_("osmr/imgclsmob; not the paper's CIFAR networks"),
    CIFAR_COMMON,
    tuple(Row(f"cifar_resnet{depth}_b", f"CIFAR ResNet-{depth}, option B", _basic(depth)) for depth in BASIC_DEPTHS),
)

SHORTCUTS = Table(
    N_("CIFAR shortcuts"),
    N_("He et al. 2016, Table 1"),
    CIFAR_COMMON | {"shortcut": "pad", "stage_blocks": thirds(110, 2)},
    (
        Row("cifar_resnet110_scale_0", "CIFAR ResNet-110, lambda 0 on x", {"skip": "scale", "skip_scale": 0.0}),
        Row("cifar_resnet110_scale_05", "CIFAR ResNet-110, lambda 0.5 on x", {"skip": "scale", "skip_scale": 0.5}),
        Row(
            "cifar_resnet110_scale_05_05",
            "CIFAR ResNet-110, 0.5 on x and on F",
            {"skip": "scale", "skip_scale": 0.5, "residual_scale": 0.5},
        ),
        *(
            Row(
                f"cifar_resnet110_{gate}_b{bias}",
                f"CIFAR ResNet-110, {gate.replace('_', ' ')}, initial bias {-bias}",
                {"skip": gate, "gate_bias": float(-bias)},
            )
            for gate, biases in (("exclusive_gate", (0, 6, 7)), ("shortcut_gate", (0, 6)))
            for bias in biases
        ),
        Row("cifar_resnet110_conv1x1", "CIFAR ResNet-110, 1x1 convolution on every shortcut", {"skip": "conv1x1"}),
        Row(
            "cifar_resnet110_skip_dropout",
            "CIFAR ResNet-110, dropout 0.5 on x",
            {"skip": "dropout", "skip_dropout": 0.5},
        ),
    ),
)

ORDERS: tuple[tuple[str, str, Fields], ...] = (
    ("resnet{}", "CIFAR ResNet-{}", {}),
    ("resnet{}_bn_after_add", "CIFAR ResNet-{}, BN after addition", {"activation_order": "bn_after_add"}),
    ("resnet{}_relu_before_add", "CIFAR ResNet-{}, ReLU before addition", {"activation_order": "relu_before_add"}),
    (
        "resnet{}_relu_only_preact",
        "CIFAR ResNet-{}, ReLU-only pre-activation",
        {"activation_order": "relu_only_preact"},
    ),
    ("preact{}", "CIFAR pre-activation ResNet-{}", PREACT),
)
"""The five units of He et al. 2016, Fig. 4."""


def _ordered(depth: int, convolutions: int, orders: tuple[tuple[str, str, Fields], ...]) -> tuple[Row, ...]:
    stages = {"stage_blocks": thirds(depth, convolutions)}
    return tuple(
        Row(f"cifar_{name.format(depth)}", title.format(depth), stages | order) for name, title, order in orders
    )


ORDERS_110 = Table(
    N_("CIFAR orders"), N_("He et al. 2016, Table 2"), CIFAR_COMMON | {"shortcut": "pad"}, _ordered(110, 2, ORDERS[1:])
)

BOTTLENECKS: tuple[Row, ...] = (*_ordered(164, 3, ORDERS), *_ordered(1001, 3, (ORDERS[0], ORDERS[-1])))

ONE_LAYER = Table(
    N_("CIFAR, one layer a unit"),
    N_("He et al. 2016, Table 3, ResNet-110(1layer)"),
    CIFAR_COMMON | {"block": "single", "shortcut": "pad", "stage_blocks": thirds(110, 1)},
    (
        Row("cifar_resnet110_1layer", "CIFAR ResNet-110, one layer a unit", {}),
        Row("cifar_preact110_1layer", "CIFAR pre-activation ResNet-110, one layer a unit", PREACT),
    ),
)
"""A shortcut over each single convolution."""

ORDERS_164 = Table(
    N_("CIFAR bottlenecks"),
    N_("He et al. 2016, Tables 2 and 3; resnet-1k-layers"),
    CIFAR_COMMON | {"block": "bottleneck", "stride_on": "1x1"},
    (
        *BOTTLENECKS,
        *(
            with_hundred_classes(row)
            for row in BOTTLENECKS
            if row.name in {"cifar_resnet164", "cifar_preact164", "cifar_resnet1001", "cifar_preact1001"}
        ),
    ),
)

STOCHASTIC: tuple[Row, ...] = tuple(
    Row(f"cifar_stochastic{depth}", f"CIFAR ResNet-{depth}, stochastic depth", _basic(depth)) for depth in (110, 1202)
)

STOCHASTIC_DEPTH = Table(
    N_("CIFAR stochastic depth"),
    N_("Huang et al. 2016, section 4"),
    CIFAR_COMMON | {"shortcut": "pad", "drop_path": 0.5, "drop_path_mode": "batch"},
    (*STOCHASTIC, with_hundred_classes(STOCHASTIC[0])),
)


def _wide(depth: int, k: int, dropout: float = 0.0) -> Row:
    """WRN-depth-k: depth counts the convolutions, those of the three projections too, so n = (depth - 4) / 6.

    Zagoruyko & Komodakis 2016, section 3; the linear layer is not counted.
    """
    name, title = f"cifar_wrn{depth}_{k}", f"WRN-{depth}-{k}"
    fields = {"stage_blocks": thirds(depth, 2, offset=4), "stage_widths": (16 * k, 32 * k, 64 * k)}
    if dropout:
        return Row(f"{name}_dropout", f"{title} with dropout", fields | {"block_dropout": dropout}, depth=depth)
    return Row(name, title, fields, depth=depth)


def _on_svhn(depth: int, k: int) -> Row:
    """Street View House Numbers: stronger dropout (Zagoruyko & Komodakis 2016, section 3)."""
    fields = _wide(depth, k).fields | {"block_dropout": 0.4}
    return Row(f"svhn_wrn{depth}_{k}_dropout", f"WRN-{depth}-{k} with dropout, SVHN", fields, depth=depth)


WIDE_SHAPES = (
    *((40, 1), (40, 2), (40, 4), (40, 8), (28, 10), (28, 12), (22, 8), (22, 10), (16, 8), (16, 10)),
    *((16, 4), (52, 1)),
)
DROPPED_SHAPES = ((16, 4), (28, 10), (52, 1), (40, 10))
WIDE_ROWS = (
    *(_wide(depth, k) for depth, k in WIDE_SHAPES),
    *(_wide(depth, k, dropout=0.3) for depth, k in DROPPED_SHAPES),
)

WIDE = Table(
    N_("CIFAR wide"),
    N_("Zagoruyko & Komodakis 2016, Tables 3 to 6 and 9"),
    CIFAR_COMMON | PREACT,
    (
        *WIDE_ROWS,
        *map(with_hundred_classes, WIDE_ROWS),
        _wide(28, 2),
        Row(
            "cifar_wrn40_2_1conv",
            "WRN-40-2, one convolution a block",
            {"block": "single", "stage_blocks": thirds(40, 1, offset=4), "stage_widths": (32, 64, 128)},
            depth=40,
        ),
        *(_on_svhn(*shape) for shape in ((16, 4), (16, 8), (52, 1))),
    ),
)


KUANGLIU = Table(
    N_("CIFAR, ImageNet's widths"),
    N_("kuangliu/pytorch-cifar"),
    CIFAR_COMMON | {"stage_widths": IMAGENET_WIDTHS, "stem_width": 64},
    tuple(
        Row(f"kuangliu_resnet{depth}", f"ResNet-{depth} for CIFAR, ImageNet's widths", imagenet(depth))
        for depth in (18, 34, 50)
    ),
)
"""The most copied CIFAR networks of public code; none of them is in a paper."""

KUANGLIU_PREACT = Table(
    N_("CIFAR, ImageNet's widths"),
    N_("kuangliu/pytorch-cifar, PreActResNet"),
    KUANGLIU.common | PREACT | {"first_shortcut_preact": False, "closing": "none"},
    tuple(
        Row(f"kuangliu_preact{depth}", f"Pre-activation ResNet-{depth} for CIFAR, ImageNet's widths", imagenet(depth))
        for depth in (18, 34, 50)
    ),
)
"""The last sum goes to the pool without norm and activation."""


RESNET_9 = Table(
    N_("CIFAR, DAWNBench"),
    N_("Page 2018, How to train your ResNet"),
    CIFAR_COMMON,
    (
        Row(
            "resnet9",
            "ResNet-9",
            {
                "stage_blocks": (1, 0, 1),
                "stage_widths": (128, 256, 512),
                "stage_strides": (2, 2, 2),
                "transition": "conv_pool",
                "activation_order": "relu_before_add",
                "stem_width": 64,
                "head_pool": "max",
                "head_bias": False,
                "head_scale": 0.125,
            },
        ),
    ),
)


def _resnext(cardinality: int, width: int) -> Row:
    """ResNeXt-29: a bottleneck network of three stages with nine blocks."""
    fields: Fields = {
        "stage_blocks": thirds(29, 3),
        "stage_widths": IMAGENET_WIDTHS[:3],
        "stem_width": 64,
        "cardinality": cardinality,
        "base_width": width,
    }
    return Row(f"cifar_resnext29_{cardinality}x{width}d", f"CIFAR ResNeXt-29 {cardinality}x{width}d", fields)


RESNEXT = Table(
    N_("CIFAR ResNeXt"),
    N_("Xie et al. 2017, section 5.3 and Table 7"),
    CIFAR_COMMON | {"block": "bottleneck"},
    (
        *(_resnext(*shape) for shape in ((8, 64), (16, 64), (1, 64), (2, 64), (4, 64), (32, 4))),
        *(with_hundred_classes(_resnext(*shape)) for shape in ((8, 64), (16, 64))),
    ),
)

TABLES = (
    RESIDUAL,
    PLAIN,
    OPTION_B,
    SHORTCUTS,
    ORDERS_110,
    ONE_LAYER,
    ORDERS_164,
    STOCHASTIC_DEPTH,
    WIDE,
    KUANGLIU,
    KUANGLIU_PREACT,
    RESNET_9,
    RESNEXT,
)
