"""Tables of layers: normalisations and activations."""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from explorer.model import ops
from explorer.model.ops import Op
from explorer.model.variants.base import Variant

GROUPS_OF_GROUP_NORM = 32


@dataclass(frozen=True, kw_only=True)
class Normalisation(Variant):
    """`layer(channels)` gives the op, or None where nothing is placed."""

    layer: Callable[[int], Op | None]


@dataclass(frozen=True, kw_only=True)
class Activation(Variant):
    """`layer()` gives the op."""

    layer: Callable[[], Op]


NORMS: dict[str, Normalisation] = {
    "batch": Normalisation(
        label="batch",
        help="Normalises each channel over the batch; keeps running statistics for inference.",
        source="Ioffe & Szegedy 2015; He et al. 2015, section 3.4",
        layer=ops.BatchNorm2d,
    ),
    "group": Normalisation(
        label="group",
        help="Normalises groups of channels within one example: 32 groups, or the largest common divisor with 32.",
        source="Wu & He 2018",
        layer=lambda channels: ops.GroupNorm(gcd(GROUPS_OF_GROUP_NORM, channels), channels),
    ),
    "none": Normalisation(
        label="none",
        help="No normalisation: deep networks then depend on their initialisation.",
        source="the network before Ioffe & Szegedy 2015",
        layer=lambda channels: None,
    ),
}

ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        label="ReLU", help="max(x, 0), the paper's choice.", source="Nair & Hinton 2010", layer=ops.ReLU
    ),
    "leaky_relu": Activation(
        label="leaky ReLU",
        help="Multiplies negative values by 0.01.",
        source="Maas et al. 2013",
        layer=ops.LeakyReLU,
    ),
    "silu": Activation(
        label="SiLU (swish)", help="x times sigmoid(x), smooth.", source="Ramachandran et al. 2017", layer=ops.SiLU
    ),
    "gelu": Activation(
        label="GELU", help="x times the normal distribution function.", source="Hendrycks & Gimpel 2016", layer=ops.GELU
    ),
}
