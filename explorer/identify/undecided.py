"""What a file's names and shapes leave open: other networks with the same tensors that compute something else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from explorer.identify.function import function_of
from explorer.identify.layers import shape_counts
from explorer.identify.rivals import rivals
from explorer.model import CONTROLS, ModelSpec, SpecError
from explorer.model.field_types import Choice, Flag

Fields = Mapping[str, Any]

NUMBERS: dict[str, Callable[[ModelSpec], tuple[Any, ...]]] = {
    "stage_strides": lambda spec: _last_strides(len(spec.stage_blocks)),
    "dilations": lambda spec: _last_dilations(len(spec.stage_blocks)),
    "multi_grid": lambda spec: (None, (1, 2, 4)),
    "skip_scale": lambda spec: (1.0, 0.5, 0.9),
    "residual_scale": lambda spec: (1.0, 0.5),
    "norm_groups": lambda spec: (32, 16, 8),
    "leaky_slope": lambda spec: (0.01, 0.1, 0.2),
    "head_scale": lambda spec: (1.0, 0.125),
}
"""Values of the fields that are no choice: those in public use."""

BESIDE: dict[tuple[str, Any], tuple[Fields, ...]] = {
    ("skip_scale", 0.5): ({"skip": "scale"},),
    ("skip_scale", 0.9): ({"skip": "scale"},),
    ("leaky_slope", 0.1): ({"activation": "leaky_relu"},),
    ("leaky_slope", 0.2): ({"activation": "leaky_relu"},),
    ("activation_order", "preact"): (
        {},
        {"stem_norm": False},
        {"closing": "none"},
        {"stem_norm": False, "first_preact": True},
        {"first_preact": False},
    ),
    ("activation_order", "post"): ({}, {"stem_norm": True}),
    ("activation_order", "bn_after_add"): ({}, {"stem_norm": True}),
    ("activation_order", "relu_before_add"): ({}, {"stem_norm": True}),
    ("activation_order", "relu_only_preact"): ({}, {"stem_norm": True}),
    ("stem", "cifar"): ({"stem_pool": "max"},),
    ("shortcut", "none"): (
        {},
        {"skip": "identity", "residual_scale": 1.0, "zero_init_residual": False, "drop_path": 0.0},
    ),
}
"""What else is changed with a value of a field, in the order in which it is tried; nothing where no entry says it."""

LIKELY = (
    *("shortcut", "stride_on", "activation_order", "activation", "stem", "stem_pool", "antialias", "skip_scale"),
    *("weight_standardization", "stride_block", "dilations", "norm", "norm_eps", "padding"),
)
"""The fields that networks in use differ in, the likeliest first."""

SECONDARY = frozenset({"image_size", "image_width"})


Fits = Callable[[ModelSpec], bool]
"""Whether a network explains a file as well as the one that was found."""


def undecided_fields(spec: ModelSpec, fits: Fits, read: Iterable[ModelSpec] = ()) -> dict[str, tuple[Any, ...]]:
    """By field, the values with which the network computes something else and fits as well, the spec's own first.

    Of the networks that differ in one field that field is named, and not what `BESIDE` changes with it; of those that
    differ in several, `rivals` and others that were `read` from the same shapes, each that acts. Fields that act on
    training alone, and the image's size where it is in no tensor, are none of them.
    """
    found = [
        (name, value)
        for name in CONTROLS
        for value in values_of(spec, name)
        if next(_with_value(spec, name, value, fits), None) is not None
    ]
    for rival in (*several_fields_away(spec, fits), *read):
        told = acting(rival, spec)
        found += [(name, getattr(told, name)) for name in differing(spec, told)]
    values: dict[str, dict[Any, None]] = {}
    for name, value in found:
        values.setdefault(name, {getattr(spec, name): None})[value] = None
    return {name: tuple(values[name]) for name in CONTROLS if name in values}


def one_field_away(spec: ModelSpec, fits: Fits) -> Iterator[ModelSpec]:
    """The networks with another value of one field that fit and compute something else."""
    for name in CONTROLS:
        for value in values_of(spec, name):
            yield from _with_value(spec, name, value, fits)


def several_fields_away(spec: ModelSpec, fits: Fits) -> Iterator[ModelSpec]:
    """Those of `rivals` that fit and compute something else."""
    return _others(spec, rivals(spec), fits)


def _with_value(spec: ModelSpec, name: str, value: Any, fits: Fits) -> Iterator[ModelSpec]:
    return _others(spec, changed(spec, name, value), fits)


def _others(spec: ModelSpec, tried: Iterable[ModelSpec], fits: Fits) -> Iterator[ModelSpec]:
    """Those of the networks that fit and compute something else, each looked at when it is asked for."""
    own = function_of(spec)
    return (rival for rival in tried if fits(rival) and function_of(rival) != own)


def differing(spec: ModelSpec, other: ModelSpec) -> tuple[str, ...]:
    """The names of the fields in which two specs differ."""
    return tuple(name for name in CONTROLS if getattr(spec, name) != getattr(other, name))


TOGETHER = (("stage_widths", "base_width", "expansion"), ("attention_reduction", "attention_divisor"))
"""Fields of which several settings give the same channels."""


def acting(rival: ModelSpec, spec: ModelSpec) -> ModelSpec:
    """The rival with the values of `spec` in every field whose own value changes neither tensors nor function."""
    for names in (*TOGETHER, *((name,) for name in differing(rival, spec))):
        try:
            other = replace(rival, **{name: getattr(spec, name) for name in names})
        except SpecError:
            continue
        if function_of(other) == function_of(rival) and shape_counts(other) == shape_counts(rival):
            rival = other
    return rival


def values_of(spec: ModelSpec, name: str) -> tuple[Any, ...]:
    """The values of a field, other than the spec's own, that are worth trying."""
    if name in SECONDARY:
        return ()
    kind = CONTROLS[name].kind
    if isinstance(kind, Choice):
        values: tuple[Any, ...] = tuple(kind.table)
    elif isinstance(kind, Flag):
        values = (False, True)
    else:
        values = NUMBERS[name](spec) if name in NUMBERS else ()
    return tuple(value for value in values if value != getattr(spec, name))


