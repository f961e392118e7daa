"""Constraints between fields, as one table. What depends on shapes is found while assembling."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from explorer.model.errors import SpecError
from explorer.model.spec_values import SpecValues
from explorer.model.variants.shortcuts import is_plain
from explorer.model.variants.transitions import TRANSITIONS

MOST_BLOCKS = 1500
MOST_PIXELS = 2**24
"""Height times width of an input: 4,096 x 4,096."""


@dataclass(frozen=True)
class Rule:
    """A constraint: `broken(spec)`: whether `field` cannot be honoured; `message(spec)`: why, and what helps."""

    field: str
    broken: Callable[[SpecValues], bool]
    message: Callable[[SpecValues], str]


def _both_strided_and_dilated(spec: SpecValues) -> int | None:
    """The number of the first stage whose given stride would be replaced by dilation."""
    rates = spec.dilations or ()
    stages = zip((spec.stage_strides or ())[1:], pairwise(rates), strict=False)
    return next(
        (number for number, (stride, (before, now)) in enumerate(stages, 2) if stride > 1 and now > before), None
    )


def _can_be_all_of_a_stage(spec: SpecValues) -> bool:
    """Whether the transition changes the channels, so that a stage needs no block."""
    transition = TRANSITIONS[spec.transition]
    return transition.place is not None and not transition.keeps_channels


RULES: tuple[Rule, ...] = (
    Rule(
        "stage_blocks",
        lambda spec: not all(spec.stage_blocks) and (not any(spec.stage_blocks) or not _can_be_all_of_a_stage(spec)),
        lambda spec: (
            "a network without any block has nothing to learn; give one stage a block."
            if not any(spec.stage_blocks)
            else f"stage {spec.stage_blocks.index(0) + 1} has no block; give it one, or choose a transition"
            " with a convolution, which is then all of the stage."
        ),
    ),
    Rule(
        "stage_widths",
        lambda spec: len(spec.stage_widths) != len(spec.stage_blocks),
        lambda spec: f"{len(spec.stage_widths)} widths for {len(spec.stage_blocks)} stages; give one for each.",
    ),
    Rule(
        "stage_blocks",
        lambda spec: sum(spec.stage_blocks) > MOST_BLOCKS,
        lambda spec: f"{sum(spec.stage_blocks):,} blocks are more than the {MOST_BLOCKS:,} allowed.",
    ),
    Rule(
        "transition",
        lambda spec: spec.transition != "none" and spec.stride_block != "first",
        lambda spec: (
            "a transition strides at the start of a stage; let the first block of a stage stride, or use no transition."
        ),
    ),
    Rule(
        "dilations",
        lambda spec: spec.dilations is not None and len(spec.dilations) != len(spec.stage_blocks),
        lambda spec: f"{len(spec.dilations or ())} dilations for {len(spec.stage_blocks)} stages; give one for each.",
    ),
    Rule(
        "dilations",
        lambda spec: spec.dilations is not None and list(spec.dilations) != sorted(spec.dilations),
        lambda spec: "a dilation cannot be smaller than that of the stage before; give them in rising order.",
    ),
    Rule(
        "stage_strides",
        lambda spec: spec.stage_strides is not None and len(spec.stage_strides) != len(spec.stage_blocks),
        lambda spec: f"{len(spec.stage_strides or ())} strides for {len(spec.stage_blocks)} stages; give one for each.",
    ),
    Rule(
        "stage_strides",
        lambda spec: spec.stride_block == "last" and bool(spec.stage_strides) and (spec.stage_strides or (1,))[0] > 1,
        lambda spec: (
            "no block stands before the first stage to take its stride; give it 1, or let the first block of a stage"
            " stride."
        ),
    ),
    Rule(
        "stage_strides",
        lambda spec: _both_strided_and_dilated(spec) is not None,
        lambda spec: (
            f"stage {_both_strided_and_dilated(spec)} has a stride and a dilation that grows, which keeps the"
            " resolution; give it the stride 1, or the dilation of the stage before."
        ),
    ),
    Rule(
        "base_width",
        lambda spec: min(spec.stage_widths) * spec.base_width < 64,
        lambda spec: f"a width of {min(spec.stage_widths)} times {spec.base_width} / 64 leaves no channel; use more.",
    ),
    Rule(
        "image_size",
        lambda spec: spec.image_size * (spec.image_width or spec.image_size) > MOST_PIXELS,
        lambda spec: (
            f"{spec.image_size:,} x {spec.image_width or spec.image_size:,} pixels are more than the {MOST_PIXELS:,}"
            " allowed; make one side smaller."
        ),
    ),
    Rule(
        "skip",
        lambda spec: is_plain(spec) and spec.skip != "identity",
        lambda spec: "a plain network has no shortcut to change; choose another shortcut or the identity.",
    ),
    Rule(
        "residual_scale",
        lambda spec: is_plain(spec) and spec.residual_scale != 1.0,
        lambda spec: "a plain network has no sum to scale; choose a shortcut or leave the factor at 1.",
    ),
    Rule(
        "zero_init_residual",
        lambda spec: is_plain(spec) and spec.zero_init_residual,
        lambda spec: "a plain network that starts at zero cannot learn; choose a shortcut or leave this off.",
    ),
    Rule(
        "drop_path",
        lambda spec: is_plain(spec) and spec.drop_path > 0,
        lambda spec: (
            "a plain network has no shortcut that remains when a branch is dropped; choose a shortcut or set this to 0."
        ),
    ),
)


def check_combination(spec: SpecValues) -> None:
    """Returns nothing where the values fit together. Raises SpecError for the first rule that they break."""
    for rule in RULES:
        if rule.broken(spec):
            raise SpecError(rule.field, rule.message(spec))
