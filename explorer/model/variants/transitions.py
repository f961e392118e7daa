"""The table of transitions: what stands before the units of a stage and changes the shape in their place."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_
from explorer.model import ops
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Transition(Variant):
    """`place(builder, x, unit)` takes the stage's stride and new channels; None: the first unit does."""

    place: Callable[[Builder, Tensor, Unit], Tensor] | None
    keeps_channels: bool = False
    """It takes the stride only, and is left out of a stage without one; the first unit changes the channels."""


def _convolution(builder: Builder, x: Tensor, unit: Unit, stride: int) -> Tensor:
    y = builder.conv("conv", x, unit.out_channels, 3, stride=stride, dilation=unit.rate_before)
    return builder.act("act", builder.norm("bn", y))


def _pool(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    return builder.add("pool", ops.MaxPool2d(kernel_size=unit.stride, stride=unit.stride), x)


def _pooled(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    y = _convolution(builder, x, unit, 1)
    return _pool(builder, y, unit) if unit.stride > 1 else y


TRANSITIONS: dict[str, Transition] = {
    "none": Transition(
        label=N_("none"),
        help=N_("The first unit of a stage changes resolution and channels, with a projection on its shortcut."),
        source=N_("He et al. 2015"),
        place=None,
    ),
    "conv": Transition(
        label=N_("3x3 convolution"),
        help=N_("A 3x3 convolution with the stage's stride, norm and activation; every shortcut is then an identity."),
        source=N_("Darknet-53, Redmon & Farhadi 2018, Table 1"),
        place=lambda builder, x, unit: _convolution(builder, x, unit, unit.stride),
    ),
    "conv_pool": Transition(
        label=N_("3x3 convolution, max pool"),
        help=N_(
            "A 3x3 convolution with norm and activation, and a max pool with the stage's stride; every shortcut is"
            " then an identity."
        ),
        source=N_("ResNet-9, Page 2018 (How to train your ResNet, DAWNBench)"),
        place=_pooled,
    ),
    "pool": Transition(
        label=N_("max pool"),
        help=N_(
            "A max pool takes the stage's stride and keeps the channels, which the first unit of the stage changes."
            " A stage without a stride has none."
        ),
        source=N_("VGG, Simonyan & Zisserman 2015, section 2.1"),
        place=_pool,
        keeps_channels=True,
    ),
}
