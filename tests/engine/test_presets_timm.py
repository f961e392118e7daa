"""Networks described by the fields alone, against timm itself: exact parameters and multiply-adds at 224 px."""

import functools

import pytest
import timm
import torch
from torch.utils.flop_counter import FlopCounterMode

from explorer.model import PRESETS, ModelSpec, assemble, preset

LEGACY: dict[str, ModelSpec] = {
    "legacy_seresnext26_32x4d": ModelSpec(stage_blocks=(2, 2, 2, 2), attention="se", cardinality=32, base_width=4),
    "legacy_seresnext50_32x4d": ModelSpec(attention="se", cardinality=32, base_width=4),
    "legacy_seresnext101_32x4d": ModelSpec(stage_blocks=(3, 4, 23, 3), attention="se", cardinality=32, base_width=4),
}
"""The same networks under timm's older names, whose stem pool is only padded otherwise."""

REFUSED: dict[str, ModelSpec] = {
    "legacy_seresnet18": ModelSpec(block="basic", stage_blocks=(2, 2, 2, 2), attention="se"),
    "legacy_seresnet34": ModelSpec(block="basic", attention="se"),
    "senet154": ModelSpec(
        stage_blocks=(3, 8, 36, 3), attention="se", cardinality=64, base_width=4, stem="deep", stem_width=64
    ),
}
"""Nearest specs of networks that no fields say: a squeezed width of 4, and a halved first convolution."""

ONE_OF_EACH_KIND = (
    *("resnet18", "resnet14t", "resnet50c", "resnet26d", "resnet50s", "resnext50_32x4d", "resnet50_gn"),
    *("seresnet18", "seresnext26t_32x4d", "legacy_seresnet50", "ecaresnet26t", "resnetblur18", "resnetaa50"),
    *("resnetrs50", "resnetv2_18d", "resnetv2_50x1_bit", "wide_resnet50_2"),
)


@functools.cache
def expressible() -> dict[str, ModelSpec]:
    return {name: preset(name) for name in timm.list_models() if name in PRESETS} | LEGACY


def counted_by_torch(name: str) -> tuple[int, int]:
    with torch.device("meta"):
        network = timm.create_model(name).eval()
        image = torch.empty(1, 3, 224, 224)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(image)
    return sum(parameter.numel() for parameter in network.parameters()), counter.get_total_flops() // 2


def counted_here(spec: ModelSpec) -> tuple[int, int]:
    cost = assemble(spec).cost
    return cost.params, cost.macs


def _differences(names: list[str]) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    pairs = {name: (counted_by_torch(name), counted_here(expressible()[name])) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def test_one_network_of_each_kind_is_exact() -> None:
    assert _differences(list(ONE_OF_EACH_KIND)) == {}


@pytest.mark.slow
def test_every_network_is_exact() -> None:
    rest = [name for name in expressible() if name not in ONE_OF_EACH_KIND]
    assert len(rest) + len(ONE_OF_EACH_KIND) >= 100
    assert _differences(rest) == {}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_guide_says_cannot_be_said_does_differ(name: str) -> None:
    assert counted_by_torch(name) != counted_here(REFUSED[name])
