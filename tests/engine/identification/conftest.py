"""Networks whose norms remember given images, without any training."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from benchmarks import identify
from explorer.model import ModelSpec, preset

SMALL = replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1), stage_widths=(8, 16, 32), stem_width=8, image_size=16)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other cost more than such small networks gain from them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def small() -> ModelSpec:
    return SMALL


@pytest.fixture
def pictures() -> Tensor:
    """Smooth noise from 0 to 1: neighbouring pixels are alike, as in photographs."""
    random = torch.Generator().manual_seed(0)
    coarse = torch.rand(64, 3, 6, 6, generator=random)
    fine = torch.rand(64, 3, 16, 16, generator=random)
    return 0.7 * nn.functional.interpolate(coarse, size=16, mode="bilinear") + 0.3 * fine


@pytest.fixture
def remembering() -> Callable[[ModelSpec, Tensor], nn.Module]:
    """A network of random weights whose norms store the statistics of the images that it has seen."""

    def build(spec: ModelSpec, seen: Tensor) -> nn.Module:
        network = identify.remembering(spec, seen)
        with torch.no_grad():
            # Without this a network of random weights gives nearly every image the same class.
            network.get_parameter("fc.bias").sub_(network(seen).mean(0))
        return network

    return build
