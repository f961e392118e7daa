"""Tables of channel attention, and of pools that stride in place of a convolution."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log2

from explorer.language import N_
from explorer.model import ops
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor


@dataclass(frozen=True, kw_only=True)
class Attention(Variant):
    """`place(builder, x)` weighs the channels of x."""

    place: Callable[[Builder, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class Antialias(Variant):
    """`pool(channels, stride, rate)` gives the op that strides; None: the convolution strides itself.

    With stride 1 it stands where dilation replaces a stride, and reads places `rate` apart.
    """

    pool: Callable[[int, int, int], ops.Op] | None
    replaces_max_pool: bool = False
    """Whether it replaces the max pool of the stem instead of following it."""


def _squeeze_and_excite(builder: Builder, x: Tensor) -> Tensor:
    divisor = builder.spec.attention_divisor
    squeezed = max(divisor, int(x.channels / builder.spec.attention_reduction + divisor / 2) // divisor * divisor)
    builder.role = "attention"
    pooled = builder.add("se.pool", ops.AdaptiveAvgPool2d(), x)
    bias = builder.spec.attention_bias
    small = builder.add("se.fc1", ops.Conv2d(x.channels, squeezed, kernel_size=1, bias=bias), pooled)
    large_op = ops.Conv2d(squeezed, x.channels, kernel_size=1, bias=bias)
    large = builder.add("se.fc2", large_op, builder.add("se.act", ops.ReLU(), small))
    gate = builder.add("se.gate", ops.Sigmoid(), large)
    builder.role = "branch"
    return builder.add("se.scale", ops.Multiply(), x, gate)


def _efficient_channel_attention(builder: Builder, x: Tensor) -> Tensor:
    size = int(abs(log2(x.channels) + 1) / 2)
    kernel_size = max(size if size % 2 else size + 1, 3)
    builder.role = "attention"
    pooled = builder.add("eca.pool", ops.AdaptiveAvgPool2d(), x)
    mixed = builder.add("eca.conv", ops.ChannelConv1d(kernel_size), pooled)
    gate = builder.add("eca.gate", ops.Sigmoid(), mixed)
    builder.role = "branch"
    return builder.add("eca.scale", ops.Multiply(), x, gate)


def _average(channels: int, stride: int, rate: int) -> ops.Op:
    """timm's, which has no window that is cut by the border."""
    if stride == 1:
        return ops.DilatedAvgPool2d(rate)
    return ops.AvgPool2d(kernel_size=stride, stride=stride, ceil_mode=False)


ATTENTIONS: dict[str, Attention] = {
    "none": Attention(
        label=N_("none"),
        help=N_("All channels of the branch have the same weight."),
        source=N_("He et al. 2015"),
        place=lambda builder, x: x,
    ),
    "se": Attention(
        label=N_("squeeze and excitation (SE)"),
        help=N_("Two 1x1 convolutions on the pooled map weigh the channels."),
        source=N_("Hu et al. 2018"),
        place=_squeeze_and_excite,
        uses=("attention_reduction", "attention_divisor", "attention_bias"),
    ),
    "eca": Attention(
        label=N_("efficient channel attention (ECA)"),
        help=N_("One short 1-D convolution along the pooled channels weighs them, with only a few parameters."),
        source=N_("Wang et al. 2020"),
        place=_efficient_channel_attention,
    ),
}

ANTIALIASES: dict[str, Antialias] = {
    "none": Antialias(label=N_("none"), help=N_("The convolutions stride."), source=N_("He et al. 2015"), pool=None),
    "blur": Antialias(
        label=N_("blur pool"),
        help=N_("The convolution keeps stride 1 and a fixed 3x3 binomial filter strides: less aliasing, more MACs."),
        source=N_("Zhang 2019, section 4.1 (Tri-3)"),
        pool=ops.BlurPool2d,
    ),
    "blur_rect2": Antialias(
        label=N_("blur pool, 2x2"),
        help=N_("As the blur pool, with the mean of 2x2 places: a filter of equal weights."),
        source=N_("Zhang 2019, section 4.1 (Rect-2)"),
        pool=lambda channels, stride, rate: ops.BlurPool2d(channels, stride, rate, size=2),
    ),
    "blur_bin5": Antialias(
        label=N_("blur pool, 5x5"),
        help=N_("As the blur pool, with a 5x5 binomial filter: smoother."),
        source=N_("Zhang 2019, section 4.1 (Bin-5)"),
        pool=lambda channels, stride, rate: ops.BlurPool2d(channels, stride, rate, size=5),
    ),
    "avg": Antialias(
        label=N_("average pool"),
        help=N_("The convolution keeps stride 1 and an average pool strides."),
        source=N_("ResNet-AA in timm; cf. Zhang 2019"),
        pool=_average,
        replaces_max_pool=True,
    ),
}
