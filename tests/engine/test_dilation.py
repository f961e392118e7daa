"""Dilation replaces a stride without changing the function: the proof is the network that strides."""

from dataclasses import replace
from itertools import cycle, product

import pytest
import torch
from torch import Tensor, nn

from explorer.engine import build_module
from explorer.model import ModelSpec, assemble, preset
from explorer.model.ops import Conv2d
from explorer.model.variants import ANTIALIASES, SHORTCUTS

PLACES = [("basic", "3x3"), ("bottleneck", "3x3"), ("bottleneck", "1x1")]
COMBINATIONS = [
    (*place, stride_block, shortcut, antialias, order)
    for (place, stride_block, shortcut, antialias), order in zip(
        product(PLACES, ("first", "last"), SHORTCUTS, ANTIALIASES), cycle(("post", "preact"))
    )
]


def last_map(network: nn.Module, images: Tensor) -> Tensor:
    """What the head pools."""
    maps: list[Tensor] = []
    handle = network.get_submodule("avgpool").register_forward_pre_hook(lambda module, given: maps.append(given[0]))
    with torch.no_grad():
        network(images)
    handle.remove()
    return maps[0]


@pytest.mark.parametrize("side", [64, 77])
def test_every_second_place_of_a_dilated_network_has_the_strided_networks_value(side: int) -> None:
    """Over every combination of block, stride's place, shortcut and anti-aliasing, with two strides replaced.

    An average pool in place of the stride drops the last row of an odd map, so it is tried at even maps alone.
    """
    torch.manual_seed(0)
    differing = []
    for block, stride_on, stride_block, shortcut, antialias, order in COMBINATIONS:
        if antialias == "avg" and side % 16:
            continue
        strided = ModelSpec(
            block=block,
            stage_blocks=(2, 1, 2),
            stage_widths=(4, 4, 8),
            stride_on=stride_on,
            stride_block=stride_block,
            shortcut=shortcut,
            antialias=antialias,
            activation_order=order,
            activation="silu",
            stem="cifar",
            stem_width=4,
            image_size=side,
            num_classes=2,
        )
        network = build_module(strided).double().eval()
        dilated = build_module(replace(strided, dilations=(1, 2, 4))).double().eval()
        dilated.load_state_dict(network.state_dict())
        images = torch.randn(1, 3, side, side, dtype=torch.double)
        expected, found = last_map(network, images), last_map(dilated, images)[..., ::4, ::4]
        if expected.shape != found.shape or (expected - found).abs().max() > 1e-12 * expected.abs().max():
            differing.append((block, stride_on, stride_block, shortcut, antialias, order))
    assert differing == []


def rates(spec: ModelSpec, stage: str) -> list[int]:
    """The dilations of the 3x3 convolutions of a stage's branches."""
    nodes = (node.op for path, node in assemble(spec).nodes() if path.startswith(f"{stage}.") and node.role == "branch")
    return [op.dilation for op in nodes if isinstance(op, Conv2d) and op.kernel_size == 3]


def test_a_stride_on_the_first_1x1_dilates_the_3x3_behind_it() -> None:
    """As in DeepLab for Caffe and in TF-Slim, whose networks stride there; torchvision's strides on the 3x3."""
    assert rates(replace(preset("resnet50_v1"), dilations=(1, 1, 1, 2)), "layer4") == [2, 2, 2]
    assert rates(replace(preset("resnet50"), dilations=(1, 1, 1, 2)), "layer4") == [1, 2, 2]


def test_a_stride_in_the_last_block_dilates_all_of_the_next_stage() -> None:
    spec = replace(preset("resnet50"), stride_block="last", dilations=(1, 1, 1, 2))
    assert rates(spec, "layer3") == [1] * 6
    assert rates(spec, "layer4") == [2, 2, 2]
    assert rates(replace(spec, stride_on="1x1"), "layer3") == [1] * 5 + [2]


def test_multi_grid_multiplies_the_rates_of_the_last_stage() -> None:
    """Chen et al. 2017 (DeepLabv3), section 4.2.1: at rate 2 the units of (1, 2, 4) have rates 2, 4, 8."""
    spec = replace(preset("resnet50_v1"), dilations=(1, 1, 1, 2), multi_grid=(1, 2, 4))
    assert rates(spec, "layer4") == [2, 4, 8]
    assert rates(spec, "layer3") == [1] * 6
    longer = replace(spec, stage_blocks=(3, 4, 6, 5))
    assert rates(longer, "layer4") == [2, 4, 8, 2, 4]


def test_given_strides_and_growing_dilations_say_the_same_as_dilations_alone() -> None:
    """mmsegmentation gives both: strides 1, 2, 1, 1 and dilations 1, 1, 2, 4."""
    dilated = replace(preset("resnet50"), dilations=(1, 1, 2, 4))
    assert assemble(replace(dilated, stage_strides=(1, 2, 1, 1))).stages == assemble(dilated).stages
