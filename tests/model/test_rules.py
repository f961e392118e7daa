"""Every constraint between fields is broken once, and the error names the field that can mend it."""

import copy
from typing import Any

import pytest

from explorer.model import AssemblyError, ModelSpec, SpecError, SpecValues
from explorer.model.rules import MOST_BLOCKS, RULES

BROKEN: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("stage_blocks", {"stage_blocks": (3, 0, 6, 3)}, "stage 2 has no block"),
    ("stage_widths", {"stage_widths": (64, 128, 256)}, "3 widths for 4 stages"),
    ("stage_blocks", {"stage_blocks": (900, 1, 600, 1)}, "1,502 blocks"),
    ("transition", {"transition": "conv", "stride_block": "last"}, "let the first block"),
    ("dilations", {"dilations": (1, 1)}, "2 dilations for 4 stages"),
    ("dilations", {"dilations": (1, 2, 1, 1)}, "cannot be smaller"),
    ("stage_strides", {"stage_strides": (1, 2)}, "2 strides for 4 stages"),
    ("stage_strides", {"stage_strides": (2, 2, 2, 2), "stride_block": "last"}, "before the first stage"),
    ("stage_strides", {"stage_strides": (1, 2, 2, 1), "dilations": (1, 1, 2, 4)}, "stage 3 has a stride"),
    ("base_width", {"base_width": 1, "stage_widths": (32, 64, 128, 256)}, "32 times 1 / 64"),
    ("image_size", {"image_size": 8192, "image_width": 2049}, "8,192 x 2,049 pixels"),
    ("skip", {"shortcut": "none", "skip": "dropout"}, "plain network"),
    ("residual_scale", {"shortcut": "none", "residual_scale": 0.5}, "plain network"),
    ("zero_init_residual", {"shortcut": "none", "zero_init_residual": True}, "plain network"),
    ("drop_path", {"shortcut": "none", "drop_path": 0.1}, "plain network"),
)
"""For each rule, in the table's order: its field, values that break it and no earlier one, words of its message."""

WHILE_ASSEMBLING: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("image_size", {"stem": "keras", "image_size": 4}, "2x2"),
    ("image_size", {"antialias": "blur", "image_size": 16}, "1x1"),
    ("image_size", {"norm": "group", "stage_widths": (8, 8, 8, 8), "image_size": 32, "block": "basic"}, "1x1"),
    ("cardinality", {"block": "basic", "cardinality": 3, "stem": "cifar"}, "3 groups do not divide the 64 channels"),
    ("shortcut", {"shortcut": "pad", "stage_widths": (64, 32, 16, 8)}, "from 256 channels down to 128"),
    ("stem_width", {"stem": "deep_tiered", "stem_width": 3}, "at least 4, not 3"),
)
"""What only shows once shapes are known."""


def refusal(fields: dict[str, Any]) -> SpecError:
    with pytest.raises(SpecError) as caught:
        ModelSpec(**fields)
    return caught.value


def test_there_is_a_case_for_every_rule() -> None:
    assert [rule.field for rule in RULES] == [field for field, _, _ in BROKEN]


@pytest.mark.parametrize(("field", "fields", "words"), [*BROKEN, *WHILE_ASSEMBLING])
def test_the_refusal_names_the_field_and_says_why(field: str, fields: dict[str, Any], words: str) -> None:
    error = refusal(fields)
    assert error.field == field
    assert words in error.message
    assert error.message.endswith(".")
    assert len(error.message) < 200


@pytest.mark.parametrize("number", range(len(RULES)))
def test_each_rule_gives_its_own_message(number: int) -> None:
    """The message is this rule's own: no earlier rule is broken, and without this one the spec would pass."""
    _, fields, _ = BROKEN[number]
    spec = SpecValues(**fields)
    assert [rule for rule in RULES if rule.broken(spec)] == [RULES[number]]
    assert refusal(fields).message == str(RULES[number].message(spec))


@pytest.mark.parametrize(
    "fields",
    [
        {"stage_blocks": (1000, MOST_BLOCKS - 1000), "stage_widths": (64, 64)},
        {"dilations": (1, 1, 1, 1)},
        {"dilations": (2, 2, 4, 4)},
        {"stage_strides": (1, 2, 1, 1), "dilations": (1, 1, 2, 4)},
        {"stage_strides": (4, 4, 4, 1)},
        {"base_width": 1},
        {"stage_blocks": (3, 0, 6, 0), "transition": "conv"},
        {"image_size": 8192, "image_width": 2048},
        {"base_width": 2, "stage_widths": (32, 64, 128, 256)},
        {"shortcut": "none"},
        {"shortcut": "pad", "stage_widths": (64, 64, 64, 64)},
        {"antialias": "blur", "image_size": 17},
        {"stem": "deep_tiered", "stem_width": 4},
    ],
    ids=str,
)
def test_the_last_allowed_value_is_allowed(fields: dict[str, Any]) -> None:
    assert ModelSpec(**fields).num_classes == 1000


def test_a_pool_alone_is_no_stage() -> None:
    """It keeps the channels, so the stage's width would say nothing."""
    error = refusal({"stage_blocks": (3, 0, 6, 3), "transition": "pool"})
    assert error.field == "stage_blocks"
    assert "transition with a convolution" in error.message


def stages_before(fields: dict[str, Any]) -> list[tuple[str, int]]:
    error = refusal(fields)
    assert isinstance(error, AssemblyError)
    partial = error.partial
    assert partial.cost.params == sum(node.cost.params for _, node in partial.nodes())
    return [(stage.name, len(stage.blocks)) for stage in partial.stages]


def test_a_refusal_while_assembling_holds_what_came_before() -> None:
    down = {"shortcut": "pad", "stage_blocks": (2, 3), "stage_widths": (64, 32)}
    assert stages_before(down) == [("stem", 1), ("layer1", 2)]
    # The second of three units halves the last pixel away: the stage stands as far as it came.
    blurred = {"antialias": "blur", "image_size": 8, "stage_blocks": (2, 3), "stage_widths": (64, 64)}
    last = blurred | {"stride_block": "last", "image_size": 4, "stem_pool": "max"}
    assert stages_before(last) == [("stem", 1), ("layer1", 1)]
    assert stages_before({"stem": "keras", "image_size": 4}) == []


def test_a_refusal_keeps_what_came_before_when_it_is_copied() -> None:
    error = refusal({"shortcut": "pad", "stage_blocks": (2, 3), "stage_widths": (64, 32)})
    assert isinstance(error, AssemblyError)
    copied = copy.copy(error)
    assert isinstance(copied, AssemblyError)
    assert (copied.field, copied.message, copied.partial) == (error.field, error.message, error.partial)


def test_a_refusal_by_a_rule_has_no_network() -> None:
    assert type(refusal({"dilations": (1, 2, 1, 1)})) is SpecError
    assert type(refusal({"norm": "spectral"})) is SpecError
