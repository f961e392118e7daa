"""Networks at another depth, and plain twins."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.model import SpecError, preset
from explorer.model.changes import plain_twin, share_blocks, with_blocks, with_equal_stages
from tests.variants import small_variants


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 1500))
def test_sharing_gives_exactly_the_total_and_no_empty_stage(proportions: list[int], total: int) -> None:
    shared = share_blocks(total, proportions)
    assert len(shared) == len(proportions)
    assert sum(shared) == max(total, len(proportions))
    assert min(shared) >= 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_the_present_total_changes_nothing(blocks: list[int]) -> None:
    assert share_blocks(sum(blocks), blocks) == blocks


def test_blocks_are_shared_out_in_proportion() -> None:
    assert with_blocks(preset("resnet50"), 32).stage_blocks == (6, 8, 12, 6)
    assert with_blocks(preset("resnet50"), 4).stage_blocks == (1, 1, 1, 1)
    assert with_blocks(preset("resnet101"), 4).stage_blocks == (1, 1, 1, 1)
    assert with_blocks(preset("resnet101"), 6).stage_blocks == (1, 1, 3, 1)
    assert sum(with_blocks(preset("resnet101"), 50).stage_blocks) == 50
    with pytest.raises(SpecError, match=r"^depth: 3 .* 4 "):
        with_blocks(preset("resnet50"), 3)


def test_equal_stages_have_the_same_number_of_blocks() -> None:
    assert with_equal_stages(preset("cifar_resnet20"), 9) == preset("cifar_resnet56")
    assert with_equal_stages(preset("resnet50"), 2).stage_blocks == (2, 2, 2, 2)


def test_a_plain_twin_differs_in_the_shortcut_alone() -> None:
    twin = plain_twin(preset("cifar_resnet56"))
    assert twin == preset("cifar_plain56")
    assert plain_twin(preset("cifar_plain56")) is None


def test_a_plain_twin_leaves_out_what_only_shortcuts_make_possible() -> None:
    spec = dataclasses.replace(preset("cifar_resnet56"), drop_path=0.2, residual_scale=0.5, zero_init_residual=True)
    assert plain_twin(spec) == preset("cifar_plain56")


def test_every_residual_network_has_a_plain_twin() -> None:
    for spec in small_variants():
        twin = plain_twin(spec)
        assert (twin is None) == (spec.shortcut == "none")
        assert twin is None or twin.depth == spec.depth
