"""Tables of where the stride is placed, in a bottleneck and in a stage, and of how a strided convolution pads."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_
from explorer.model.variants.base import Variant


@dataclass(frozen=True, kw_only=True)
class StridePlace(Variant):
    """Which convolution of a bottleneck strides."""

    convolution: int
    """Its number in the branch, from 0."""


@dataclass(frozen=True, kw_only=True)
class StrideBlock(Variant):
    """Which block takes a stage's stride."""

    block: Callable[[int], int]
    """Its number for a stage of so many blocks, counted from the stage's first; -1 is the block before it."""
    subsamples: bool = False
    """Where only the resolution changes, the shortcut subsamples instead of projecting."""


@dataclass(frozen=True, kw_only=True)
class Padding(Variant):
    """How a strided convolution pads its map."""

    as_tensorflow: bool
    """As many rows as are missing, an odd one behind; else the same number on both sides, whatever the map."""


STRIDES: dict[str, StridePlace] = {
    "3x3": StridePlace(
        label=N_("on the 3x3 (v1.5)"),
        help=N_("The bottleneck's 3x3 convolution strides, as in torchvision: better accuracy, more MACs."),
        source=N_("fb.resnet.torch; torchvision"),
        convolution=1,
    ),
    "1x1": StridePlace(
        label=N_("on the first 1x1 (v1)"),
        help=N_(
            "The bottleneck's first 1x1 convolution strides and skips three pixels of four, as in paper and Keras."
        ),
        source=N_("He et al. 2015"),
        convolution=0,
    ),
}

STRIDE_BLOCKS: dict[str, StrideBlock] = {
    "first": StrideBlock(
        label=N_("first block of a stage"),
        help=N_("A stage halves the resolution in its first block."),
        source=N_("He et al. 2015, Table 1"),
        block=lambda blocks: 0,
    ),
    "last": StrideBlock(
        label=N_("last block of the stage before"),
        help=N_("The last block of a stage halves the resolution for the next, its shortcut only subsamples."),
        source=N_("Keras' ResNet V2 networks"),
        block=lambda blocks: -1,
        subsamples=True,
    ),
}

PADDINGS: dict[str, Padding] = {
    "symmetric": Padding(
        label=N_("the same on both sides"),
        help=N_("A strided convolution pads both sides alike: 3 for a 7x7, 1 for a 3x3."),
        source=N_("torchvision; Caffe; TF-Slim's `conv2d_same`"),
        as_tensorflow=False,
    ),
    "same": Padding(
        label=N_("SAME, as TensorFlow"),
        help=N_(
            "A strided convolution pads as many rows as are missing: on an even map 0 before and 1 behind for a 3x3."
            " Where dilation replaces the stride, both sides are padded alike."
        ),
        source=N_('TensorFlow\'s `padding="SAME"`; Keras\' `padding="same"`'),
        as_tensorflow=True,
    ),
}
