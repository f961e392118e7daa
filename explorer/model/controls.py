"""What each field of a spec means: its kind of value, its texts on a page, and when it has an effect.

Validation, widgets and documentation all read this table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.model.errors import FieldError, SpecError
from explorer.model.field_types import Choice, Flag, Kind, Real, Whole, WholeList
from explorer.model.spec_values import SpecValues
from explorer.model.variants import (
    ACTIVATIONS,
    ANTIALIASES,
    ATTENTIONS,
    BLOCKS,
    NORMS,
    ORDERS,
    SHORTCUTS,
    SKIPS,
    STEM_POOLS,
    STEMS,
    STRIDE_BLOCKS,
    STRIDES,
)
from explorer.model.variants.shortcuts import is_plain

MOST_STAGES = 8


def _always(values: SpecValues) -> bool:
    return True


def _is_residual(values: SpecValues) -> bool:
    return not is_plain(values)


@dataclass(frozen=True)
class Control:
    """One field: the values that it may have, and the texts of its control."""

    kind: Kind
    label: str
    help: str
    group: str
    """The heading under which the control stands."""
    has_effect: Callable[[SpecValues], bool] = _always
    """Whether the field has an effect with the given values; without one its value is kept and ignored."""

    def check(self, name: str, value: object) -> Any:
        """The value in its kind's own type. Raises SpecError."""
        try:
            return self.kind.check(name, value)
        except FieldError as error:
            raise SpecError(error.field, error.message) from None


CONTROLS: dict[str, Control] = {
    "block": Control(Choice(BLOCKS), "Block", "The convolutions of one residual branch.", "Body"),
    "stage_blocks": Control(
        WholeList(1, 1000, MOST_STAGES),
        "Blocks per stage",
        "The number of blocks in each stage; their sum sets the depth.",
        "Body",
    ),
    "stage_widths": Control(
        WholeList(1, 8192, MOST_STAGES),
        "Widths per stage",
        "Channels of each stage before the block's expansion.",
        "Body",
    ),
    "cardinality": Control(Whole(1, 1024), "Cardinality", "Groups of the 3x3 convolution (Xie et al. 2017).", "Body"),
    "base_width": Control(
        Whole(1, 1024),
        "Base width",
        "Channels per group at a stage width of 64: inner width = int(width x base width / 64) x cardinality.",
        "Body",
    ),
    "stride_on": Control(
        Choice(STRIDES),
        "Stride in the bottleneck",
        "Which convolution of a bottleneck halves the resolution.",
        "Body",
        lambda values: "stride_on" in BLOCKS[values.block].uses,
    ),
    "stride_block": Control(Choice(STRIDE_BLOCKS), "Stride in the stage", "Which block halves the resolution.", "Body"),
    "dilations": Control(
        WholeList(1, 16, MOST_STAGES, optional=True),
        "Dilations per stage",
        "A stage whose dilation is larger than the one before keeps its resolution instead of striding.",
        "Body",
    ),
    "multi_grid": Control(
        WholeList(1, 16, MOST_STAGES, optional=True, entry="block"),
        "Multi-grid",
        "Factors on the dilation of the last stage's blocks, in turn: 1, 2, 4 (Chen et al. 2017, DeepLabv3, section"
        " 4.2.1); a short list is repeated.",
        "Body",
    ),
    "shortcut": Control(Choice(SHORTCUTS), "Shortcut", "How x gets the shape of F(x).", "Shortcut"),
    "shortcut_norm": Control(
        Flag(),
        "Normalise the projection",
        "A norm after the shortcut's 1x1 convolution. A full pre-activation network never has one.",
        "Shortcut",
        lambda values: _is_residual(values) and ORDERS[values.activation_order].normed_projection,
    ),
    "shortcut_bias": Control(
        Flag(), "Bias on the projection", "A bias on the shortcut's 1x1 convolution.", "Shortcut", _is_residual
    ),
    "skip": Control(
        Choice(SKIPS),
        "What the shortcut does to x",
        "The six shortcuts of He et al. 2016, Fig. 2.",
        "Shortcut",
        _is_residual,
    ),
    "skip_scale": Control(
        Real(-4.0, 4.0),
        "Lambda on x",
        "Factor on the shortcut.",
        "Shortcut",
        lambda values: "skip_scale" in SKIPS[values.skip].uses,
    ),
    "residual_scale": Control(
        Real(-4.0, 4.0), "Factor on F(x)", "Factor on the branch before the addition.", "Shortcut", _is_residual
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
        "Layers",
    ),
    "first_preact": Control(
        Flag(),
        "Pre-activation in the first unit",
        "A norm and an activation at the start of the first unit; sources differ.",
        "Layers",
        lambda values: bool(ORDERS[values.activation_order].before),
    ),
    "norm": Control(Choice(NORMS), "Normalisation", "The layer after convolutions.", "Layers"),
    "activation": Control(Choice(ACTIVATIONS), "Activation", "The non-linearity.", "Layers"),
    "attention": Control(Choice(ATTENTIONS), "Channel attention", "Weighs the branch's channels.", "Layers"),
    "attention_reduction": Control(
        Whole(1, 256),
        "Attention reduction",
        "SE's squeezed width is the channels divided by this, rounded to a multiple of 8.",
        "Layers",
        lambda values: "attention_reduction" in ATTENTIONS[values.attention].uses,
    ),
    "antialias": Control(
        Choice(ANTIALIASES), "Anti-aliasing", "The layer that strides instead of the convolution.", "Layers"
    ),
    "weight_standardization": Control(
        Flag(), "Weight standardisation", "Standardises every filter before use (BiT).", "Layers"
    ),
    "conv_bias": Control(
        Flag(),
        "Convolution biases",
        "As in Keras: on every convolution; in pre-activation networks only where no norm follows.",
        "Layers",
    ),
    "zero_init_residual": Control(
        Flag(),
        "Zero-initialised branches",
        "The last norm's scale (or, without one, the last convolution) starts at zero: units begin as identities.",
        "Layers",
        _is_residual,
    ),
    "drop_path": Control(
        Real(0.0, 0.9),
        "Stochastic depth",
        "Probability of dropping the last branch in training; grows linearly from the first (Huang et al. 2016).",
        "Layers",
        _is_residual,
    ),
    "block_dropout": Control(
        Real(0.0, 0.95),
        "Dropout in the block",
        "Dropout before the branch's last convolution (Zagoruyko & Komodakis 2016, section 2.4).",
        "Layers",
    ),
    "stem": Control(Choice(STEMS), "Stem", "The layers before the first block.", "Stem and head"),
    "stem_width": Control(
        Whole(1, 2048), "Stem width", "Channels of the stem; a deep stem has twice as many at its end.", "Stem and head"
    ),
    "stem_pool": Control(
        Choice(STEM_POOLS),
        "Stem pool",
        "The layer that halves the resolution after the stem's convolutions.",
        "Stem and head",
        lambda values: "stem_pool" in STEMS[values.stem].uses,
    ),
    "stem_norm": Control(
        Flag(), "Norm in the stem", "Norm and activation after the stem's last convolution.", "Stem and head"
    ),
    "in_channels": Control(Whole(1, 64), "Input channels", "3 for colour, 1 for grey.", "Stem and head"),
    "image_size": Control(Whole(4, 2048), "Image size", "Side of the square input, in pixels.", "Stem and head"),
    "num_classes": Control(Whole(1, 100_000), "Classes", "Outputs of the last linear layer.", "Stem and head"),
}
"""Every field of `SpecValues` by its JSON name, in the same order, which is that of the page."""
