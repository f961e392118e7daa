"""Tables of where the stride stands: in a bottleneck, and in a stage."""

from explorer.model.variants.base import Variant

STRIDES: dict[str, Variant] = {
    "3x3": Variant(
        label="on the 3x3 (v1.5)",
        help="The bottleneck's 3x3 convolution strides, as in torchvision: better accuracy, more MACs.",
        source="fb.resnet.torch; torchvision",
    ),
    "1x1": Variant(
        label="on the first 1x1 (v1)",
        help="The bottleneck's first 1x1 convolution strides and skips three of four pixels (paper, Keras).",
        source="He et al. 2015",
    ),
}

STRIDE_BLOCKS: dict[str, Variant] = {
    "first": Variant(
        label="first block of a stage",
        help="A stage halves the resolution in its first block.",
        source="He et al. 2015, Table 1",
    ),
    "last": Variant(
        label="last block of the stage before",
        help="The last block of a stage halves the resolution for the next, its shortcut only subsamples.",
        source="Keras' ResNet V2 networks",
    ),
}
