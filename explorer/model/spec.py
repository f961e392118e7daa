"""The specification of a network: one frozen, validated value that everything else is derived from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from explorer.model.assembly.network import assemble
from explorer.model.controls import Choice, Control, Flag, Real, Whole, WholeList, control
from explorer.model.errors import SpecError
from explorer.model.rules import check_combination
from explorer.model.text.json_reader import parse_json, unknown_field
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

MOST_STAGES = 8


@dataclass(frozen=True)
class ModelSpec:
    """A network of the residual family. The defaults are torchvision's `resnet50`.

    Every constructed spec is valid: its values are within bounds and its network can be assembled.
    Raises SpecError(field, message) otherwise.
    """

    block: str = control("bottleneck", Choice(BLOCKS), "Block", "The convolutions of one residual branch.", "Body")
    stage_blocks: tuple[int, ...] = control(
        (3, 4, 6, 3),
        WholeList(1, 1000, MOST_STAGES),
        "Blocks per stage",
        "How many blocks follow each other in each stage; their sum sets the depth.",
        "Body",
    )
    stage_widths: tuple[int, ...] = control(
        (64, 128, 256, 512),
        WholeList(1, 8192, MOST_STAGES),
        "Widths per stage",
        "Channels of each stage before the block's expansion.",
        "Body",
    )
    cardinality: int = control(
        1, Whole(1, 1024), "Cardinality", "Groups of the 3x3 convolution (Xie et al. 2017).", "Body"
    )
    base_width: int = control(
        64,
        Whole(1, 1024),
        "Base width",
        "Channels per group at a stage width of 64: inner width = int(width x base width / 64) x cardinality.",
        "Body",
    )
    stride_on: str = control(
        "3x3",
        Choice(STRIDES),
        "Stride in the bottleneck",
        "Which convolution of a bottleneck halves the resolution.",
        "Body",
        lambda spec: "stride_on" in BLOCKS[spec.block].uses,
    )
    stride_block: str = control(
        "first", Choice(STRIDE_BLOCKS), "Stride in the stage", "Which block halves the resolution.", "Body"
    )
    dilations: tuple[int, ...] | None = control(
        None,
        WholeList(1, 16, MOST_STAGES, optional=True),
        "Dilations per stage",
        "A stage whose dilation is larger than the one before keeps its resolution instead of striding.",
        "Body",
    )
    shortcut: str = control("projection", Choice(SHORTCUTS), "Shortcut", "How x takes the shape of F(x).", "Shortcut")
    shortcut_norm: bool = control(
        True,
        Flag(),
        "Normalise the projection",
        "A norm after the shortcut's 1x1 convolution. A full pre-activation network never has one.",
        "Shortcut",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None and ORDERS[spec.activation_order].normed_projection,
    )
    shortcut_bias: bool = control(
        False,
        Flag(),
        "Bias on the projection",
        "A bias on the shortcut's 1x1 convolution.",
        "Shortcut",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None,
    )
    skip: str = control(
        "identity",
        Choice(SKIPS),
        "What the shortcut does to x",
        "The six shortcuts of He et al. 2016, Fig. 2.",
        "Shortcut",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None,
    )
    skip_scale: float = control(
        1.0,
        Real(-4.0, 4.0),
        "Lambda on x",
        "Factor on the shortcut.",
        "Shortcut",
        lambda spec: "skip_scale" in SKIPS[spec.skip].uses,
    )
    residual_scale: float = control(
        1.0,
        Real(-4.0, 4.0),
        "Factor on F(x)",
        "Factor on the branch before the addition.",
        "Shortcut",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None,
    )
    gate_bias: float = control(
        -6.0,
        Real(-20.0, 20.0),
        "Initial gate bias",
        "b of g(x) = sigmoid(W x + b) at the start; He et al. 2016 tried 0 to -10.",
        "Shortcut",
        lambda spec: "gate_bias" in SKIPS[spec.skip].uses,
    )
    skip_dropout: float = control(
        0.5,
        Real(0.0, 0.95),
        "Dropout rate on the shortcut",
        "Share of the shortcut's values dropped in training.",
        "Shortcut",
        lambda spec: "skip_dropout" in SKIPS[spec.skip].uses,
    )
    activation_order: str = control(
        "post",
        Choice(ORDERS),
        "Activation order",
        "Where norm and activation stand around the convolutions and the addition (He et al. 2016, Fig. 4).",
        "Layers",
    )
    first_preact: bool = control(
        True,
        Flag(),
        "Pre-activation in the first unit",
        "The norm and activation that open the first unit; sources differ.",
        "Layers",
        lambda spec: bool(ORDERS[spec.activation_order].before),
    )
    norm: str = control("batch", Choice(NORMS), "Normalisation", "The layer after convolutions.", "Layers")
    activation: str = control("relu", Choice(ACTIVATIONS), "Activation", "The non-linearity.", "Layers")
    attention: str = control("none", Choice(ATTENTIONS), "Channel attention", "Weighs the branch's channels.", "Layers")
    attention_reduction: int = control(
        16,
        Whole(1, 256),
        "Attention reduction",
        "SE's squeezed width is the channels divided by this, rounded to a multiple of 8.",
        "Layers",
        lambda spec: "attention_reduction" in ATTENTIONS[spec.attention].uses,
    )
    antialias: str = control(
        "none", Choice(ANTIALIASES), "Anti-aliasing", "What strides in the convolution's place.", "Layers"
    )
    weight_standardization: bool = control(
        False, Flag(), "Weight standardisation", "Standardises every filter before use (BiT).", "Layers"
    )
    conv_bias: bool = control(
        False,
        Flag(),
        "Convolution biases",
        "As Keras does: on every convolution, or in pre-activation networks where no norm follows.",
        "Layers",
    )
    zero_init_residual: bool = control(
        False,
        Flag(),
        "Zero-initialised branches",
        "The last norm's scale (or, without one, the last convolution) starts at zero: units begin as identities.",
        "Layers",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None,
    )
    drop_path: float = control(
        0.0,
        Real(0.0, 0.9),
        "Stochastic depth",
        "Probability of dropping the last branch in training; grows linearly from the first (Huang et al. 2016).",
        "Layers",
        lambda spec: SHORTCUTS[spec.shortcut].reshape is not None,
    )
    block_dropout: float = control(
        0.0,
        Real(0.0, 0.95),
        "Dropout in the block",
        "Dropout before the branch's last convolution (Zagoruyko & Komodakis 2016, section 2.4).",
        "Layers",
    )
    stem: str = control("imagenet", Choice(STEMS), "Stem", "What comes before the first block.", "Stem and head")
    stem_width: int = control(
        64,
        Whole(1, 2048),
        "Stem width",
        "Channels of the stem; a deep stem ends in twice as many.",
        "Stem and head",
    )
    stem_pool: str = control(
        "max",
        Choice(STEM_POOLS),
        "Stem pool",
        "What halves the resolution after the stem's convolutions.",
        "Stem and head",
        lambda spec: "stem_pool" in STEMS[spec.stem].uses,
    )
    stem_norm: bool = control(
        True, Flag(), "Norm in the stem", "Norm and activation after the stem's last convolution.", "Stem and head"
    )
    in_channels: int = control(3, Whole(1, 64), "Input channels", "3 for colour, 1 for grey.", "Stem and head")
    image_size: int = control(
        224, Whole(4, 2048), "Image size", "Side of the square input, in pixels.", "Stem and head"
    )
    num_classes: int = control(1000, Whole(1, 100_000), "Classes", "Outputs of the last linear layer.", "Stem and head")

    def __post_init__(self) -> None:
        for name, declared in CONTROLS.items():
            object.__setattr__(self, name, declared.check(name, getattr(self, name)))
        check_combination(self)
        assemble(self)  # finds what only shows once shapes are known

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """The spec of a JSON object, which may name a `preset` to start from. Raises SpecError."""
        if not isinstance(values, Mapping):
            raise SpecError("spec", 'a spec is a JSON object such as {"preset": "resnet50"}.')
        given = dict(values)
        start: dict[str, Any] = {}
        if "preset" in given:
            from explorer.model.presets.catalogue import preset_fields

            start = preset_fields(given.pop("preset"))
        for name in given:
            if name not in CONTROLS:
                raise unknown_field(name, CONTROLS)
        return cls(**(start | given))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The spec in a JSON text. Raises SpecError, also for text that is no JSON or too long."""
        return cls.from_dict(parse_json(text, (*CONTROLS, "preset")))

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values, in the order of declaration."""
        return {name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in CONTROLS}

    def to_json(self) -> str:
        """All fields as JSON; `from_json` gives an equal spec."""
        return json.dumps(self.to_dict())

    def changes(self, other: "ModelSpec | None" = None) -> dict[str, Any]:
        """The fields whose values differ from `other`'s (default: from torchvision's resnet50), as JSON values."""
        base = DEFAULT_VALUES if other is None else other.to_dict()
        return {name: value for name, value in self.to_dict().items() if value != base[name]}

    @property
    def depth(self) -> int:
        """Layers with weights as the papers count them: the branches' convolutions, the stem's first, the linear."""
        return BLOCKS[self.block].layers * sum(self.stage_blocks) + 2


CONTROLS: dict[str, Control] = {item.name: item.metadata["control"] for item in fields(ModelSpec)}
"""Every field's declaration, by JSON name, in the order of the page."""

DEFAULT_VALUES: dict[str, Any] = {
    item.name: list(item.default) if isinstance(item.default, tuple) else item.default for item in fields(ModelSpec)
}
