"""The pool, or the image's size, told from how many values the head reads."""

from dataclasses import replace

import pytest

from explorer.identify.maps import head_pools, last_map
from explorer.model import ModelSpec, preset

SMALL = replace(preset("cifar_resnet20"), num_classes=0)
"""64 channels; the last map has a quarter of the image's side."""


def test_the_last_map() -> None:
    assert last_map(SMALL) == (64, 8, 8)
    assert last_map(preset("resnet50")) == (2048, 7, 7)


@pytest.mark.parametrize(("values", "pool"), [(1, "avg"), (2, "catmax"), (49, "max_7x7")])
def test_a_pool_is_told_by_its_values_of_a_channel(values: int, pool: str) -> None:
    assert next(head_pools(SMALL, 64 * values)) == {"head_pool": pool}


def test_any_other_number_is_a_map_that_no_pool_reads() -> None:
    found = list(head_pools(SMALL, 64 * 16))
    assert {each["head_pool"] for each in found} == {"flatten"}
    sizes = [(each["image_size"], each["image_width"]) for each in found]
    assert sizes[0] == (13, None)  # 4 x 4, the smallest image that has it
    for height, width in sizes:
        _, rows, columns = last_map(replace(SMALL, image_size=height, image_width=width))
        assert rows * columns == 16


def test_a_map_may_be_longer_than_high_or_higher_than_long() -> None:
    assert [last_map(replace(SMALL, **fields))[1:] for fields in head_pools(SMALL, 64 * 8)][:2] == [(2, 4), (4, 2)]


@pytest.mark.parametrize("inputs", [0, 63, 65, 64 * 1000003])
def test_numbers_that_no_map_gives(inputs: int) -> None:
    assert list(head_pools(SMALL, inputs)) == []


def test_what_is_found_reads_as_many_values() -> None:
    spec = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(64, 128))
    for values in (1, 2, 4, 9, 49):
        for fields in head_pools(spec, 128 * values):
            changed = replace(spec, **fields)
            _, rows, columns = last_map(changed)
            if changed.head_pool == "flatten":
                assert rows * columns == values
