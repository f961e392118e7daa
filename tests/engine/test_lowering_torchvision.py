"""The lowered networks against torchvision's own: names, shapes, order, counts, and the same scores."""

from itertools import accumulate
from math import prod
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, assemble, preset
from tests.observe import observe

NETWORKS = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
)
RESOLUTION = 64
NARROW: dict[str, Any] = {"stage_blocks": (1, 2, 2, 1), "num_classes": 7, "image_size": RESOLUTION}


def on_meta(name: str) -> tuple[nn.Module, nn.Module]:
    with torch.device("meta"):
        return build_module(preset(name)), getattr(models, name)()


@pytest.mark.parametrize("name", NETWORKS)
def test_state_dict_is_torchvisions(name: str) -> None:
    ours, theirs = on_meta(name)
    assert [(key, v.shape, v.dtype) for key, v in ours.state_dict().items()] == [
        (key, v.shape, v.dtype) for key, v in theirs.state_dict().items()
    ]
    assert [key for key, _ in ours.named_parameters()] == [key for key, _ in theirs.named_parameters()]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("size", [224, 197])
def test_counts_are_those_of_torchvisions_network(name: str, size: int) -> None:
    _, theirs = on_meta(name)
    cost = assemble(ModelSpec.from_dict({"preset": name, "image_size": size})).cost
    seen = observe(theirs, (3, size, size))
    assert cost.params == sum(p.numel() for p in theirs.parameters())
    assert cost.macs == seen.macs
    assert cost.activations == seen.activations


@pytest.mark.parametrize("name", NETWORKS)
def test_torchvisions_weights_give_torchvisions_scores(name: str) -> None:
    ours, theirs = on_meta(name)
    assert_same_scores(ours, theirs, weights_for(theirs))


def weights_for(network: nn.Module) -> dict[str, Tensor]:
    """Random weights of a sensible size, cut from one pool: drawing 127 million numbers would take seconds."""
    shapes = {key: value.shape for key, value in network.state_dict().items()}
    sizes = [prod(shape) for shape in shapes.values()]
    generator = torch.Generator().manual_seed(0)
    pool = torch.randn(max(sizes) + 100_000, generator=generator)
    weights = {}
    for (key, shape), offset in zip(shapes.items(), accumulate(sizes), strict=True):
        values = pool[offset % 100_000 :][: prod(shape)].view(shape)
        if len(shape) > 1:
            weights[key] = values * prod(shape[1:]) ** -0.5
        elif key.endswith(("running_var", "weight")):
            weights[key] = values.abs() / 2 + 0.5
        else:
            weights[key] = torch.tensor(0) if key.endswith("num_batches_tracked") else values / 10
    return weights


def assert_same_scores(ours: nn.Module, theirs: nn.Module, weights: dict[str, Tensor]) -> None:
    images = torch.randn(2, 3, RESOLUTION, RESOLUTION, generator=torch.Generator().manual_seed(1))
    scores = []
    for network in (ours, theirs):
        network.load_state_dict(weights, strict=True, assign=True)
        with torch.no_grad():
            scores.append(network.eval()(images))
    assert scores[1].isfinite().all()
    assert scores[1].std() > 1e-3  # not a comparison of zeros
    torch.testing.assert_close(*scores, rtol=1e-4, atol=1e-4 * scores[1].abs().max().item())


def torchvision_network(block: Any, **options: Any) -> ResNet:
    with torch.device("meta"):
        return ResNet(block, [1, 2, 2, 1], num_classes=7, **options)


@pytest.mark.parametrize(
    ("replaced", "dilations"),
    [
        ((False, False, True), (1, 1, 1, 2)),
        ((False, True, True), (1, 1, 2, 4)),
        ((True, True, True), (1, 2, 4, 8)),
        ((False, True, False), (1, 1, 2, 2)),
    ],
)
def test_dilations_are_torchvisions_replaced_strides(replaced: tuple[bool, ...], dilations: tuple[int, ...]) -> None:
    theirs = torchvision_network(Bottleneck, replace_stride_with_dilation=list(replaced))
    spec = ModelSpec(**NARROW, dilations=dilations)
    with torch.device("meta"):
        ours = build_module(spec)
    assert assemble(spec).cost.macs == observe(theirs, (3, RESOLUTION, RESOLUTION)).macs
    assert_same_scores(ours, theirs, weights_for(theirs))


@pytest.mark.parametrize(
    ("block", "options", "fields"),
    [
        (BasicBlock, {}, {"block": "basic"}),
        (Bottleneck, {"groups": 4, "width_per_group": 24}, {"cardinality": 4, "base_width": 24}),
        (Bottleneck, {"norm_layer": lambda channels: nn.GroupNorm(32, channels)}, {"norm": "group"}),
        (BasicBlock, {"norm_layer": lambda channels: nn.Identity()}, {"block": "basic", "norm": "none"}),
    ],
    ids=["basic", "grouped", "group norm", "no norm"],
)
def test_other_networks_of_torchvisions_class(block: Any, options: dict[str, Any], fields: dict[str, Any]) -> None:
    theirs = torchvision_network(block, **options)
    with torch.device("meta"):
        ours = build_module(ModelSpec(**NARROW, **fields))
    assert_same_scores(ours, theirs, weights_for(theirs))


@pytest.mark.parametrize(("block", "name"), [(BasicBlock, "basic"), (Bottleneck, "bottleneck")])
def test_zero_initialised_scales_are_those_torchvision_zeroes(block: Any, name: str) -> None:
    theirs = ResNet(block, [1, 2, 1, 1], num_classes=7, zero_init_residual=True)
    fields = {**NARROW, "stage_blocks": (1, 2, 1, 1), "block": name}
    ours = build_module(ModelSpec(**fields, zero_init_residual=True))

    def zeros(network: nn.Module) -> set[str]:
        return {key for key, p in network.named_parameters() if key.endswith("weight") and not p.any()}

    assert zeros(ours) == zeros(theirs)
    assert len(zeros(ours)) == 5


def test_initial_weights_follow_torchvisions_rules() -> None:
    theirs = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=7)
    ours = build_module(ModelSpec(**{**NARROW, "stage_blocks": (1, 1, 1, 1), "block": "basic"}))
    for (key, mine), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        if mine.dim() > 1:
            assert mine.std().item() == pytest.approx(other.std().item(), rel=0.1), key
            assert mine.mean().abs() < 0.1 * mine.std(), key
        elif key != "fc.bias":
            assert torch.equal(mine, other), key


def test_a_last_stage_without_stride_is_torchvisions_network_with_the_stride_taken_out() -> None:
    """The usual change in person re-identification (Luo et al. 2019, last stride): no weight and no rate differs."""
    theirs = torchvision_network(Bottleneck)
    first = theirs.layer4[0]
    first.conv2.stride = first.downsample[0].stride = (1, 1)
    spec = ModelSpec(**NARROW, stage_strides=(1, 2, 2, 1))
    with torch.device("meta"):
        ours = build_module(spec)
    assert assemble(spec).cost.macs == observe(theirs, (3, RESOLUTION, RESOLUTION)).macs
    assert_same_scores(ours, theirs, weights_for(theirs))
