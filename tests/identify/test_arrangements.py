"""Norms, activations with tensors and biases of a network whose kernels are known."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from explorer.identify.arrangements import arranged
from explorer.identify.atoms import KERNELS, distance, of_network
from explorer.model import preset

KERNELS_ONLY = replace(
    preset("cifar_resnet20"), stage_blocks=(1, 1), stage_widths=(16, 32), norm="none", shortcut="projection"
)
NORMED = replace(KERNELS_ONLY, norm="batch")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"norm": "group", "norm_groups": 8},
        {"norm": "none"},
        {"activation_order": "preact"},
        {"activation_order": "preact", "closing": "none"},
        {"shortcut_norm": False},
        {"activation": "prelu"},
        {"conv_bias": True, "bias_before_norm": True},
        {"shortcut_bias": True, "shortcut_norm": False},
        {"head_bias": False},
        {"head_norm": True},
    ],
)
def test_norms_and_biases_are_found(fields: dict[str, Any]) -> None:
    spec = replace(NORMED, **fields)
    wanted = of_network(spec)
    assert distance(KERNELS_ONLY, wanted, KERNELS) in {0, 1}
    given = replace(KERNELS_ONLY, **{name: value for name, value in fields.items() if name == "head_bias"})
    found = list(arranged(given, wanted))
    assert {distance(each, wanted) for each in found} == {0}
    assert spec.norm in {each.norm for each in found}


def test_the_likeliest_order_comes_first() -> None:
    found = list(arranged(KERNELS_ONLY, of_network(NORMED)))
    assert found[0] == NORMED
    assert len(set(found)) == len(found)


def test_where_none_fits_one_is_given_with_as_many_norms() -> None:
    """One norm of the file has no place, and one of the network is not in the file."""
    wanted = of_network(NORMED) + Counter({("batch", 48): 1})
    found = list(arranged(KERNELS_ONLY, wanted))
    assert [(each.norm, distance(each, wanted)) for each in found] == [("batch", 2)]
