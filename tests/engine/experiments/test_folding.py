"""Folding against the network that is folded, and its counts against torch's own counter."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.experiments.foldable import (
    KINDS,
    FoldableLayer,
    foldable_network,
    folded_network,
    multiply_adds,
)
from explorer.engine.experiments.folding import fold
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.folding import CONTESTANTS, FoldResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished


def shaken(network: nn.Module) -> nn.Module:
    """Norms with statistics, factors and offsets that are not those of the start."""
    draw = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor, low in ((module.running_mean, -1), (module.running_var, 0.5), (module.weight, -1)):
                tensor.data.copy_(low + 2 * torch.rand(tensor.shape, generator=draw))
            module.bias.data.copy_(torch.randn(module.bias.shape, generator=draw))
    return network.eval()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("precision", "allowed"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_the_folded_network_is_the_same_function(kind: str, precision: torch.dtype, allowed: float):
    torch.manual_seed(0)
    network = shaken(foldable_network(small_network(14), kind)).to(precision)
    images = torch.randn(8, 1, 8, 8, dtype=precision)
    with torch.no_grad():
        ours, twin = network(images), folded_network(network)  # type: ignore[arg-type]
        assert (twin(images) - ours).abs().max() <= allowed * ours.abs().max()
    assert ours.abs().max() > 0.01
    assert {type(each) for each in twin} <= {nn.Conv2d, nn.ReLU, nn.AdaptiveAvgPool2d, nn.Flatten, nn.Linear}


def test_a_layer_is_the_sum_that_the_paper_draws():
    torch.manual_seed(0)
    layer = shaken(FoldableLayer(3, 3, 1, KINDS["branches"])).double()
    x = torch.randn(2, 3, 5, 5, dtype=torch.float64)
    wide, narrow, norm = layer.branches["conv3"], layer.branches["conv1"], layer.branches["identity"]
    by_hand = wide[1](F.conv2d(x, wide[0].weight, padding=1)) + narrow[1](F.conv2d(x, narrow[0].weight)) + norm(x)
    assert torch.equal(layer(x), by_hand.relu())
    convolution = layer.fold()
    assert torch.allclose(convolution(x).relu(), layer(x), atol=1e-12, rtol=0)
    assert list(FoldableLayer(3, 4, 1, KINDS["branches"]).branches) == ["conv3", "conv1"]


@pytest.mark.parametrize("kind", KINDS)
def test_multiply_adds_are_those_of_torchs_counter(kind: str):
    network, image = foldable_network(small_network(20), kind).eval(), torch.zeros(1, 1, 8, 8)
    with FlopCounterMode(display=False) as counter:
        network(image)
    assert 2 * multiply_adds(network, image) == counter.get_total_flops()


def test_every_kind_is_trained_and_folded_():
    networks = TrainedNetworks(BRIEF)
    request = ExperimentRequest("fold", (Subject("network", small_network(8)),), BRIEF)
    result = finished(fold(request, networks), FoldResult)
    assert [each.label for each in result.networks] == list(CONTESTANTS.values())
    branches, norm, bias = result.networks
    assert branches.single <= 1e-5 * branches.largest
    assert branches.double <= 1e-12 * branches.largest
    assert branches.changed == 0
    assert branches.after == norm.after == bias.after == bias.before
    assert branches.before.params > norm.before.params > bias.before.params
    assert branches.before.macs > branches.after.macs == norm.before.macs
    assert [bool(each.identity) for each in branches.layers] == [False, True, True, False, True, False, True]
