"""Networks that differ in several fields and have the same tensors: an answer names what they differ in."""

from dataclasses import replace
from typing import Any

import pytest

from explorer.identify.layers import shape_counts
from explorer.identify.network import identify_listing
from explorer.identify.rivals import rivals
from explorer.identify.undecided import acting
from explorer.model import ModelSpec, preset
from tests.identify.listings import Rename, listing_of, private_names, stages_of_its_own

SMALL = replace(preset("cifar_resnet20"), stage_blocks=(2, 2), stage_widths=(16, 32))
EQUAL = replace(SMALL, stage_widths=(16, 16), shortcut="pad")
"""Two stages of equal channels and nothing on the shortcut: where the second begins is in no shape."""
FLAT = replace(SMALL, head_pool="flatten", image_size=14)
"""The classifier reads 7 x 7 values of each channel."""


def changes(spec: ModelSpec) -> list[dict[str, Any]]:
    """In what the rivals with equal shapes differ."""
    return [each.changes(spec) for each in rivals(spec) if shape_counts(each) == shape_counts(spec)]


def test_a_classifier_may_be_one_more_hidden_layer() -> None:
    assert {"num_classes": 0, "head_hidden": [10]} in changes(SMALL)
    assert {"num_classes": 0, "head_hidden": [32, 10]} in changes(replace(SMALL, head_hidden=(32,)))
    features = replace(SMALL, head_hidden=(32, 10), num_classes=0)
    assert {"num_classes": 10, "head_hidden": [32]} in changes(features)


def test_a_classifier_without_biases_is_no_hidden_layer() -> None:
    assert not [each for each in changes(replace(SMALL, head_bias=False)) if "num_classes" in each]


def test_stages_of_equal_channels_may_begin_elsewhere() -> None:
    found = [each["stage_blocks"] for each in changes(EQUAL) if "stage_blocks" in each]
    assert found == [[1, 1, 2], [2, 1, 1], [4], [1, 3], [3, 1]]


def test_stages_whose_shapes_tell_them_apart_begin_where_they_do() -> None:
    """A projection stands where the map is halved: in the unit behind which, or before which, the file has it."""
    spec = replace(EQUAL, shortcut="projection")
    assert [each["stage_blocks"] for each in changes(spec) if "stage_blocks" in each] == [[1, 3], [3, 1]]
    found = identify_listing(listing_of(spec, private_names(spec)))
    assert found.spec is not None
    assert found.spec.stage_blocks == (2, 2)
    assert not {(1, 3), (4,)} & set(found.undecided["stage_blocks"])


def test_a_whole_map_has_as_many_values_as_a_pool() -> None:
    assert {"head_pool": "max_7x7"} in changes(FLAT)
    pooled = replace(FLAT, head_pool="max_7x7", image_size=32)
    assert {"head_pool": "flatten", "image_size": 13} in changes(pooled)
    assert {"head_pool": "flatten", "image_size": 3, "image_width": 5} not in changes(
        replace(SMALL, head_pool="catmax")
    )


def test_a_map_of_one_place_is_its_average() -> None:
    assert not [each for each in changes(SMALL) if "head_pool" in each]


def test_fields_that_do_not_act_are_none_in_which_a_rival_differs() -> None:
    other = replace(SMALL, shortcut="pad_behind", expansion=2, stage_widths=(8, 16), base_width=128, image_size=64)
    other = replace(other, zero_init_residual=True, leaky_slope=0.2)
    assert acting(other, SMALL).changes(SMALL) == {"shortcut": "pad_behind"}


# The answer -----------------------------------------------------------------------------------------------------------


def undecided(spec: ModelSpec, rename: Rename) -> dict[str, tuple[Any, ...]]:
    """What an answer says to be open, where it names the network of the file."""
    found = identify_listing(listing_of(spec, rename))
    assert found.spec is not None
    assert shape_counts(found.spec) == shape_counts(spec)
    assert found.grade == "undecided"
    for name, values in found.undecided.items():
        assert values[0] == getattr(found.spec, name)
        assert len(values) > 1
    return found.undecided


@pytest.mark.parametrize("hidden", [(), (48,)])
def test_names_that_say_nothing_leave_the_last_layer_open(hidden: tuple[int, ...]) -> None:
    spec = replace(SMALL, head_hidden=hidden)
    found = undecided(spec, private_names(spec))
    assert (found["num_classes"], found["head_hidden"]) == ((10, 0), (hidden, (*hidden, 10)))
    assert not {"num_classes", "head_hidden"} & set(undecided(spec, str))


def test_features_behind_hidden_layers_are_no_classes_for_certain() -> None:
    spec = replace(SMALL, head_hidden=(48, 24), num_classes=0)
    found = undecided(spec, private_names(spec))
    assert {0, 24} <= set(found["num_classes"])
    assert {(48,), (48, 24)} <= set(found["head_hidden"])


def test_names_that_say_nothing_leave_stages_of_equal_channels_open() -> None:
    found = undecided(EQUAL, private_names(EQUAL))
    assert {(2, 2), (4,)} <= set(found["stage_blocks"])
    assert {(16, 16), (16,)} <= set(found["stage_widths"])


def test_containers_tell_where_stages_begin() -> None:
    found = identify_listing(listing_of(EQUAL, stages_of_its_own))
    assert found.spec is not None
    assert found.spec.stage_blocks == (2, 2)
    assert "stage_blocks" not in found.undecided


@pytest.mark.parametrize("names", [str, stages_of_its_own])
def test_a_map_or_a_pool_is_open_under_any_names(names: Rename) -> None:
    assert {"flatten", "max_7x7"} <= set(undecided(FLAT, names)["head_pool"])
