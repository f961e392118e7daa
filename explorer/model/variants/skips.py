"""The table of skips: what the shortcut does to x on its way to the addition (He et al. 2016, Fig. 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.language import N_
from explorer.model import ops
from explorer.model.variants.base import Variant
from explorer.model.variants.builder import Builder, Tensor
from explorer.model.variants.unit import Unit


class Terms(NamedTuple):
    """The two terms of the sum, and the unit's input, which gates read."""

    x: Tensor
    branch: Tensor
    shortcut: Tensor


@dataclass(frozen=True, kw_only=True)
class Skip(Variant):
    """`weigh` alters the terms of the sum; `projects`: every shortcut is a 1x1 convolution."""

    weigh: Callable[[Builder, Terms, Unit], Terms]
    projects: bool = False


def _unchanged(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    return terms


def _scaled(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    builder.role = "shortcut"
    return terms._replace(shortcut=builder.add("skip_scale", ops.Scale(builder.spec.skip_scale), terms.shortcut))


def _dropped(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    builder.role = "shortcut"
    return terms._replace(shortcut=builder.add("skip_dropout", ops.Dropout(builder.spec.skip_dropout), terms.shortcut))


def _gate(builder: Builder, terms: Terms, unit: Unit) -> Tensor:
    """g(x) = sigmoid(W x + b), a 1x1 convolution with bias."""
    builder.role = "gate"
    bias = builder.spec.gate_bias
    op = ops.Conv2d(unit.in_channels, unit.out_channels, kernel_size=1, stride=unit.stride, bias=True)
    return builder.add("gate.1", ops.Sigmoid(), builder.add("gate.0", op, terms.x, init=(("bias", bias),)))


def _carried(builder: Builder, terms: Terms, gate: Tensor) -> Tensor:
    """(1 - g(x)) h(x)."""
    rest = builder.add("carry", ops.Complement(), gate)
    builder.role = "shortcut"
    return builder.add("carried", ops.Multiply(), terms.shortcut, rest)


def _exclusively_gated(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    gate = _gate(builder, terms, unit)
    shortcut = _carried(builder, terms, gate)
    builder.role = "branch"
    return terms._replace(branch=builder.add("gated", ops.Multiply(), terms.branch, gate), shortcut=shortcut)


def _shortcut_gated(builder: Builder, terms: Terms, unit: Unit) -> Terms:
    return terms._replace(shortcut=_carried(builder, terms, _gate(builder, terms, unit)))


SKIPS: dict[str, Skip] = {
    "identity": Skip(
        label=N_("identity"),
        help=N_("x is not changed: y = F(x) + x."),
        source=N_("He et al. 2016, Fig. 2(a)"),
        weigh=_unchanged,
    ),
    "scale": Skip(
        label=N_("constant scaling"),
        help=N_("The shortcut is multiplied by lambda (and the branch by its own factor): y = F(x) + lambda x."),
        source=N_("He et al. 2016, Fig. 2(b)"),
        weigh=_scaled,
        uses=("skip_scale",),
    ),
    "exclusive_gate": Skip(
        label=N_("exclusive gating"),
        help=N_("g(x) weighs the branch, 1 - g(x) the shortcut, as in highway networks; g is a 1x1 convolution."),
        source=N_("He et al. 2016, Fig. 2(c); Srivastava et al. 2015"),
        weigh=_exclusively_gated,
        uses=("gate_bias",),
    ),
    "shortcut_gate": Skip(
        label=N_("shortcut-only gating"),
        help=N_("1 - g(x) weighs the shortcut; the branch is not changed."),
        source=N_("He et al. 2016, Fig. 2(d)"),
        weigh=_shortcut_gated,
        uses=("gate_bias",),
    ),
    "conv1x1": Skip(
        label=N_("1x1 convolution"),
        help=N_("A 1x1 convolution replaces every identity, and the padding where the shape changes."),
        source=N_("He et al. 2016, Fig. 2(e)"),
        weigh=_unchanged,
        projects=True,
    ),
    "dropout": Skip(
        label=N_("dropout"),
        help=N_(
            "Values of the shortcut are dropped in training and the rest scaled up, so that x is incomplete after it."
        ),
        source=N_("He et al. 2016, Fig. 2(f)"),
        weigh=_dropped,
        uses=("skip_dropout",),
    ),
}
