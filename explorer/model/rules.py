"""Constraints between fields, as one table. What depends on shapes is found while assembling."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from explorer.language import Sentence, sentence
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
    message: Callable[[SpecValues], Sentence]


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
            sentence("a network without any block has nothing to learn; give one stage a block.")
            if not any(spec.stage_blocks)
            else sentence(
                "stage {number} has no block; give it one, or choose a transition with a convolution, which is then all"
                " of the stage.",
                number=spec.stage_blocks.index(0) + 1,
            )
        ),
    ),
    Rule(
        "stage_widths",
        lambda spec: len(spec.stage_widths) != len(spec.stage_blocks),
        lambda spec: sentence(
            "{count} widths for {stages} stages; give one for each.",
            count=len(spec.stage_widths),
            stages=len(spec.stage_blocks),
        ),
    ),
    Rule(
        "stage_blocks",
        lambda spec: sum(spec.stage_blocks) > MOST_BLOCKS,
        lambda spec: sentence(
            "{count} blocks are more than the {most} allowed.",
            count=format(sum(spec.stage_blocks), ","),
            most=format(MOST_BLOCKS, ","),
        ),
    ),
    Rule(
        "transition",
        lambda spec: spec.transition != "none" and spec.stride_block != "first",
        lambda spec: sentence(
            "a transition strides at the start of a stage; let the first block of a stage stride, or use no transition."
        ),
    ),
    Rule(
        "dilations",
        lambda spec: spec.dilations is not None and len(spec.dilations) != len(spec.stage_blocks),
        lambda spec: sentence(
            "{count} dilations for {stages} stages; give one for each.",
            count=len(spec.dilations or ()),
            stages=len(spec.stage_blocks),
        ),
    ),
    Rule(
        "dilations",
        lambda spec: spec.dilations is not None and list(spec.dilations) != sorted(spec.dilations),
        lambda spec: sentence("a dilation cannot be smaller than that of the stage before; give them in rising order."),
    ),
    Rule(
        "stage_strides",
        lambda spec: spec.stage_strides is not None and len(spec.stage_strides) != len(spec.stage_blocks),
        lambda spec: sentence(
            "{count} strides for {stages} stages; give one for each.",
            count=len(spec.stage_strides or ()),
            stages=len(spec.stage_blocks),
        ),
    ),
    Rule(
        "stage_strides",
        lambda spec: spec.stride_block == "last" and bool(spec.stage_strides) and (spec.stage_strides or (1,))[0] > 1,
        lambda spec: sentence(
            "no block stands before the first stage to take its stride; give it 1, or let the first block of a stage"
            " stride."
        ),
    ),
    Rule(
        "stage_strides",
        lambda spec: _both_strided_and_dilated(spec) is not None,
        lambda spec: sentence(
            "stage {number} has a stride and a dilation that grows, which keeps the resolution; give it the stride 1,"
            " or the dilation of the stage before.",
            number=_both_strided_and_dilated(spec),
        ),
    ),
    Rule(
        "base_width",
        lambda spec: min(spec.stage_widths) * spec.base_width < 64,
        lambda spec: sentence(
            "a width of {width} times {base_width} / 64 leaves no channel; use more.",
            width=min(spec.stage_widths),
            base_width=spec.base_width,
        ),
    ),
    Rule(
        "image_size",
        lambda spec: spec.image_size * (spec.image_width or spec.image_size) > MOST_PIXELS,
        lambda spec: sentence(
            "{height} x {width} pixels are more than the {most} allowed; make one side smaller.",
            height=format(spec.image_size, ","),
            width=format(spec.image_width or spec.image_size, ","),
            most=format(MOST_PIXELS, ","),
        ),
    ),
    Rule(
        "skip",
        lambda spec: is_plain(spec) and spec.skip != "identity",
        lambda spec: sentence("a plain network has no shortcut to change; choose another shortcut or the identity."),
    ),
    Rule(
        "residual_scale",
        lambda spec: is_plain(spec) and spec.residual_scale != 1.0,
        lambda spec: sentence("a plain network has no sum to scale; choose a shortcut or leave the factor at 1."),
    ),
    Rule(
        "zero_init_residual",
        lambda spec: is_plain(spec) and spec.zero_init_residual,
        lambda spec: sentence("a plain network that starts at zero cannot learn; choose a shortcut or leave this off."),
    ),
    Rule(
        "drop_path",
        lambda spec: is_plain(spec) and spec.drop_path > 0,
        lambda spec: sentence(
            "a plain network has no shortcut that remains when a branch is dropped; choose a shortcut or set this to 0."
        ),
    ),
)


def check_combination(spec: SpecValues) -> None:
    """Returns nothing where the values fit together. Raises SpecError for the first rule that they break."""
    for rule in RULES:
        if rule.broken(spec):
            raise SpecError(rule.field, rule.message(spec))
