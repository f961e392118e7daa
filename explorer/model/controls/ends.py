"""The controls of what stands before the first unit and after the last one, and of the input."""

from explorer.language import N_
from explorer.model.controls.control import Control
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList
from explorer.model.variants import CLOSINGS, HEAD_POOLS, ORDERS, STEM_POOLS, STEMS

MOST_HIDDEN = 4
"""Hidden linear layers of a head."""

ENDS: dict[str, Control] = {
    "stem": Control(Choice(STEMS), N_("Stem"), N_("The layers before the first block."), N_("Stem and head")),
    "stem_width": Control(
        Whole(1, 2048),
        N_("Stem width"),
        N_("Channels of the stem; a deep stem has twice as many at its end."),
        N_("Stem and head"),
    ),
    "stem_pool": Control(
        Choice(STEM_POOLS),
        N_("Stem pool"),
        N_("The layer that halves the resolution after the stem's convolutions."),
        N_("Stem and head"),
        lambda values: "stem_pool" in STEMS[values.stem].uses,
    ),
    "stem_norm": Control(
        Flag(),
        N_("Norm in the stem"),
        N_("Norm and activation after the stem's last convolution."),
        N_("Stem and head"),
    ),
    "stem_bias": Control(
        Flag(),
        N_("Bias in the stem"),
        N_("A bias on the stem's convolutions, as in He et al.'s networks for Caffe."),
        N_("Stem and head"),
        lambda values: not values.conv_bias,
    ),
    "in_channels": Control(Whole(1, 64), N_("Input channels"), N_("3 for colour, 1 for grey."), N_("Stem and head")),
    "image_size": Control(
        Whole(4, 8192, in_place_of_list=N_(", the height (the width is image_width)")),
        N_("Image size"),
        N_("Height of the input, in pixels, and its width unless one is given."),
        N_("Stem and head"),
    ),
    "image_width": Control(
        Whole(4, 8192, usual=224),
        N_("Image width"),
        N_("Width of an input that is not square, in pixels."),
        N_("Stem and head"),
    ),
    "closing": Control(
        Choice(CLOSINGS),
        N_("After the last unit"),
        N_("Which of the order's closing steps are placed."),
        N_("Stem and head"),
        lambda values: bool(ORDERS[values.activation_order].closing),
    ),
    "head_pool": Control(
        Choice(HEAD_POOLS),
        N_("Pool before the classifier"),
        N_("What of each channel's last map is an input of the linear layer."),
        N_("Stem and head"),
    ),
    "head_hidden": Control(
        WholeList(1, 8192, MOST_HIDDEN, empty=True, entry="layer"),
        N_("Hidden linear layers"),
        N_("Widths of linear layers before the last one, each with an activation: 4096, 4096 in VGG; none in ResNets."),
        N_("Stem and head"),
        short=N_("Hidden"),
    ),
    "head_dropout": Control(
        Real(0.0, 0.95),
        N_("Dropout after hidden linear layers"),
        N_("Share of each hidden linear layer's values that is dropped in training: 0.5 in VGG."),
        N_("Stem and head"),
        lambda values: bool(values.head_hidden),
    ),
    "head_bias": Control(
        Flag(),
        N_("Bias of the linear layer"),
        N_("A bias on the last linear layer."),
        N_("Stem and head"),
        lambda values: values.num_classes > 0,
    ),
    "head_scale": Control(
        Real(-4.0, 4.0, 0.005),
        N_("Factor on the outputs"),
        N_("What the outputs are multiplied by: 0.125 in ResNet-9 (Page 2018)."),
        N_("Stem and head"),
    ),
    "head_norm": Control(
        Flag(),
        N_("Norm at the end"),
        N_(
            "A batch norm of the outputs, or of the features where there is no linear layer, as in networks that embed"
            " faces (InsightFace's `iresnet`)."
        ),
        N_("Stem and head"),
    ),
    "num_classes": Control(
        Whole(0, 100_000),
        N_("Classes"),
        N_("Outputs of the last linear layer; 0 leaves it out, and the network ends with its features."),
        N_("Stem and head"),
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
