"""The table of residual blocks: which convolutions the branch F(x) is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.language import N_
from explorer.model.spec_values import SpecValues
from explorer.model.variants.base import Variant
from explorer.model.variants.strides import STRIDES
from explorer.model.variants.unit import Unit


class Convolution(NamedTuple):
    """One convolution of the branch."""

    out_channels: int
    kernel_size: int
    rate: int = 1
    """Dilation."""
    groups: int = 1
    strides: bool = False
    """Whether the unit's stride is this convolution's."""


@dataclass(frozen=True, kw_only=True)
class BlockKind(Variant):
    """`convolutions(spec, unit)` lists the branch, in order."""

    layers: int
    """How many convolutions the branch has."""
    expansion: int
    """Output channels per channel of the stage's width."""
    convolutions: Callable[[SpecValues, Unit], tuple[Convolution, ...]]


def _basic(spec: SpecValues, unit: Unit) -> tuple[Convolution, ...]:
    groups = spec.cardinality
    return (
        Convolution(unit.inner, 3, unit.grid * unit.rate_before, groups, strides=True),
        Convolution(unit.out_channels, 3, unit.grid * unit.rate_after, groups),
    )


def _basic_late(spec: SpecValues, unit: Unit) -> tuple[Convolution, ...]:
    first, second = _basic(spec, unit)
    return first._replace(strides=False), second._replace(rate=first.rate, strides=True)


def _bottleneck(spec: SpecValues, unit: Unit) -> tuple[Convolution, ...]:
    strided = STRIDES[spec.stride_on].convolution
    rate = unit.rate_before if strided == 1 else unit.rate_after
    return (
        Convolution(unit.inner, 1, strides=strided == 0),
        Convolution(unit.inner, 3, unit.grid * rate, spec.cardinality, strides=strided == 1),
        Convolution(unit.out_channels, 1),
    )


BLOCKS: dict[str, BlockKind] = {
    "single": BlockKind(
        label=N_("single (3x3)"),
        help=N_(
            "One 3x3 convolution: VGG's plain chains are made of such units. With a shortcut, F is a single layer, for"
            " which He et al. saw no advantage."
        ),
        source=N_("VGG, Simonyan & Zisserman 2015, Table 1; with a shortcut: He et al. 2015, section 3.2"),
        layers=1,
        expansion=1,
        convolutions=lambda spec, unit: (
            Convolution(unit.out_channels, 3, unit.grid * unit.rate_before, spec.cardinality, strides=True),
        ),
    ),
    "basic": BlockKind(
        label=N_("basic (3x3, 3x3)"),
        help=N_("Two 3x3 convolutions; with a cardinality above 1 both are grouped."),
        source=N_("He et al. 2015, Fig. 5 left"),
        layers=2,
        expansion=1,
        convolutions=_basic,
        uses=("base_width",),
    ),
    "basic_late": BlockKind(
        label=N_("basic, the second strides"),
        help=N_("Two 3x3 convolutions, of which the second halves the resolution."),
        source=N_("InsightFace's `iresnet`, Deng et al. 2019 (ArcFace), section 3.1"),
        layers=2,
        expansion=1,
        convolutions=_basic_late,
        uses=("base_width",),
    ),
    "narrow_wide": BlockKind(
        label=N_("narrow, wide (1x1, 3x3)"),
        help=N_("A 1x1 reduces the channels to the base width's share, a 3x3 brings them back."),
        source=N_("Darknet-53, Redmon & Farhadi 2018, Table 1"),
        layers=2,
        expansion=1,
        convolutions=lambda spec, unit: (
            Convolution(unit.inner, 1),
            Convolution(unit.out_channels, 3, unit.grid * unit.rate_before, spec.cardinality, strides=True),
        ),
        uses=("base_width",),
    ),
    "bottleneck": BlockKind(
        label=N_("bottleneck (1x1, 3x3, 1x1)"),
        help=N_(
            "A 1x1 reduces the channels, a 3x3 works on the few channels, a 1x1 expands them to four times the width."
        ),
        source=N_("He et al. 2015, Fig. 5 right; grouped: Xie et al. 2017, Fig. 3(c)"),
        layers=3,
        expansion=4,
        convolutions=_bottleneck,
        uses=("base_width", "stride_on"),
    ),
}
