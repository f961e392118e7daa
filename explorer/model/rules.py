"""Constraints between fields, as one table. What depends on shapes is found while assembling."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.model.errors import SpecError
from explorer.model.spec_values import SpecValues
from explorer.model.variants.shortcuts import is_plain

MOST_BLOCKS = 1500


@dataclass(frozen=True)
class Rule:
    """A constraint: `broken(spec)`: whether `field` cannot be honoured; `message(spec)`: why, and what helps."""

    field: str
    broken: Callable[[SpecValues], bool]
    message: Callable[[SpecValues], str]


RULES: tuple[Rule, ...] = (
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
        "base_width",
        lambda spec: min(spec.stage_widths) * spec.base_width < 64,
        lambda spec: f"a width of {min(spec.stage_widths)} times {spec.base_width} / 64 leaves no channel; use more.",
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
