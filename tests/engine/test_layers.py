import pytest
import torch
from torchvision.ops import StochasticDepth as Torchvisions

from explorer.engine.layers import StochasticDepth


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
def test_stochastic_depth_is_torchvisions_to_the_bit(p: float, mode: str) -> None:
    images = torch.randn(32, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    found = []
    for layer in (StochasticDepth(p, mode), Torchvisions(p, mode)):
        torch.manual_seed(5)
        given = images.clone().requires_grad_()
        output = layer(given)
        output.sum().backward()
        assert given.grad is not None
        found.append((output.detach(), given.grad, torch.get_rng_state()))
        assert torch.equal(layer.eval()(images), images)
    for ours, theirs in zip(*found, strict=True):
        assert torch.equal(ours, theirs)
    if p == 0.5 and mode == "row":
        assert 0 < int((found[0][0].flatten(1) == 0).all(dim=1).sum()) < 32
