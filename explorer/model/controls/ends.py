"""The controls of what stands before the first unit and after the last one, and of the input."""

from explorer.model.controls.control import Control
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList
from explorer.model.variants import CLOSINGS, HEAD_POOLS, ORDERS, STEM_POOLS, STEMS

MOST_HIDDEN = 4
"""Hidden linear layers of a head."""

ENDS: dict[str, Control] = {
    "stem": Control(Choice(STEMS), "Stem", "The layers before the first block.", "Stem and head"),
    "stem_width": Control(
        Whole(1, 2048), "Stem width", "Channels of the stem; a deep stem has twice as many at its end.", "Stem and head"
    ),
    "stem_pool": Control(
        Choice(STEM_POOLS),
        "Stem pool",
        "The layer that halves the resolution after the stem's convolutions.",
        "Stem and head",
        lambda values: "stem_pool" in STEMS[values.stem].uses,
    ),
    "stem_norm": Control(
        Flag(), "Norm in the stem", "Norm and activation after the stem's last convolution.", "Stem and head"
    ),
    "stem_bias": Control(
        Flag(),
        "Bias in the stem",
        "A bias on the stem's convolutions, as in He et al.'s networks for Caffe.",
        "Stem and head",
        lambda values: not values.conv_bias,
    ),
    "in_channels": Control(Whole(1, 64), "Input channels", "3 for colour, 1 for grey.", "Stem and head"),
    "image_size": Control(
        Whole(4, 8192, in_place_of_list=", the height (the width is image_width)"),
        "Image size",
        "Height of the input, in pixels, and its width unless one is given.",
        "Stem and head",
    ),
    "image_width": Control(
        Whole(4, 8192, usual=224),
        "Image width",
        "Width of an input that is not square, in pixels.",
        "Stem and head",
    ),
    "closing": Control(
        Choice(CLOSINGS),
        "After the last unit",
        "Which of the order's closing steps are placed.",
        "Stem and head",
        lambda values: bool(ORDERS[values.activation_order].closing),
    ),
    "head_pool": Control(
        Choice(HEAD_POOLS),
        "Pool before the classifier",
        "What of each channel's last map is an input of the linear layer.",
        "Stem and head",
    ),
    "head_hidden": Control(
        WholeList(1, 8192, MOST_HIDDEN, empty=True, entry="layer"),
        "Hidden linear layers",
        "Widths of linear layers before the last one, each with an activation: 4096, 4096 in VGG; none in ResNets.",
        "Stem and head",
    ),
    "head_dropout": Control(
        Real(0.0, 0.95),
        "Dropout after hidden linear layers",
        "Share of each hidden linear layer's values that is dropped in training: 0.5 in VGG.",
        "Stem and head",
        lambda values: bool(values.head_hidden),
    ),
    "head_bias": Control(
        Flag(),
        "Bias of the linear layer",
        "A bias on the last linear layer.",
        "Stem and head",
        lambda values: values.num_classes > 0,
    ),
    "head_scale": Control(
        Real(-4.0, 4.0, 0.005),
        "Factor on the outputs",
        "What the outputs are multiplied by: 0.125 in ResNet-9 (Page 2018).",
        "Stem and head",
    ),
    "head_norm": Control(
        Flag(),
        "Norm at the end",
        "A batch norm of the outputs, or of the features where there is no linear layer, as in networks that embed"
        " faces (InsightFace's `iresnet`).",
        "Stem and head",
    ),
    "num_classes": Control(
        Whole(0, 100_000),
        "Classes",
        "Outputs of the last linear layer; 0 leaves it out, and the network ends with its features.",
        "Stem and head",
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
