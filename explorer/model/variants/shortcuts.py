"""The table of shortcuts: how h(x) takes the shape of F(x)."""

from collections.abc import Callable
from dataclasses import dataclass

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
    always: bool = False


def project(builder: Builder, x: Tensor, unit: Unit, *, position: int = 0, stride: int | None = None) -> Tensor:
    """A 1x1 convolution, normalised unless the spec or the activation order says otherwise."""
    spec = builder.spec
    normed = spec.shortcut_norm and builder.order.normed_projection
    stride = unit.stride if stride is None else stride
    name = f"downsample.{position}"
    h = builder.conv(name, x, unit.out_channels, 1, stride=stride, normed=normed, bias=spec.shortcut_bias)
    return builder.norm(f"downsample.{position + 1}", h) if normed else h


def _pad(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    if unit.out_channels < unit.in_channels:
        raise SpecError(
            "shortcut",
            f"padding cannot go from {unit.in_channels} channels down to {unit.out_channels}; use a projection.",
        )
    return builder.add("pad", ops.PadShortcut(unit.out_channels, unit.stride), x)


def _subsample_or(reshape: Reshape) -> Reshape:
    """Where a stack strides in its last block only the resolution changes there: subsample, as Keras' V2 does."""

    def place(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
        if STRIDE_BLOCKS[builder.spec.stride_block].subsamples and not unit.changes_channels:
            return builder.add("subsample", ops.MaxPool2d(kernel_size=1, stride=unit.stride), x)
        return reshape(builder, x, unit)

    return place


def _average_then_project(builder: Builder, x: Tensor, unit: Unit) -> Tensor:
    if unit.stride == 1:
        return project(builder, x, unit, position=1)  # as timm's, whose place 0 is then an identity
    pooled = builder.add("downsample.0", ops.AvgPool2d(kernel_size=unit.stride, stride=unit.stride), x)
    return project(builder, pooled, unit, position=1, stride=1)


SHORTCUTS: dict[str, Shortcut] = {
    "none": Shortcut(
        label="none (plain network)",
        help="No shortcut: the plain network that the residual one is compared with.",
        source="He et al. 2015, section 3.3",
        reshape=None,
    ),
    "pad": Shortcut(
        label="A: zero padding",
        help="Identity; where the shape changes, every other pixel and zeros for the new channels. No parameters.",
        source="He et al. 2015, section 3.3, option A",
        reshape=_pad,
    ),
    "projection": Shortcut(
        label="B: projection where the shape changes",
        help="Identity; where the shape changes, a 1x1 convolution with stride.",
        source="He et al. 2015, section 3.3, option B",
        reshape=_subsample_or(project),
    ),
    "projection_all": Shortcut(
        label="C: projection everywhere",
        help="A 1x1 convolution on every shortcut: more parameters, and no identity shortcuts.",
        source="He et al. 2015, section 4.1, option C",
        reshape=project,
        always=True,
    ),
    "avg_projection": Shortcut(
        label="D: average pool, then projection",
        help="Where the shape changes, an average pool strides before the 1x1 convolution, so no pixel is ignored.",
        source="He T. et al. 2019 (bag of tricks), ResNet-D",
        reshape=_subsample_or(_average_then_project),
    ),
}


def is_plain(values: SpecValues) -> bool:
    """Whether the network has no shortcuts; one that has is residual."""
    return SHORTCUTS[values.shortcut].reshape is None
