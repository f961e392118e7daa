"""ImageNet networks of the papers and of torchvision."""

from explorer.language import N_, sentence
from explorer.model.presets.tables.rows import IMAGENET_WIDTHS, PREACT, Fields, Row, Table, imagenet

TORCHVISION = Table(
    N_("torchvision"),
    N_("torchvision.models.resnet"),
    {},
    (
        *(Row(f"resnet{depth}", f"ResNet-{depth}", imagenet(depth)) for depth in (18, 34, 50, 101, 152)),
        Row("resnext50_32x4d", "ResNeXt-50 32x4d", imagenet(50, cardinality=32, base_width=4)),
        Row("resnext101_32x8d", "ResNeXt-101 32x8d", imagenet(101, cardinality=32, base_width=8)),
        Row("resnext101_64x4d", "ResNeXt-101 64x4d", imagenet(101, cardinality=64, base_width=4)),
        Row("wide_resnet50_2", "Wide ResNet-50-2", imagenet(50, base_width=128)),
        Row("wide_resnet101_2", "Wide ResNet-101-2", imagenet(101, base_width=128)),
    ),
    "torchvision.models.resnet",
)

VGG_COMMON: Fields = {
    "block": "single",
    "stage_widths": (64, 128, 256, 512, 512),
    "shortcut": "none",
    "transition": "pool",
    "norm": "none",
    "conv_bias": True,
    "stem": "cifar",
    "head_pool": "max_7x7",
    "head_hidden": (4096, 4096),
    "head_dropout": 0.5,
}
VGG_SHAPES: dict[int, Fields] = {
    11: {"stage_blocks": (1, 2, 2, 2), "stage_widths": (128, 256, 512, 512), "stage_strides": (2, 2, 2, 2)},
    13: {"stage_blocks": (1, 2, 2, 2, 2)},
    16: {"stage_blocks": (1, 2, 3, 3, 3)},
    19: {"stage_blocks": (1, 2, 4, 4, 4)},
}
"""Simonyan & Zisserman 2015, Table 1: A, B, D and E. The stem is the first convolution; in A a pool follows at once."""

VGG = Table(
    N_("VGG"),
    N_("Simonyan & Zisserman 2015, Table 1"),
    VGG_COMMON,
    (
        *(Row(f"vgg{depth}", f"VGG-{depth}", shape) for depth, shape in VGG_SHAPES.items()),
        *(
            # Batch norm came later (Ioffe & Szegedy 2015); torchvision keeps the biases before it.
            Row(
                f"vgg{depth}_bn",
                sentence("VGG-{depth} with batch norm", depth=depth),
                shape | {"norm": "batch"},
                N_("torchvision.models.vgg"),
            )
            for depth, shape in VGG_SHAPES.items()
        ),
    ),
    "torchvision.models.vgg",
)

HE_2015 = Table(
    N_("ImageNet, He 2015"),
    N_("He et al. 2015, Tables 1 to 4"),
    {},
    (
        *(
            Row(f"plain{depth}", f"plain-{depth}", imagenet(depth, shortcut="none"), N_("He et al. 2015, Table 2"))
            for depth in (18, 34)
        ),
        *(
            Row(
                f"resnet{depth}_{letter}",
                sentence("ResNet-{depth}, option {option}", depth=depth, option=letter.upper()),
                imagenet(depth, shortcut=shortcut),
            )
            for depth in (18, 34)
            for letter, shortcut in (("a", "pad"), ("c", "projection_all"))
        ),
        *(
            Row(
                f"resnet{depth}_v1",
                sentence("ResNet-{depth} v1 (stride on the 1x1)", depth=depth),
                imagenet(depth, stride_on="1x1"),
            )
            for depth in (50, 101, 152)
        ),
    ),
)

SHALLOW = Table(
    N_("ImageNet, shallow"),
    N_("osmr/imgclsmob"),
    {"block": "basic"},
    tuple(
        Row(f"resnet{depth}", f"ResNet-{depth}", {"stage_blocks": blocks})
        for depth, blocks in ((10, (1, 1, 1, 1)), (12, (2, 1, 1, 1)), (14, (2, 2, 1, 1)), (16, (2, 2, 2, 1)))
    ),
)
"""Depths below 18, which no paper has; few-shot learning's "ResNet-12" is another network."""

PREACT_BIASES: Fields = PREACT | {"conv_bias": True, "shortcut_bias": True}
"""TensorFlow's and Keras' V2 networks have a bias wherever no norm follows."""

SLIM = Table(
    N_("TF-Slim"),
    N_("tensorflow/models, `slim/nets/resnet_v1.py` and `resnet_v2.py`"),
    {"stride_block": "last", "stem_pool": "max_same"},
    (
        *(
            Row(
                f"slim_resnet_v1_{depth}",
                sentence("TF-Slim's ResNet-{depth} {version}", depth=depth, version="v1"),
                imagenet(depth),
            )
            for depth in (50, 101, 152)
        ),
        *(
            Row(
                f"slim_resnet_v2_{depth}",
                sentence("TF-Slim's ResNet-{depth} {version}", depth=depth, version="v2"),
                imagenet(depth) | PREACT_BIASES,
            )
            for depth in (50, 101, 152)
        ),
    ),
)
"""Its weights have 1,001 classes, the first of which is the background."""

