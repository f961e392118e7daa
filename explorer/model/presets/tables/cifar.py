"""CIFAR networks of the papers."""

from explorer.language import N_, sentence
from explorer.model.presets.tables.cifar_wide import WIDE
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
    tuple(
        Row(
            f"cifar_resnet{depth}_b",
            sentence("CIFAR ResNet-{depth}, option {option}", depth=depth, option="B"),
            _basic(depth),
        )
        for depth in BASIC_DEPTHS
    ),
)

SHORTCUTS = Table(
    N_("CIFAR shortcuts"),
    N_("He et al. 2016, Table 1"),
    CIFAR_COMMON | {"shortcut": "pad", "stage_blocks": thirds(110, 2)},
    (
        Row(
            "cifar_resnet110_scale_0",
            sentence("CIFAR ResNet-110, lambda {factor:g} on x", factor=0),
            {"skip": "scale", "skip_scale": 0.0},
        ),
        Row(
            "cifar_resnet110_scale_05",
            sentence("CIFAR ResNet-110, lambda {factor:g} on x", factor=0.5),
            {"skip": "scale", "skip_scale": 0.5},
        ),
        Row(
            "cifar_resnet110_scale_05_05",
            N_("CIFAR ResNet-110, 0.5 on x and on F"),
            {"skip": "scale", "skip_scale": 0.5, "residual_scale": 0.5},
        ),
        *(
            Row(
                f"cifar_resnet110_{gate}_b{bias}",
                sentence(title, bias=-bias),
                {"skip": gate, "gate_bias": float(-bias)},
            )
            for gate, title, biases in (
                ("exclusive_gate", N_("CIFAR ResNet-110, exclusive gate, initial bias {bias}"), (0, 6, 7)),
                ("shortcut_gate", N_("CIFAR ResNet-110, shortcut gate, initial bias {bias}"), (0, 6)),
            )
            for bias in biases
        ),
        Row("cifar_resnet110_conv1x1", N_("CIFAR ResNet-110, 1x1 convolution on every shortcut"), {"skip": "conv1x1"}),
        Row(
            "cifar_resnet110_skip_dropout",
            N_("CIFAR ResNet-110, dropout 0.5 on x"),
            {"skip": "dropout", "skip_dropout": 0.5},
        ),
    ),
)

ORDERS: tuple[tuple[str, str, Fields], ...] = (
    ("resnet{}", "CIFAR ResNet-{depth}", {}),
    ("resnet{}_bn_after_add", N_("CIFAR ResNet-{depth}, BN after addition"), {"activation_order": "bn_after_add"}),
    (
        "resnet{}_relu_before_add",
        N_("CIFAR ResNet-{depth}, ReLU before addition"),
        {"activation_order": "relu_before_add"},
    ),
    (
        "resnet{}_relu_only_preact",
        N_("CIFAR ResNet-{depth}, ReLU-only pre-activation"),
        {"activation_order": "relu_only_preact"},
    ),
    ("preact{}", N_("CIFAR pre-activation ResNet-{depth}"), PREACT),
)
"""The five units of He et al. 2016, Fig. 4."""


def _ordered(depth: int, convolutions: int, orders: tuple[tuple[str, str, Fields], ...]) -> tuple[Row, ...]:
    stages = {"stage_blocks": thirds(depth, convolutions)}
    return tuple(
        Row(f"cifar_{name.format(depth)}", sentence(title, depth=depth), stages | order)
        for name, title, order in orders
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
        Row("cifar_resnet110_1layer", N_("CIFAR ResNet-110, one layer a unit"), {}),
        Row("cifar_preact110_1layer", N_("CIFAR pre-activation ResNet-110, one layer a unit"), PREACT),
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
    Row(f"cifar_stochastic{depth}", sentence("CIFAR ResNet-{depth}, stochastic depth", depth=depth), _basic(depth))
    for depth in (110, 1202)
)

STOCHASTIC_DEPTH = Table(
    N_("CIFAR stochastic depth"),
    N_("Huang et al. 2016, section 4"),
    CIFAR_COMMON | {"shortcut": "pad", "drop_path": 0.5, "drop_path_mode": "batch"},
    (*STOCHASTIC, with_hundred_classes(STOCHASTIC[0])),
)

KUANGLIU = Table(
    N_("CIFAR, ImageNet's widths"),
    N_("kuangliu/pytorch-cifar"),
    CIFAR_COMMON | {"stage_widths": IMAGENET_WIDTHS, "stem_width": 64},
    tuple(
        Row(
            f"kuangliu_resnet{depth}",
            sentence("ResNet-{depth} for CIFAR, ImageNet's widths", depth=depth),
            imagenet(depth),
        )
        for depth in (18, 34, 50)
    ),
)
"""The most copied CIFAR networks of public code; none of them is in a paper."""

KUANGLIU_PREACT = Table(
    N_("CIFAR, ImageNet's widths"),
    N_("kuangliu/pytorch-cifar, PreActResNet"),
    KUANGLIU.common | PREACT | {"first_shortcut_preact": False, "closing": "none"},
    tuple(
        Row(
            f"kuangliu_preact{depth}",
            sentence("Pre-activation ResNet-{depth} for CIFAR, ImageNet's widths", depth=depth),
            imagenet(depth),
        )
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