def changed(spec: ModelSpec, name: str, value: Any) -> Iterator[ModelSpec]:
    """The networks with another value of a field, with each set of other changes that may belong to it."""
    own = BESIDE.get((name, value), ({},)) if not isinstance(value, tuple) else ({},)
    for beside in own:
        try:
            yield replace(spec, **{name: value, **beside})
        except SpecError:
            continue


def changes_with(spec: ModelSpec, name: str, value: Any) -> Fields:
    """What changes with another value of a field that a file leaves open, so that the network keeps its shapes.

    The value alone where no network is known that has it and these shapes.
    """
    fits = same_shapes(spec)
    tried = (*changed(spec, name, value), *(each for each in rivals(spec) if getattr(each, name) == value))
    rival = next(filter(fits, tried), None)
    return {name: value} if rival is None else {each: getattr(rival, each) for each in differing(spec, rival)}


def same_shapes(spec: ModelSpec) -> Callable[[ModelSpec], bool]:
    """Whether another network's layers have the same shapes, in any order."""
    return lambda other: shape_counts(other) == shape_counts(spec)


def _last_strides(stages: int) -> tuple[tuple[int, ...] | None, ...]:
    """As usual, or a last stage that keeps the map larger."""
    return (None, (1, *(2,) * (stages - 2), 1)) if stages > 1 else (None,)


def _last_dilations(stages: int) -> tuple[tuple[int, ...] | None, ...]:
    """None, or the last one or two stages dilated instead of strided."""
    last = (*(1,) * (stages - 1), 2)
    return (None, last, (*(1,) * (stages - 2), 2, 4)) if stages > 2 else (None, last) if stages > 1 else (None,)
