"""The table of activation orders: where norm and activation are placed around each convolution and the addition."""

from dataclasses import dataclass
from typing import Literal

from explorer.language import N_
from explorer.model.variants.base import Variant

Step = Literal["norm", "act"]


@dataclass(frozen=True, kw_only=True)
class Order(Variant):
    """A pattern of norm and activation, as data."""

    before: tuple[Step, ...] = ()
    """Before every convolution of the branch; the first of these opens the unit (pre-activation)."""
    opening: tuple[Step, ...] = ()
    """Before the first convolution of the branch only; the shortcut takes x as it is."""
    after: tuple[Step, ...] = ()
    """After every convolution but the last."""
    after_last: tuple[Step, ...] = ()
    """After the last convolution, before the addition."""
    after_add: tuple[Step, ...] = ()
    closing: tuple[Step, ...] = ()
    """Once, after the last unit of the network."""
    normed_projection: bool = True
    """Whether a projection may be normalised; a full pre-activation projects what is normalised already."""
    redundant_bias: bool = True
    """Where convolutions carry biases: also before a normalisation (Keras V1), or not there (Keras V2)."""


ORDERS: dict[str, Order] = {
    "post": Order(
        label=N_("original (post-activation)"),
        help=N_("conv-norm-ReLU-conv-norm, add, ReLU. The activation after the addition is on the shortcut path."),
        source=N_("He et al. 2015; He et al. 2016, Fig. 4(a)"),
        after=("norm", "act"),
        after_last=("norm",),
        after_add=("act",),
    ),
    "bn_after_add": Order(
        label=N_("BN after addition"),
        help=N_("The last normalisation comes after the addition and so changes the shortcut's signal too."),
        source=N_("He et al. 2016, Fig. 4(b)"),
        after=("norm", "act"),
        after_add=("norm", "act"),
    ),
    "relu_before_add": Order(
        label=N_("ReLU before addition"),
        help=N_("The branch ends in a ReLU: F(x) can only add, never subtract, and the signal grows with depth."),
        source=N_("He et al. 2016, Fig. 4(c)"),
        after=("norm", "act"),
        after_last=("norm", "act"),
    ),
    "norm_first": Order(
        label=N_("norm first"),
        help=N_(
            "norm-conv-norm-ReLU-conv-norm, nothing after the addition: within a stage the shortcut is an identity."
        ),
        source=N_("Han et al. 2017 (PyramidNet), Fig. 6(d); InsightFace's `iresnet`"),
        opening=("norm",),
        after=("norm", "act"),
        after_last=("norm",),
        closing=("norm", "act"),
    ),
    "relu_only_preact": Order(
        label=N_("ReLU-only pre-activation"),
        help=N_("ReLU comes before the convolutions, normalisation stays after them."),
        source=N_("He et al. 2016, Fig. 4(d)"),
        before=("act",),
        after=("norm",),
        after_last=("norm",),
        closing=("act",),
    ),
    "preact": Order(
        label=N_("full pre-activation"),
        help=N_("norm-ReLU-conv twice, nothing after the addition: within a stage the shortcut is an identity."),
        source=N_("He et al. 2016, Fig. 4(e)"),
        before=("norm", "act"),
        closing=("norm", "act"),
        normed_projection=False,
        redundant_bias=False,
    ),
}
