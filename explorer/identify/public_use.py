"""Which networks with a file's shapes are in public use: the known networks' choices, at the file's sizes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from explorer.identify.function import Function, function_of
from explorer.identify.undecided import same_shapes
from explorer.model import PRESETS, ModelSpec, SpecError

Fields = Mapping[str, Any]

SIZES = (
    *("stage_blocks", "stage_widths", "cardinality", "base_width", "expansion", "stem_width", "head_hidden"),
    *("attention_reduction", "attention_divisor", "norm_groups", "in_channels", "image_size", "image_width"),
    "num_classes",
)
"""Fields that say how large a network is, and nothing of how it computes."""
IN_TRAINING = (
    *("zero_init_residual", "drop_path", "drop_path_mode", "block_dropout", "head_dropout", "gate_bias"),
    "skip_dropout",
)
"""Fields that act on training alone."""
SHAPED = (
    *("conv_bias", "shortcut_bias", "stem_bias", "bias_before_norm", "head_bias", "attention", "norm"),
    *("shortcut_norm", "head_norm"),
)
"""Fields that shapes decide. Where no known network has the file's shapes, one counts that has them but for these."""


@dataclass(frozen=True)
class Convention:
    """A documented choice that is made in place of a known network's."""

    where: Fields
    """The fields of the networks in which it is made."""
    fields: Fields
    source: str


CONVENTIONS = (
    Convention(
        {"shortcut": "pad"},
        {"shortcut": "pad_behind"},
        "facebookarchive/fb.resnet.torch, models/resnet.lua: shortcut type A puts all zeros behind the channels",
    ),
    Convention(
        {"shortcut": "pad"},
        {"shortcut": "pad_average"},
        "tensorflow/models, resnet_model.py for CIFAR: average pool, zeros on both sides",
    ),
    Convention(
        {"shortcut": "pad", "activation_order": "preact"},
        {"shortcut": "pad_average", "activation": "leaky_relu", "leaky_slope": 0.1},
        "tensorflow/models, resnet_model.py for CIFAR: leaky ReLUs of slope 0.1",
    ),
    Convention(
        {"block": "bottleneck", "num_classes": 0},
        {"dilations": (1, 1, 2, 4)},
        "pytorch/vision, replace_stride_with_dilation=[False, True, True] of segmentation's ResNets",
    ),
    Convention(
        {"block": "bottleneck", "num_classes": 0},
        {"dilations": (1, 1, 1, 2)},
        "tensorflow/models, DeepLab with an output stride of 16",
    ),
)
"""Choices in public use that no known network of the catalogue makes."""


def in_public_use(spec: ModelSpec) -> tuple[ModelSpec, ...]:
    """The networks with the shapes of `spec` that make the choices of a known network or of a documented convention.

    Each computes something else. Where no known network has such shapes, those count that have them but for what
    shapes decide anyway, such as biases. Empty where none has. `spec` is among them where it is in public use.
    """
    return _with_choices(spec, ()) or _with_choices(spec, SHAPED)


def _with_choices(spec: ModelSpec, own: tuple[str, ...]) -> tuple[ModelSpec, ...]:
    """The networks of all known choices that have the shapes of `spec`, whose values of the fields `own` are kept."""
    fits = same_shapes(spec)
    found: dict[Function, ModelSpec] = {}
    for fields in _known_choices():
        for chosen in (fields, *_documented(spec, fields)):
            try:
                rival = replace(spec, **{name: value for name, value in chosen.items() if name not in own})
            except SpecError:
                continue
            if fits(rival) and not _only_a_branch(rival):
                found.setdefault(function_of(rival), rival)
    return tuple(found.values())


def _documented(spec: ModelSpec, fields: Fields) -> Iterator[Fields]:
    for each in CONVENTIONS:
        if all((getattr(spec, name) if name in SIZES else fields[name]) == value for name, value in each.where.items()):
            yield {**fields, **each.fields}


def _only_a_branch(spec: ModelSpec) -> bool:
    """Whether nothing of the shortcut reaches the sum, which is what a plain network computes."""
    return spec.skip == "scale" and spec.skip_scale == 0.0


@cache
def _known_choices() -> tuple[Fields, ...]:
    """What the known networks choose beside their sizes, each once."""
    defaults = {name: value for name, value in ModelSpec().to_dict().items() if name not in (*SIZES, *IN_TRAINING)}
    found: list[Fields] = []
    for each in PRESETS.values():
        fields = defaults | {name: value for name, value in each.fields.items() if name in defaults}
        if fields not in found:
            found.append(fields)
    return tuple(found)
