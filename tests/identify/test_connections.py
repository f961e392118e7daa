"""Shortcuts, gates and attention told from the 1x1 kernels that blocks leave."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from explorer.identify.atoms import KERNELS, distance, of_network
from explorer.identify.connections import connections
from explorer.model import ModelSpec

BARE = ModelSpec(
    block="basic",
    stage_blocks=(2, 1),
    stage_widths=(16, 32),
    stem="cifar",
    stem_width=16,
    image_size=32,
    shortcut="none",
    num_classes=10,
)


def found(spec: ModelSpec, *, plain: bool = False) -> list[ModelSpec]:
    """What is found for the kernels of a network with these blocks."""
    return connections(BARE, of_network(spec), plain=plain)


@pytest.mark.parametrize(
    "fields",
    [
        {"shortcut": "pad"},
        {"shortcut": "projection"},
        {"shortcut": "projection_all"},
        {"shortcut": "projection", "skip": "exclusive_gate"},
        {"shortcut": "pad", "attention": "se", "attention_reduction": 4, "attention_divisor": 1},
        {"shortcut": "projection", "attention": "se", "attention_reduction": 16, "attention_divisor": 8},
    ],
)
def test_what_stands_beside_the_blocks(fields: dict[str, Any]) -> None:
    spec = replace(BARE, **fields)
    first = found(spec)[0]
    assert distance(first, of_network(spec), KERNELS) == 0
    assert {name: getattr(first, name) for name in fields} == fields


def test_nothing_is_sought_beside_a_plain_network() -> None:
    assert found(BARE, plain=True) == [BARE]


def test_attention_by_channels_has_kernels_of_its_own() -> None:
    spec = replace(BARE, shortcut="pad", attention="eca")
    assert {each.attention for each in found(spec)} == {"eca"}


def test_a_stage_that_keeps_its_channels_projects_where_it_strides() -> None:
    same = replace(BARE, stage_widths=(16, 16))
    striding = replace(same, shortcut="projection")
    keeping = replace(striding, stage_strides=(1, 1))
    for spec in (striding, keeping):
        first = connections(same, of_network(spec), plain=False)[0]
        assert distance(first, of_network(spec), KERNELS) == 0
    assert of_network(striding) != of_network(keeping)


def test_kernels_that_nothing_explains_leave_the_nearest() -> None:
    wanted = of_network(replace(BARE, shortcut="projection")) + Counter({("conv", 7, 7, 1, 1): 1})
    nearest = connections(BARE, wanted, plain=False)
    assert {distance(each, wanted, KERNELS) for each in nearest} == {1}
