"""The controls of the residual unit: its shortcut, and the order of its layers."""

from explorer.model.controls.control import Control, is_residual
from explorer.model.field_types import Choice, Flag, Real
from explorer.model.variants import ORDERS, SHORTCUTS, SKIPS

UNIT: dict[str, Control] = {
    "shortcut": Control(Choice(SHORTCUTS), "Shortcut", "How x gets the shape of F(x).", "Most used"),
    "shortcut_norm": Control(
        Flag(),
        "Normalise the projection",
        "A norm after the shortcut's 1x1 convolution. A full pre-activation network never has one.",
        "Shortcut",
        lambda values: is_residual(values) and ORDERS[values.activation_order].normed_projection,
    ),
    "shortcut_bias": Control(
        Flag(), "Bias on the projection", "A bias on the shortcut's 1x1 convolution.", "Shortcut", is_residual
    ),
    "skip": Control(
        Choice(SKIPS),
        "What the shortcut does to x",
        "The six shortcuts of He et al. 2016, Fig. 2.",
        "Shortcut",
        is_residual,
    ),
    "skip_scale": Control(
        Real(-4.0, 4.0),
        "Lambda on x",
        "Factor on the shortcut.",
        "Shortcut",
        lambda values: "skip_scale" in SKIPS[values.skip].uses,
    ),
    "residual_scale": Control(
        Real(-4.0, 4.0), "Factor on F(x)", "Factor on the branch before the addition.", "Shortcut", is_residual
    ),
    "gate_bias": Control(
        Real(-20.0, 20.0),
        "Initial gate bias",
        "b of g(x) = sigmoid(W x + b) at the start; He et al. 2016 tried 0 to -10.",
        "Shortcut",
        lambda values: "gate_bias" in SKIPS[values.skip].uses,
    ),
    "skip_dropout": Control(
        Real(0.0, 0.95),
        "Dropout rate on the shortcut",
        "Share of the shortcut's values dropped in training.",
        "Shortcut",
        lambda values: "skip_dropout" in SKIPS[values.skip].uses,
    ),
    "activation_order": Control(
        Choice(ORDERS),
        "Activation order",
        "The order of norm, activation, convolutions and addition (He et al. 2016, Fig. 4).",
        "Most used",
    ),
    "first_preact": Control(
        Flag(),
        "Pre-activation in the first unit",
        "A norm and an activation at the start of the first unit; sources differ.",
        "Layers",
        lambda values: bool(ORDERS[values.activation_order].before),
    ),
    "first_shortcut_preact": Control(
        Flag(),
        "Pre-activation on the first shortcut",
        "The first unit's identity shortcut takes the pre-activated x (He et al. 2016, appendix), or, when off, x as it"
        " is (timm).",
        "Layers",
        lambda values: values.first_preact and bool(ORDERS[values.activation_order].before) and is_residual(values),
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
