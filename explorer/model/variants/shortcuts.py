"""The table of shortcuts: how h(x) takes the shape of F(x)."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.language import N_, sentence
from explorer.model import ops
from explorer.model.errors import SpecError
from explorer.model.spec_values import SpecValues
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.strides import STRIDE_BLOCKS
from explorer.model.variants.unit import Unit

Reshape = Callable[[Builder, Tensor, Unit], Tensor]


@dataclass(frozen=True, kw_only=True)
class Shortcut(Variant):
    """`reshape` fits x to the sum where the shape changes (everywhere, if `always`); None: there is no shortcut."""

    reshape: Reshape | None
    """Gives its input where nothing has to change."""
    always: bool = False
    pads: bool = False
    """Whether zeros stand for the new channels; a convolution on the shortcut replaces them."""


def project(builder: Builder, x: Tensor, unit: Unit, *, position: int = 0, stride: int | None = None) -> Tensor:
    """A 1x1 convolution, normalised unless the spec or the activation order says otherwise."""
    spec = builder.spec
    normed = spec.shortcut_norm and builder.order.normed_projection
    stride = unit.stride if stride is None else stride
    name = f"downsample.{position}"
    h = builder.conv(name, x, unit.out_channels, 1, stride=stride, normed=normed, bias=spec.shortcut_bias)
    return builder.norm(f"downsample.{position + 1}", h) if normed else h


def _pad(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    return _pad_channels(builder, x, unit, ops.PadShortcut(unit.out_channels, unit.stride))


def _pad_channels(builder: Builder, x: Tensor, unit: Unit, op: ops.PadShortcut) -> Tensor:
    if unit.out_channels < unit.in_channels:
        raise SpecError(
            "shortcut",
            sentence(
                "padding cannot go from {before} channels down to {after}; use a projection.",
                before=unit.in_channels,
                after=unit.out_channels,
            ),
        )
    if op.stride == 1 and not unit.changes_channels:
        return x
    return builder.add("pad", op, x)


def _pad_behind(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    return _pad_channels(builder, x, unit, ops.PadBehind(unit.out_channels, unit.stride))


def _average(builder: Builder, name: str, x: Tensor, unit: Unit) -> Tensor:
    """A 2x2 average pool where a stride belongs to the unit; dilated where dilation replaces the stride.

    timm pools without dilation there, which at a rate above 1 is another function than the strided network's.
    """
    if not unit.halves:
        return x
    pool = ops.AvgPool2d(unit.stride, unit.stride) if unit.stride > 1 else ops.DilatedAvgPool2d(unit.rate_before)
    return builder.add(name, pool, x)


def _pad_average(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    pooled = _average(builder, "pool", x, unit)
    return _pad_channels(builder, pooled, unit, ops.PadShortcut(unit.out_channels, stride=1))


def _subsample_or(reshape: Reshape) -> Reshape:
    """Where a stack strides in its last block only the resolution changes there: subsample, as Keras' V2 does."""

    def place(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
        if not STRIDE_BLOCKS[builder.spec.stride_block].subsamples or unit.changes_channels:
            return reshape(builder, x, unit)
        return x if unit.stride == 1 else builder.add("subsample", ops.MaxPool2d(1, unit.stride), x)

    return place


def _average_then_project(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    # Without a stride nothing stands at place 0, as in timm, which has an identity there.
    return project(builder, _average(builder, "downsample.0", x, unit), unit, position=1, stride=1)


SHORTCUTS: dict[str, Shortcut] = {
    "none": Shortcut(
        label=N_("none (plain network)"),
        help=N_("No shortcut: the plain network that the residual one is compared with."),
        source=N_("He et al. 2015, section 3.3"),
        reshape=None,
    ),
    "pad": Shortcut(
        label=N_("A: zero padding on both sides"),
        help=N_(
            "Identity; where the shape changes, every other pixel, and zeros for the new channels before and behind"
            " the old ones: the choice of one public implementation, since the paper does not say where the zeros are."
            " No parameters."
        ),
        source=N_("He et al. 2015, section 3.3, option A; zeros on both sides as in akamaster/pytorch_resnet_cifar10"),
        reshape=_pad,
        pads=True,
    ),
    "pad_behind": Shortcut(
        label=N_("A: zero padding behind"),
        help=N_(
            "As zero padding on both sides, but all zeros stand behind the old channels: another function of the same"
            " weights."
        ),
        source=N_("He et al. 2015, section 3.3, option A; zeros behind as in fb.resnet.torch"),
        reshape=_pad_behind,
        pads=True,
    ),
    "pad_average": Shortcut(
        label=N_("A: average pool, zero padding on both sides"),
        help=N_("As zero padding on both sides, but the mean of 2x2 pixels instead of every other pixel."),
        source=N_("He et al. 2015, section 3.3, option A; average pool as in Tensorpack's CIFAR network"),
        reshape=_pad_average,
        pads=True,
    ),
    "projection": Shortcut(
        label=N_("B: projection where the shape changes"),
        help=N_("Identity; where the shape changes, a 1x1 convolution with stride."),
        source=N_("He et al. 2015, section 3.3, option B"),
        reshape=_subsample_or(project),
    ),
    "projection_all": Shortcut(
        label=N_("C: projection everywhere"),
        help=N_("A 1x1 convolution on every shortcut: more parameters, and no identity shortcuts."),
        source=N_("He et al. 2015, section 4.1, option C"),
        reshape=project,
        always=True,
    ),
    "avg_projection": Shortcut(
        label=N_("D: average pool, then projection"),
        help=N_("Where the shape changes, an average pool strides before the 1x1 convolution, so no pixel is ignored."),
        source=N_("He T. et al. 2019 (bag of tricks), ResNet-D"),
        reshape=_subsample_or(_average_then_project),
    ),
}


def is_plain(values: SpecValues) -> bool:
    """Whether the network has no shortcuts; one that has is residual."""
    return SHORTCUTS[values.shortcut].reshape is None
