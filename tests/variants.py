"""Small networks that together meet every pair of values of the fields that choose ops."""

from functools import cache
from typing import Any

import pytest

from explorer.model import CONTROLS, ModelSpec
from explorer.model.field_types import Choice, Flag
from tests.pairwise import Row, pairwise_rows

SMALL: dict[str, Any] = {
    "stage_blocks": (2, 1, 2),
    "stem_width": 8,
    "num_classes": 5,
    "skip_scale": 0.7,
    "gate_bias": -1.0,
}
"""Stages enough for every kind of transition, at a size that runs in milliseconds."""

NUMBERS: dict[str, tuple[Any, ...]] = {
    "stage_widths": ((16, 32, 48), (24, 24, 40)),
    "cardinality": (1, 2),
    "base_width": (64, 96),
    "stage_strides": (None, (1, 2, 1)),
    "dilations": (None, (1, 1, 2), (2, 4, 4)),
    "multi_grid": (None, (1, 2)),
    "residual_scale": (1.0, 0.5),
    "drop_path": (0.0, 0.2),
    "block_dropout": (0.0, 0.3),
    "attention_reduction": (16, 4),
    "attention_divisor": (8, 1),
    "norm_groups": (32, 8),
    "leaky_slope": (0.01, 0.2),
    "head_scale": (1.0, 0.125),
    "head_hidden": ((), (12, 10)),
    "head_dropout": (0.0, 0.4),
    "expansion": (None, 2),
    "in_channels": (3, 1),
    "image_size": (48, 45),
    "image_width": (None, 64),
}

VALUES: dict[str, tuple[Any, ...]] = {
    name: tuple(declared.kind.table) if isinstance(declared.kind, Choice) else (False, True)
    for name, declared in CONTROLS.items()
    if isinstance(declared.kind, Choice | Flag)
} | NUMBERS


def can_be(row: Row) -> bool:
    """Whether the fields fit together.

    A plain network has no shortcut to change and no branch to drop or zero; an average pool needs maps that halve
    evenly; a stage dilates more than the one before, or strides; a transition strides first.
    """
    if row.get("antialias") == "avg" and (row.get("image_size") == 45 or row.get("stem") == "keras"):
        return False
    if row.get("antialias") == "blur_bin5" and row.get("dilations") == (2, 4, 4):
        return False  # it reflects eight places, of maps that may have eleven
    if row.get("transition", "none") != "none" and row.get("stride_block", "first") != "first":
        return False
    if row.get("stage_strides") == (1, 2, 1) and row.get("dilations") == (2, 4, 4):
        return False
    if row.get("shortcut") != "none":
        return True
    neutral = {"skip": "identity", "residual_scale": 1.0, "zero_init_residual": False, "drop_path": 0.0}
    return all(row.get(name, value) == value for name, value in neutral.items())


@cache
def small_variants() -> tuple[ModelSpec, ...]:
    """The specs; constructing them asserts that every allowed pair of values is a valid network."""
    return tuple(ModelSpec(**SMALL, **row) for row in pairwise_rows(VALUES, can_be))


def sampled_variants(one_in: int = 3) -> list[Any]:
    """All of them as parameters of a test, of which one in so many is quick and the others are marked `slow`."""
    return [
        spec if place % one_in == 0 else pytest.param(spec, marks=pytest.mark.slow)
        for place, spec in enumerate(small_variants())
    ]


def name_of(spec: ModelSpec) -> str:
    """A readable test id."""
    return "-".join((spec.block, spec.shortcut, spec.skip, spec.activation_order, spec.stem, spec.norm))