DARKNET = Table(
    N_("Darknet"),
    N_("Redmon & Farhadi 2018 (YOLOv3), Table 1"),
    {
        "block": "narrow_wide",
        "base_width": 32,
        "activation_order": "relu_before_add",
        "activation": "leaky_relu",
        "leaky_slope": 0.1,
        "transition": "conv",
        "stage_strides": (2, 2, 2, 2, 2),
        "stage_widths": (64, 128, 256, 512, 1024),
        "stem": "cifar",
        "stem_width": 32,
        "image_size": 256,
    },
    (Row("yolov3_darknet53", "Darknet-53", {"stage_blocks": (1, 2, 8, 8, 4)}),),
)

IRESNET = Table(
    N_("Faces"),
    N_("InsightFace, `recognition/arcface_torch/backbones/iresnet.py`"),
    {
        "block": "basic_late",
        "activation_order": "norm_first",
        "activation": "prelu",
        "stage_strides": (2, 2, 2, 2),
        "stem": "cifar",
        "closing": "norm",
        "head_pool": "flatten",
        "head_norm": True,
        "image_size": 112,
        "num_classes": 512,
    },
    tuple(
        Row(f"iresnet{depth}", f"iResNet-{depth}", {"stage_blocks": blocks})
        for depth, blocks in (
            *((18, (2, 2, 2, 2)), (34, (3, 4, 6, 3)), (50, (3, 4, 14, 3))),
            *((100, (3, 13, 30, 3)), (200, (6, 26, 60, 6))),
        )
    ),
)

HE_2016 = Table(
    N_("ImageNet, He 2016"),
    N_("He et al. 2016, section 5 and Table 5"),
    {},
    (
        Row("resnet200", "ResNet-200", imagenet(200)),
        Row(
            "resnet101_bn_after_add",
            N_("ResNet-101, BN after addition"),
            imagenet(101, activation_order="bn_after_add"),
        ),
        *(
            # Norm in the stem and in the first unit, as in osmr/imgclsmob; without the stem's: `resnetv2_...`.
            Row(
                f"preact_resnet{depth}",
                sentence("pre-activation ResNet-{depth}", depth=depth),
                imagenet(depth, activation_order="preact"),
            )
            for depth in (18, 34, 50, 101, 152, 200)
        ),
    ),
)

RESNEXT_SHAPES: dict[int, tuple[tuple[int, int], ...]] = {
    50: ((2, 40), (4, 24), (8, 14)),
    101: ((2, 40), (4, 24), (8, 14), (32, 4), (2, 64)),
}
"""Cardinality and bottleneck width by depth (Xie et al. 2017, Tables 3 and 4; the rest are torchvision's)."""

RESNEXT = Table(
    N_("ImageNet, ResNeXt"),
    N_("Xie et al. 2017, Tables 3 and 4"),
    {},
    (
        *(
            Row(
                f"resnext{depth}_{groups}x{width}d",
                f"ResNeXt-{depth} {groups}x{width}d",
                imagenet(depth, cardinality=groups, base_width=width),
            )
            for depth, shapes in RESNEXT_SHAPES.items()
            for groups, width in shapes
        ),
        Row("resnet101_1x100d", N_("ResNet-101, wider (1x100d)"), imagenet(101, base_width=100)),
        Row(
            "plain50",
            sentence("{network} without shortcuts", network="ResNet-50"),
            imagenet(50, shortcut="none"),
            N_("Xie et al. 2017, section 5.1"),
        ),
        Row(
            "plain_resnext50_32x4d",
            sentence("{network} without shortcuts", network="ResNeXt-50 32x4d"),
            imagenet(50, cardinality=32, base_width=4, shortcut="none"),
            N_("Xie et al. 2017, section 5.1"),
        ),
    ),
)


def _widened(depth: int, twice_k: int) -> Fields:
    return imagenet(depth, stage_widths=tuple(width * twice_k // 2 for width in IMAGENET_WIDTHS))


WIDE = Table(
    N_("ImageNet, Wide ResNet"),
    N_("Zagoruyko & Komodakis 2016, Table 7"),
    {},
    tuple(
        Row(f"wrn{depth}_{name}", f"WRN-{depth}-{name.replace('_', '.')} (ImageNet)", _widened(depth, twice_k))
        for depth, widenings in ((18, (("1_5", 3), ("2", 4), ("3", 6))), (34, (("1_5", 3), ("2", 4))))
        for name, twice_k in widenings
    ),
)

KERAS_POST: Fields = {"stride_on": "1x1", "conv_bias": True}

KERAS_PREACT: Fields = PREACT_BIASES | {"stem_pool": "max_zeros", "stride_block": "last"}

KERAS = Table(
    N_("Keras"),
    N_("keras.applications"),
    {"norm_eps": "1.001e-5"},
    (
        *(
            Row(f"keras_resnet{depth}", f"Keras ResNet{depth}", imagenet(depth) | KERAS_POST)
            for depth in (50, 101, 152)
        ),
        *(
            Row(f"keras_resnet{depth}v2", f"Keras ResNet{depth}V2", imagenet(depth) | KERAS_PREACT)
            for depth in (50, 101, 152)
        ),
    ),
    "keras.applications",
)

KERAS_TEACHING = Table(
    KERAS.family,
    N_("the widespread Keras teaching network"),
    {},
    (
        Row(
            "keras_signs_resnet50",
            N_("Keras teaching network: ResNet-50 for hand signs, 64x64, 6 classes"),
            imagenet(50, stem="keras", norm_eps="1e-3", image_size=64, num_classes=6) | KERAS_POST,
        ),
    ),
)

TABLES = (TORCHVISION, VGG, HE_2015, HE_2016, RESNEXT, WIDE, KERAS, KERAS_TEACHING, SLIM, SHALLOW, IRESNET, DARKNET)
