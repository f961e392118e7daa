"""Whatever a link, a file or a command line brings: a valid spec, or one sentence that names the field."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.model import CONTROLS, ModelSpec, SpecError, assemble
from explorer.model.field_types import Real, Whole, WholeList
from explorer.model.json_reader import LONGEST_JSON
from explorer.model.rules import MOST_BLOCKS
from explorer.model.variants import BLOCKS
from tests.strategies import HOSTILE_VALUES, hostile_fields, hostile_json, outcome, outcome_of_text

MANY = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
LONGEST_MESSAGE = 300


def assert_refused_clearly(result: ModelSpec | SpecError, *fields: str) -> None:
    """A refusal of one printable sentence, at one of the fields if some are given."""
    assert isinstance(result, SpecError)
    assert result.field.isidentifier()
    assert result.field.isprintable()
    assert len(result.field) <= 40
    assert result.message.endswith((".", "?"))
    assert len(result.message) < LONGEST_MESSAGE
    assert result.message.isprintable(), ascii(result.message)
    assert not fields or result.field in fields


@MANY
@given(hostile_fields())
def test_hostile_fields_are_refused_or_make_a_network(fields: dict[str, Any]) -> None:
    result = outcome(fields)
    if isinstance(result, SpecError):
        assert_refused_clearly(result)
    else:
        assert assemble(result).cost.params > 0


@MANY
@given(st.one_of(hostile_fields(), hostile_json).map(json.dumps))
def test_hostile_json_is_refused_or_makes_a_network(text: str) -> None:
    result = outcome_of_text(text)
    if isinstance(result, SpecError):
        assert_refused_clearly(result)


@MANY
@given(st.text(max_size=200))
def test_any_text_is_refused_or_makes_a_network(text: str) -> None:
    result = outcome_of_text(text)
    if isinstance(result, SpecError):
        assert_refused_clearly(result)


@pytest.mark.parametrize("name", CONTROLS)
def test_every_field_refuses_every_hostile_value_by_its_name(name: str) -> None:
    """A field either takes a value as it is, or says that this value, at this field, is wrong."""
    for value in HOSTILE_VALUES:
        result = outcome({name: value})
        if isinstance(result, SpecError):
            partners = ("stage_widths", "dilations", "base_width", "image_size", "cardinality")
            assert_refused_clearly(result, name, *partners)
        else:
            kept = getattr(result, name)
            assert (list(kept) if isinstance(kept, tuple) else kept) == value
            assert isinstance(kept, bool) == isinstance(value, bool)


@pytest.mark.parametrize("name", [name for name, declared in CONTROLS.items() if hasattr(declared.kind, "low")])
def test_bounds_are_allowed_and_a_step_beyond_is_not(name: str) -> None:
    declared, kind = CONTROLS[name], CONTROLS[name].kind
    assert isinstance(kind, Whole | Real | WholeList)
    for bound, beyond in ((kind.low, kind.low - 1), (kind.high, kind.high + 1)):
        values = ([bound], [beyond]) if isinstance(kind, WholeList) else (bound, beyond)
        declared.check(name, values[0])
        with pytest.raises(SpecError, match=f"from {kind.low:,g} to {kind.high:,g}") as caught:
            declared.check(name, values[1])
        assert_refused_clearly(caught.value, name)


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("", "spec", "not JSON"),
        ("{", "spec", "not JSON"),
        ("nan", "spec", "not JSON"),
        ("null", "spec", "JSON object"),
        ("[]", "spec", "JSON object"),
        ('"resnet50"', "spec", "JSON object"),
        ("3", "spec", "JSON object"),
        ("[" * 9_000, "spec", "not JSON"),
        ("[" * 9_000 + "]" * 9_000, "spec", "JSON"),
        ('{"norm": ' + "[" * 900 + "]" * 900 + "}", "norm", "batch, group, layer"),
        ('{"stem_width": ' + "9" * 9_000 + "}", "spec", "not JSON"),
        ('{"stem_width": ' + "9" * 400 + "}", "stem_width", "from 1 to 2,048"),
        ('{"skip_scale": ' + "9" * 400 + "}", "skip_scale", "from -4 to 4"),
        ('{"skip_scale": NaN}', "skip_scale", "nan"),
        ('{"skip_scale": -Infinity}', "skip_scale", "-inf"),
        ('{"skip_scale": 1e308}', "skip_scale", "1e+308"),
        ('{"stem_width": 1e2}', "stem_width", "whole number"),
        ('{"stem_width": 64.0}', "stem_width", "whole number"),
        ('{"stem_width": true}', "stem_width", "True"),
        ('{"stem_norm": 1}', "stem_norm", "true nor false"),
        ('{"stem_norm": null}', "stem_norm", "true nor false"),
        ('{"stage_blocks": [3, 4, true, 3]}', "stage_blocks", "True"),
        ('{"stage_blocks": []}', "stage_blocks", "1 to 8"),
        ('{"stage_blocks": [1,1,1,1,1,1,1,1,1]}', "stage_blocks", "1 to 8"),
        ('{"stage_blocks": "3463"}', "stage_blocks", "list"),
        ('{"block": "Basic"}', "block", ", ".join(BLOCKS)),
        ('{"block": ["basic"]}', "block", ", ".join(BLOCKS)),
        ('{"norm": "batch", "norm": "group"}', "norm", "twice"),
        ('{"preset": "resnet50", "preset": "resnet18"}', "preset", "twice"),
        ('{"x": {"a": 1, "a": 2}}', "spec", "twice"),
        ('{"strude_on": "1x1"}', "strude_on", "stride_on"),
        ('{"": 1}', "spec", "no field"),
        ('{"a\\nb\\u202e\\ud800": 1}', "spec", "no field"),
        ('{"' + "x" * 15_000 + '": 1}', "spec", "no field"),
        ('{"preset": "resnet51"}', "preset", "resnet50"),
        ('{"preset": 50}', "preset", "no network"),
        ('{"preset": null}', "preset", "no network"),
        ('{"preset": "' + "r" * 15_000 + '"}', "preset", "no network"),
        ('{"preset": ' + "[" * 900 + "]" * 900 + "}", "preset", "no network"),
        (" " * (LONGEST_JSON + 1), "spec", "20,001 characters"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_hostile_texts_name_the_field(text: str, field: str, words: str) -> None:
    result = outcome_of_text(text)
    assert_refused_clearly(result, field)
    assert isinstance(result, SpecError)
    assert words in result.message


@pytest.mark.parametrize("depth", range(930, 1_000))
def test_brackets_nested_near_the_interpreters_limit(depth: int) -> None:
    """Where the text can just be read, showing it again must not overflow."""
    assert_refused_clearly(outcome_of_text('{"norm": ' + "[" * depth + "]" * depth + "}"), "norm", "spec")
    assert_refused_clearly(outcome_of_text('{"preset": ' + "[" * depth + "]" * depth + "}"), "preset", "spec")


def test_numbers_too_long_to_print_are_refused() -> None:
    """More digits than Python turns into text: only from Python, JSON stops before."""
    for name in ("stem_width", "skip_scale", "preset", "norm", "stage_blocks"):
        assert_refused_clearly(outcome({name: 10**9_000}), name)
    assert_refused_clearly(outcome({"stage_blocks": [10**9_000]}), "stage_blocks")


PATHOLOGICAL: dict[str, dict[str, Any]] = {
    "8 stages of 1000": {"stage_blocks": [1000] * 8, "stage_widths": [1] * 8, "stem": "keras", "image_size": 4},
    "most blocks, all different": {
        "stage_blocks": [1000, 500],
        "stage_widths": [8192, 8192],
        "drop_path": 0.9,
        "skip": "exclusive_gate",
        "attention": "se",
    },
    "thinnest": {
        "stage_blocks": [1] * 8,
        "stage_widths": [1] * 8,
        "cardinality": 1024,
        "base_width": 64,
        "stem_width": 1,
        "image_size": 4,
    },
    "widest": {
        "stage_blocks": [1000],
        "stage_widths": [8192],
        "cardinality": 1024,
        "base_width": 1024,
        "image_size": 2048,
        "num_classes": 100_000,
    },
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_pathological_specs_are_refused_or_small_to_hold(name: str) -> None:
    """The work is bounded by the blocks that differ, and those by the blocks allowed."""
    result = outcome(PATHOLOGICAL[name])
    if isinstance(result, SpecError):
        assert_refused_clearly(result)
        return
    blocks = {id(placed.block): placed.block for _, placed in assemble(result).placed_blocks()}
    assert len(blocks) <= MOST_BLOCKS + 2
    assert sum(len(block.nodes) for block in blocks.values()) < 50_000
