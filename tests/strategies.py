"""Hypothesis strategies for specs: likely ones, any ones, and hostile ones, all read from the declared controls."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from explorer.model import CONTROLS, PRESETS, ModelSpec, SpecError
from explorer.model.field_types import Choice, Flag, Real, Whole, WholeList

Fields = dict[str, Any]

LIKELY: Fields = {
    "cardinality": st.sampled_from((1, 1, 2, 4)),
    "base_width": st.sampled_from((64, 64, 32, 128)),
    "expansion": st.sampled_from((None, None, 1, 2)),
    "stem_width": st.sampled_from((8, 16, 32)),
    "image_size": st.integers(32, 80),
    "image_width": st.none() | st.integers(32, 80),
    "norm_groups": st.sampled_from((1, 8, 32)),
    "in_channels": st.integers(1, 4),
    "num_classes": st.integers(0, 20),
    "head_hidden": st.sampled_from(([], [], [12], [16, 9])),
}
"""Whole numbers that fit together and stay small; every other field takes any value within its bounds."""


def value_of(name: str) -> st.SearchStrategy[Any]:
    """Any value within the bounds of one field, as JSON would give it."""
    match CONTROLS[name].kind:
        case Choice(table):
            return st.sampled_from(sorted(table))
        case Flag():
            return st.booleans()
        case Whole(low, high, optional=optional):
            numbers = st.integers(low, high) | st.sampled_from((low, high))
            return numbers | st.none() if optional else numbers
        case Real(low, high):
            return st.floats(low, high) | st.sampled_from((low, high))
        case WholeList(low, high, longest, optional, empty):
            least = 0 if empty else 1
            lists = st.lists(st.integers(low, min(high, 12)) | st.just(high), min_size=least, max_size=longest)
            return lists | st.none() if optional else lists
    raise AssertionError(f"{name} is of a kind without a strategy")


@st.composite
def any_fields(draw: st.DrawFn) -> Fields:
    """Some or all fields, each within its own bounds; together they may make no sense."""
    names = draw(st.sets(st.sampled_from(sorted(CONTROLS))))
    return {name: draw(value_of(name)) for name in sorted(names)}


@st.composite
def likely_fields(draw: st.DrawFn) -> Fields:
    """All fields, with values that mostly fit together into a small network."""
    fields = {name: draw(LIKELY.get(name, value_of(name))) for name in CONTROLS}
    stages = draw(st.integers(1, 3))
    fields["stage_blocks"] = draw(st.lists(st.integers(1, 3), min_size=stages, max_size=stages))
    fields["stage_widths"] = sorted(draw(st.lists(st.sampled_from((16, 24, 32)), min_size=stages, max_size=stages)))
    grown = sorted(draw(st.lists(st.sampled_from((1, 2, 4)), min_size=stages, max_size=stages)))
    fields["dilations"] = draw(st.none() | st.just(grown))
    strides = draw(st.lists(st.sampled_from((1, 2)), min_size=stages, max_size=stages))
    fields["stage_strides"] = draw(st.none() | st.just(strides))
    if fields["stage_strides"] and fields["dilations"]:  # a stage dilates more than the one before, or strides
        grows = [False, *(now > before for before, now in pairwise(grown))]
        fields["stage_strides"] = [1 if grow else stride for grow, stride in zip(grows, strides, strict=True)]
    if fields["antialias"] == "avg":  # its maps must halve evenly
        fields |= {
            "image_size": 64,
            "image_width": None,
            "stem": "cifar" if fields["stem"] == "keras" else fields["stem"],
        }
    if fields["transition"] != "none":
        fields["stride_block"] = "first"
    if fields["shortcut"] == "none":
        fields |= {"skip": "identity", "residual_scale": 1.0, "zero_init_residual": False, "drop_path": 0.0}
    return fields


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    """A valid small spec over all fields."""
    result = outcome(draw(likely_fields()))
    assume(isinstance(result, ModelSpec))
    assert isinstance(result, ModelSpec)
    return result


def outcome(fields: Mapping[str, Any]) -> ModelSpec | SpecError:
    """The spec of these fields, or the refusal; any other exception passes."""
    try:
        return ModelSpec.from_dict(fields)
    except SpecError as error:
        return error


def outcome_of_text(text: str) -> ModelSpec | SpecError:
    """The spec of a JSON text, or the refusal; any other exception passes."""
    try:
        return ModelSpec.from_json(text)
    except SpecError as error:
        return error


HOSTILE_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    "",
    "x" * 5_000,
    "resnet50\nresnet50\u202e\ud800\x00",
    0,
    -1,
    2**31,
    2**63,
    10**400,
    -(10**400),
    1e308,
    -1e308,
    5e-324,
    1.5,
    float("nan"),
    float("inf"),
    float("-inf"),
    [],
    [[]],
    {},
    {"a": {"b": []}},
    [0],
    [-1, 10**30],
    [1] * 4_000,
    [True, True],
    [None],
    ["3", 4],
    [1.0, 2.0],
    [float("nan")],
    [[3, 4], [6, 3]],
)
"""What a link or file may hold in a field's place."""

hostile_json = st.recursive(
    st.sampled_from(HOSTILE_VALUES) | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

field_names = st.sampled_from([*CONTROLS, "preset"])


@st.composite
def hostile_fields(draw: st.DrawFn) -> Fields:
    """A preset or nothing to start from, some fields spoilt, some unknown."""
    fields: Fields = draw(st.dictionaries(field_names, hostile_json, max_size=4))
    fields |= draw(st.dictionaries(st.text(max_size=60), hostile_json, max_size=1))
    if draw(st.booleans()):
        fields["preset"] = draw(st.sampled_from(sorted(PRESETS)))
    return fields
