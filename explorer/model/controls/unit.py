"""The controls of the residual unit: its shortcut, and the order of its layers."""

from explorer.language import N_
from explorer.model.controls.control import Control, is_residual
from explorer.model.field_types import Choice, Flag, Real
from explorer.model.variants import ORDERS, SHORTCUTS, SKIPS

UNIT: dict[str, Control] = {
    "shortcut": Control(Choice(SHORTCUTS), N_("Shortcut"), N_("How x gets the shape of F(x)."), N_("Most used")),
    "shortcut_norm": Control(
        Flag(),
        N_("Normalise the projection"),
        N_("A norm after the shortcut's 1x1 convolution. A full pre-activation network never has one."),
        N_("Shortcut"),
        lambda values: is_residual(values) and ORDERS[values.activation_order].normed_projection,
    ),
    "shortcut_bias": Control(
        Flag(),
        N_("Bias on the projection"),
        N_("A bias on the shortcut's 1x1 convolution."),
        N_("Shortcut"),
        is_residual,
    ),
    "skip": Control(
        Choice(SKIPS),
        N_("What the shortcut does to x"),
        N_("The six shortcuts of He et al. 2016, Fig. 2."),
        N_("Shortcut"),
        is_residual,
    ),
    "skip_scale": Control(
        Real(-4.0, 4.0),
        N_("Lambda on x"),
        N_("Factor on the shortcut."),
        N_("Shortcut"),
        lambda values: "skip_scale" in SKIPS[values.skip].uses,
    ),
    "residual_scale": Control(
        Real(-4.0, 4.0),
        N_("Factor on F(x)"),
        N_("Factor on the branch before the addition."),
        N_("Shortcut"),
        is_residual,
    ),
    "gate_bias": Control(
        Real(-20.0, 20.0),
        N_("Initial gate bias"),
        N_("b of g(x) = sigmoid(W x + b) at the start; He et al. 2016 tried 0 to -10."),
        N_("Shortcut"),
        lambda values: "gate_bias" in SKIPS[values.skip].uses,
    ),
    "skip_dropout": Control(
        Real(0.0, 0.95),
        N_("Dropout rate on the shortcut"),
        N_("Share of the shortcut's values dropped in training."),
        N_("Shortcut"),
        lambda values: "skip_dropout" in SKIPS[values.skip].uses,
    ),
    "activation_order": Control(
        Choice(ORDERS),
        N_("Activation order"),
        N_("The order of norm, activation, convolutions and addition (He et al. 2016, Fig. 4)."),
        N_("Most used"),
    ),
    "first_preact": Control(
        Flag(),
        N_("Pre-activation in the first unit"),
        N_("A norm and an activation at the start of the first unit; sources differ."),
        N_("Layers"),
        lambda values: bool(ORDERS[values.activation_order].before),
    ),
    "first_shortcut_preact": Control(
        Flag(),
        N_("Pre-activation on the first shortcut"),
        N_(
            "The first unit's identity shortcut takes the pre-activated x (He et al. 2016, appendix), or, when off, x"
            " as it is (timm)."
        ),
        N_("Layers"),
        lambda values: values.first_preact and bool(ORDERS[values.activation_order].before) and is_residual(values),
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
