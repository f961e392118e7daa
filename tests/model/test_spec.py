"""ModelSpec as a value: valid means it assembles, JSON brings it back, and invalid means a field is named."""

import dataclasses
import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.model import CONTROLS, PRESETS, ModelSpec, SpecError, SpecValues, assemble, preset
from explorer.model.graph import TRANSITION
from tests.strategies import any_fields, likely_fields, outcome, specs, value_of

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
MORE = settings(FEW, max_examples=200)
NAMES = {*CONTROLS, "preset", "spec"}
LONGEST_MESSAGE = 300


def assert_clear(error: SpecError) -> None:
    """One sentence of readable length that names a field."""
    assert error.field in NAMES
    assert str(error) == f"{error.field}: {error.message}"
    assert error.message.endswith((".", "?")), error.message
    assert len(error.message) < LONGEST_MESSAGE
    assert error.message.isprintable(), ascii(error.message)


@FEW
@given(specs())
def test_json_brings_back_the_same_spec(spec: ModelSpec) -> None:
    text = spec.to_json()
    again = ModelSpec.from_json(text)
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == text
    assert ModelSpec.from_dict(json.loads(text)) == spec
    assert list(json.loads(text)) == list(CONTROLS)
    assert pickle.loads(pickle.dumps(spec)) == spec


@FEW
@given(specs())
def test_changes_alone_bring_back_the_same_spec(spec: ModelSpec) -> None:
    assert ModelSpec.from_dict(spec.changes()) == spec
    base = preset("cifar_resnet20")
    assert ModelSpec.from_dict({"preset": "cifar_resnet20"} | spec.changes(base)) == spec
    assert spec.changes(spec) == {}


@MORE
@given(likely_fields())
def test_valid_means_it_assembles(fields: dict[str, Any]) -> None:
    result = outcome(fields)
    if isinstance(result, SpecError):
        assert_clear(result)
        return
    graph = assemble(result)
    units = [sum(placed.block.kind != TRANSITION for placed in stage.blocks) for stage in graph.stages[1:-1]]
    assert units == fields["stage_blocks"]
    assert len(graph.output_shape) == 1
    assert graph.output_shape[0] == fields["num_classes"] or not fields["num_classes"]
    assert graph.cost.params > 0
    assert graph.cost.macs > 0


def test_most_likely_fields_are_valid() -> None:
    """The strategy must not pass its tests by being refused."""
    valid = []

    @settings(max_examples=100, database=None)
    @given(likely_fields())
    def collect(fields: dict[str, Any]) -> None:
        valid.append(isinstance(outcome(fields), ModelSpec))

    collect()
    assert sum(valid) > 0.6 * len(valid)


@MORE
@given(any_fields())
def test_invalid_names_a_field(fields: dict[str, Any]) -> None:
    result = outcome(fields)
    if isinstance(result, SpecError):
        assert_clear(result)
    else:
        assert assemble(result).stages[-1].name == "head"


@FEW
@given(specs(), st.data())
def test_replace_validates_as_the_constructor_does(spec: ModelSpec, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(CONTROLS)))
    value = data.draw(value_of(name))
    expected = outcome(spec.to_dict() | {name: value})
    try:
        replaced: ModelSpec | SpecError = dataclasses.replace(spec, **{name: value})
    except SpecError as error:
        replaced = error
    assert str(replaced) == str(expected)
    assert type(replaced) is type(expected)


def test_defaults_are_torchvisions_resnet50() -> None:
    assert ModelSpec() == preset("resnet50") == ModelSpec.from_dict({}) == ModelSpec.from_json("{}")
    assert ModelSpec().changes() == {}
    assert ModelSpec().depth == 50


def test_a_spec_is_frozen_and_holds_tuples() -> None:
    spec = ModelSpec.from_dict({"stage_blocks": [1, 2], "stage_widths": [8, 16], "dilations": [1, 1]})
    assert spec.stage_blocks == (1, 2)
    assert spec.dilations == (1, 1)
    assert isinstance(ModelSpec(skip_scale=1).skip_scale, float)
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.num_classes = 3  # type: ignore[misc]


def test_a_preset_is_a_start_that_fields_override() -> None:
    spec = ModelSpec.from_dict({"preset": "resnet50", "stride_on": "1x1"})
    assert spec.changes() == {"stride_on": "1x1"}
    assert dataclasses.replace(preset("cifar_resnet20"), stage_blocks=(9, 9, 9)) == preset("cifar_resnet56")


def test_every_preset_is_valid_and_round_trips() -> None:
    for name in PRESETS:
        spec = preset(name)
        assert ModelSpec.from_json(spec.to_json()) == spec
        assert ModelSpec.from_dict({"preset": name}) == spec


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110, 1202])
def test_depth_is_counted_as_the_papers_do(depth: int) -> None:
    assert preset(f"cifar_resnet{depth}").depth == depth


def test_every_field_has_words_and_a_default_within_its_bounds() -> None:
    assert list(ModelSpec().to_dict()) == list(CONTROLS) == [field.name for field in dataclasses.fields(SpecValues)]
    for name, declared in CONTROLS.items():
        assert declared.label
        assert declared.help.endswith("."), name
        assert declared.group
        assert declared.kind.check(name, getattr(ModelSpec(), name)) == getattr(ModelSpec(), name)


def changed_values() -> list[tuple[str, Any]]:
    """For the fields that have an effect in some networks only: a value other than the default."""
    other = {
        "stride_on": "1x1",
        "shortcut_norm": False,
        "shortcut_bias": True,
        "skip_scale": 0.5,
        "gate_bias": -2.0,
        "skip_dropout": 0.2,
        "first_preact": False,
        "norm_eps": "1e-3",
        "attention_reduction": 4,
        "stem_pool": "conv",
    }
    return list(other.items())


@pytest.mark.parametrize(("name", "value"), changed_values())
@settings(FEW, max_examples=25)
@given(spec=specs())
def test_a_field_without_effect_changes_nothing(name: str, value: Any, spec: ModelSpec) -> None:
    if not CONTROLS[name].has_effect(spec):
        changed = dataclasses.replace(spec, **{name: value})
        assert assemble(changed).stages == assemble(spec).stages


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"image_size": [480, 640]}, "image_size", "one number is expected"),
        ({"strides": [1, 2, 2, 1]}, "strides", "called stage_strides"),
        ({"groups": 32}, "groups", "called cardinality"),
        ({"zzz": 1}, "zzz", "prints all fields"),
        (
            {"cardinality": 5, "base_width": 8, "block": "basic", "stage_widths": [56, 64, 80, 80]},
            "cardinality",
            "in layer1.0:",
        ),
        ({"preset": "resnetaa50", "image_size": 240}, "image_size", "in layer4.0: the branch ends with 7x7"),
        ({"preset": "resnetblur50", "image_size": 4}, "image_size", "in layer2.0:"),
    ],
)
def test_a_message_names_the_field_the_place_and_the_way_out(fields: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(SpecError, match=re.escape(words)) as refused:
        ModelSpec.from_dict(fields)
    assert refused.value.field == field
