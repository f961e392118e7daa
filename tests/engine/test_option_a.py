"""Three forms of option A that public code uses: the same weights, three functions."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.engine import build_module
from explorer.model import preset


def both_sides(x: Tensor) -> Tensor:
    quarter = x.shape[1] // 2
    return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))


def behind(x: Tensor) -> Tensor:
    x = F.avg_pool2d(x, 1, 2)
    return torch.cat((x, x * 0), 1)


def averaged(x: Tensor) -> Tensor:
    quarter = x.shape[1] // 2
    return F.pad(F.avg_pool2d(x, 2), (0, 0, 0, 0, quarter, quarter))


FORMS: dict[str, Callable[[Tensor], Tensor]] = {"pad": both_sides, "pad_behind": behind, "pad_average": averaged}


@pytest.mark.parametrize("name", FORMS)
def test_the_shortcut_is_the_published_form(name: str) -> None:
    torch.manual_seed(0)
    network = build_module(replace(preset("cifar_resnet20"), shortcut=name)).eval()
    block = network.get_submodule("layer2.0")
    x = torch.randn(2, 16, 8, 8)
    with torch.no_grad():
        given = block(x)
        y = F.relu(block.bn1(block.conv1(x)))  # type: ignore[operator]
        expected = F.relu(block.bn2(block.conv2(y)) + FORMS[name](x))  # type: ignore[operator]
    torch.testing.assert_close(given, expected)


def test_their_parameters_are_the_same_and_their_outputs_are_not() -> None:
    torch.manual_seed(0)
    images = torch.randn(2, 3, 32, 32)
    networks = [build_module(replace(preset("cifar_resnet20"), shortcut=name)).eval() for name in FORMS]
    for network in networks[1:]:
        network.load_state_dict(networks[0].state_dict())
    with torch.no_grad():
        first, second, third = (network(images) for network in networks)
    pairs = ((first, second), (first, third), (second, third))
    assert not any(torch.allclose(one, other) for one, other in pairs)
