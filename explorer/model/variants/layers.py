"""Tables of layers: normalisations and activations."""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from explorer.language import N_
from explorer.model import ops
from explorer.model.ops import Op
from explorer.model.spec_values import SpecValues
from explorer.model.variants.base import Variant


@dataclass(frozen=True, kw_only=True)
class Normalisation(Variant):
    """`layer(spec, channels)` gives the op, or None where nothing is placed."""

    layer: Callable[[SpecValues, int], Op | None]


@dataclass(frozen=True, kw_only=True)
class Epsilon(Variant):
    """`value` is added to the variance."""

    value: float


@dataclass(frozen=True, kw_only=True)
class Activation(Variant):
    """`layer(spec, channels)` gives the op."""

    layer: Callable[[SpecValues, int], Op]


def epsilon(spec: SpecValues) -> float:
    """What the spec's norms add to the variance."""
    return EPSILONS[spec.norm_eps].value


NORMS: dict[str, Normalisation] = {
    "batch": Normalisation(
        label=N_("batch"),
        help=N_("Normalises each channel over the batch; keeps running statistics for inference."),
        source=N_("Ioffe & Szegedy 2015; He et al. 2015, section 3.4"),
        layer=lambda spec, channels: ops.BatchNorm2d(channels, epsilon(spec)),
    ),
    "group": Normalisation(
        label=N_("group"),
        help=N_("Normalises groups of channels within one example."),
        source=N_("Wu & He 2018"),
        layer=lambda spec, channels: ops.GroupNorm(gcd(spec.norm_groups, channels), channels, epsilon(spec)),
        uses=("norm_groups",),
    ),
    "layer": Normalisation(
        label=N_("layer"),
        help=N_("Normalises all values of an example at once: a group norm of one group."),
        source=N_("Ba et al. 2016; Wu & He 2018, section 3.1"),
        layer=lambda spec, channels: ops.GroupNorm(1, channels, epsilon(spec)),
    ),
    "instance": Normalisation(
        label=N_("instance"),
        help=N_(
            "Normalises each channel of an example by itself, with a scale and a shift: a group norm with as many"
            " groups as channels."
        ),
        source=N_("Ulyanov et al. 2016; Wu & He 2018, section 3.1"),
        layer=lambda spec, channels: ops.GroupNorm(channels, channels, epsilon(spec)),
    ),
    "none": Normalisation(
        label=N_("none"),
        help=N_("No normalisation: deep networks then depend on their initialisation."),
        source=N_("the network before Ioffe & Szegedy 2015"),
        layer=lambda spec, channels: None,
    ),
}

EPSILONS: dict[str, Epsilon] = {
    "1e-5": Epsilon(
        label=N_("1e-5"),
        help=N_("As torch's layers have it by default."),
        source=N_("torch, torchvision, timm"),
        value=1e-5,
    ),
    "1.001e-5": Epsilon(
        label=N_("1.001e-5"),
        help=N_("As the ready-made networks of Keras have it."),
        source=N_("keras.applications"),
        value=1.001e-5,
    ),
    "1e-3": Epsilon(
        label=N_("1e-3"),
        help=N_("As Keras' layers have it by default."),
        source=N_("keras.layers.BatchNormalization"),
        value=1e-3,
    ),
}
"""What a normalisation adds to the variance, so that a constant channel is not divided by zero."""

ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        label=N_("ReLU"),
        help=N_("max(x, 0), the paper's choice."),
        source=N_("Nair & Hinton 2010"),
        layer=lambda *_: ops.ReLU(),
    ),
    "leaky_relu": Activation(
        label=N_("leaky ReLU"),
        help=N_("Multiplies negative values by a small slope."),
        source=N_("Maas et al. 2013"),
        layer=lambda spec, _: ops.LeakyReLU(spec.leaky_slope),
        uses=("leaky_slope",),
    ),
    "prelu": Activation(
        label=N_("PReLU"),
        help=N_("Multiplies negative values by a slope that each channel learns, 0.25 at first."),
        source=N_("He et al. 2015b, section 2.1 (channel-wise)"),
        layer=lambda _, channels: ops.PReLU(channels),
    ),
    "silu": Activation(
        label=N_("SiLU (swish)"),
        help=N_("x times sigmoid(x), smooth."),
        source=N_("Ramachandran et al. 2017"),
        layer=lambda *_: ops.SiLU(),
    ),
    "gelu": Activation(
        label=N_("GELU"),
        help=N_("x times the normal distribution function."),
        source=N_("Hendrycks & Gimpel 2016"),
        layer=lambda *_: ops.GELU(),
    ),
    "mish": Activation(
        label=N_("Mish"),
        help=N_("x times tanh(softplus(x)), smooth."),
        source=N_("Misra 2020"),
        layer=lambda *_: ops.Mish(),
    ),
    "hardswish": Activation(
        label=N_("Hardswish"),
        help=N_("x times ReLU6(x + 3) / 6: SiLU in straight pieces and a parabola."),
        source=N_("Howard et al. 2019, section 5.2"),
        layer=lambda *_: ops.Hardswish(),
    ),
}
