"""The fields of a specification with their defaults, unchecked.

Variants, rules and assembly read these. `spec.ModelSpec` has the same fields and is always valid.
"""

from dataclasses import dataclass, fields
from typing import Any


def usual_strides(stages: int) -> tuple[int, ...]:
    """The strides of so many stages where none are given: every stage but the first halves the map."""
    return (1, *(2,) * (stages - 1))


@dataclass(frozen=True)
class SpecValues:
    """A value for every field; nothing says that they are within bounds or fit together.

    The defaults are torchvision's `resnet50`. `controls.CONTROLS` says what each field means.
    """

    block: str = "bottleneck"
    stage_blocks: tuple[int, ...] = (3, 4, 6, 3)
    stage_widths: tuple[int, ...] = (64, 128, 256, 512)
    cardinality: int = 1
    base_width: int = 64
    expansion: int | None = None
    stride_on: str = "3x3"
    stride_block: str = "first"
    stage_strides: tuple[int, ...] | None = None
    padding: str = "symmetric"
    transition: str = "none"
    dilations: tuple[int, ...] | None = None
    multi_grid: tuple[int, ...] | None = None
    shortcut: str = "projection"
    shortcut_norm: bool = True
    shortcut_bias: bool = False
    skip: str = "identity"
    skip_scale: float = 1.0
    residual_scale: float = 1.0
    gate_bias: float = -6.0
    skip_dropout: float = 0.5
    activation_order: str = "post"
    first_preact: bool = True
    first_shortcut_preact: bool = True
    norm: str = "batch"
    norm_eps: str = "1e-5"
    norm_groups: int = 32
    activation: str = "relu"
    leaky_slope: float = 0.01
    attention: str = "none"
    attention_reduction: int = 16
    attention_divisor: int = 8
    attention_bias: bool = True
    antialias: str = "none"
    weight_standardization: bool = False
    conv_bias: bool = False
    bias_before_norm: bool = False
    zero_init_residual: bool = False
    drop_path: float = 0.0
    drop_path_mode: str = "row"
    block_dropout: float = 0.0
    stem: str = "imagenet"
    stem_width: int = 64
    stem_pool: str = "max"
    stem_norm: bool = True
    stem_bias: bool = False
    in_channels: int = 3
    image_size: int = 224
    image_width: int | None = None
    closing: str = "order"
    head_pool: str = "avg"
    head_hidden: tuple[int, ...] = ()
    head_dropout: float = 0.0
    head_bias: bool = True
    head_scale: float = 1.0
    head_norm: bool = False
    num_classes: int = 1000


DEFAULT_VALUES: dict[str, Any] = {
    item.name: list(item.default) if isinstance(item.default, tuple) else item.default for item in fields(SpecValues)
}
"""The default of every field as a JSON value, in the order of declaration."""
