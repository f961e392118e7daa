"""Tables of where the stride is placed: in a bottleneck, and in a stage."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.model.variants.base import Variant


@dataclass(frozen=True, kw_only=True)
class StridePlace(Variant):
    """`split(stride)` gives the strides of a bottleneck's first 1x1 and of its 3x3."""

    split: Callable[[int], tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class StrideBlock(Variant):
    """Which block of a stage strides."""

    strides: Callable[[int, int, int], tuple[int, ...]]
    """`(own, following, blocks)`: each block's stride, from the stage's own stride and that of the stage after it."""
    subsamples: bool = False
    """Where only the resolution changes, the shortcut subsamples instead of projecting."""


STRIDES: dict[str, StridePlace] = {
    "3x3": StridePlace(
        label="on the 3x3 (v1.5)",
        help="The bottleneck's 3x3 convolution strides, as in torchvision: better accuracy, more MACs.",
        source="fb.resnet.torch; torchvision",
        split=lambda stride: (1, stride),
    ),
    "1x1": StridePlace(
        label="on the first 1x1 (v1)",
        help="The bottleneck's first 1x1 convolution strides and skips three pixels of four, as in paper and Keras.",
        source="He et al. 2015",
        split=lambda stride: (stride, 1),
    ),
}

STRIDE_BLOCKS: dict[str, StrideBlock] = {
    "first": StrideBlock(
        label="first block of a stage",
        help="A stage halves the resolution in its first block.",
        source="He et al. 2015, Table 1",
        strides=lambda own, following, blocks: (own,) + (1,) * (blocks - 1),
    ),
    "last": StrideBlock(
        label="last block of the stage before",
        help="The last block of a stage halves the resolution for the next, its shortcut only subsamples.",
        source="Keras' ResNet V2 networks",
        strides=lambda own, following, blocks: (1,) * (blocks - 1) + (following,),
        subsamples=True,
    ),
}
