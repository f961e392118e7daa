"""The same function as timm's networks: its weights, loaded under its own key names, give its class scores.

Counts alone would not notice a pool that pads otherwise, or an attention after the wrong layer.
"""

import re
from dataclasses import replace
from functools import reduce

import pytest
import timm
import torch
from torch import Tensor, nn

from explorer.engine.lowering import build_module
from explorer.model import preset

SIZE = 64
KINDS = (
    *("resnet10t", "resnet14t", "resnet26d", "resnet50c", "resnext50d_32x4d", "resnet50_gn"),
    *("seresnet18", "seresnext26t_32x4d", "ecaresnet26t", "resnetblur18", "resnetaa34d", "resnetrs50"),
)
V2 = ("resnetv2_50", "resnetv2_50d", "resnetv2_50d_gn", "resnetv2_50x1_bit")
"""Bottlenecks only: in basic networks timm's first shortcut takes x from before the activation; here both ways are
opened with it, as He et al. 2016 describe in the appendix. Counts are the same."""
RENAMED_ECA = ((r"\.se\.conv\.", ".eca.conv."),)
RENAMED_V2 = (
    *((r"^stem\.conv\.", "conv1."), (r"^head\.fc\.", "fc.")),
    *((rf"^stem\.conv{number}\.", f"conv1.{place}.") for number, place in ((1, 0), (2, 3), (3, 6))),
    *((rf"^stem\.norm{number}\.", f"conv1.{place}.") for number, place in ((1, 1), (2, 4))),
    *((rf"^stages\.{stage}\.blocks\.", f"layer{stage + 1}.") for stage in range(4)),
    *((r"\.norm(\d)\.", r".bn\1."), (r"\.downsample\.conv\.", ".downsample.{projection}.")),
)


def _timms(name: str) -> nn.Module:
    """timm's network with scales, shifts and statistics at random, so that no norm is an identity."""
    torch.manual_seed(0)
    network: nn.Module = timm.create_model(name).eval()
    if name.endswith("_bit"):
        # BiT pads the unactivated map with zeros before its max pool, where torch's own padding never wins.
        network.get_submodule("stem").pad = nn.ConstantPad2d(1, -torch.inf)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.get_buffer("running_mean"), -0.5, 0.5)
            nn.init.uniform_(module.get_buffer("running_var"), 0.5, 1.5)
    return network


def _renamed(state: dict[str, Tensor], names: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    renamed = {}
    for name, value in state.items():
        key = reduce(lambda text, change: re.sub(change[0], change[1], text), names, name)
        # BiT's classifier is a 1x1 convolution on the pooled map.
        renamed[key] = value.flatten(1) if key == "fc.weight" else value
    return renamed


def _largest_difference(name: str, names: tuple[tuple[str, str], ...]) -> float:
    """Of the class scores, relative to the largest."""
    theirs = _timms(name)
    ours = build_module(replace(preset(name), image_size=SIZE)).eval()
    ours.load_state_dict(_renamed(theirs.state_dict(), names), strict=True)
    images = torch.randn(2, 3, SIZE, SIZE)
    with torch.no_grad():
        expected = theirs(images)
        return ((ours(images) - expected).abs().max() / expected.abs().max()).item()


@pytest.mark.parametrize("name", KINDS)
def test_same_scores_as_timm(name: str) -> None:
    assert _largest_difference(name, RENAMED_ECA) < 1e-5


@pytest.mark.parametrize("name", V2)
def test_same_scores_as_timms_second_version(name: str) -> None:
    projection = "1" if preset(name).shortcut == "avg_projection" else "0"
    names = tuple((pattern, new.replace("{projection}", projection)) for pattern, new in RENAMED_V2)
    assert _largest_difference(name, names) < 1e-4  # epsilons of the standardised filters differ
