from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lowering import build_module
from explorer.engine.training.optimiser import Sgd, make_optimiser
from explorer.model import ModelSpec, assemble
from explorer.runs.settings import TrainingSettings

CPU = torch.device("cpu")
RATES = (0.1, 0.05, 0.05, 0.2)


def network(spec: ModelSpec) -> nn.Module:
    torch.manual_seed(0)
    return build_module(spec).to(memory_format=torch.channels_last)


def backward_passes(module: nn.Module, spec: ModelSpec) -> Iterator[float]:
    """Leaves the gradients of a fresh batch in `module`, once for each of `RATES`, and says at which rate to step."""
    random = torch.Generator().manual_seed(1)
    for rate in RATES:
        images = torch.randn(4, *assemble(spec).input_shape, generator=random)
        module.zero_grad()
        module(images.to(memory_format=torch.channels_last)).square().mean().backward()
        yield rate


def trained_by_torch(spec: ModelSpec, momentum: float, weight_decay: float, *, fused: bool) -> list[Tensor]:
    module = network(spec)
    optimiser = torch.optim.SGD(
        module.parameters(), lr=1.0, momentum=momentum, weight_decay=weight_decay, foreach=False, fused=fused
    )
    for rate in backward_passes(module, spec):
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
    return [each.detach() for each in module.parameters()]


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize(("momentum", "weight_decay"), [(0.9, 1e-4), (0.9, 0.0), (0.0, 1e-2)])
def test_steps_equal_those_of_torchs_class_to_the_bit(
    tiny_spec: ModelSpec, momentum: float, weight_decay: float, *, fused: bool
) -> None:
    module = network(tiny_spec)
    optimiser = Sgd(module, 1.0, momentum, weight_decay, fused=fused)
    for rate in backward_passes(module, tiny_spec):
        optimiser.rate = rate
        optimiser.step()
    expected = trained_by_torch(tiny_spec, momentum, weight_decay, fused=fused)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(module.parameters(), expected, strict=True))


def test_a_parameter_without_a_gradient_stays_as_it_is(tiny_spec: ModelSpec) -> None:
    module = network(tiny_spec)
    optimiser = make_optimiser(module, TrainingSettings(), CPU)
    before = [each.detach().clone() for each in module.parameters()]
    optimiser.step()
    first = next(module.parameters())
    first.grad = torch.ones_like(first)
    optimiser.step()
    same = [torch.equal(now, then) for now, then in zip(module.parameters(), before, strict=True)]
    assert same == [False] + [True] * (len(before) - 1)
    optimiser.zero_grad()
    assert first.grad is None


def test_momentum_is_taken_over_in_the_layout_of_the_parameters(tiny_spec: ModelSpec) -> None:
    first, second = (make_optimiser(network(tiny_spec), TrainingSettings(), CPU) for _ in range(2))
    assert first.buffers.keys() == first.parameters.keys()
    saved = {name: torch.randn(buffer.shape) for name, buffer in first.buffers.items()}
    second.restore(saved)
    for name, buffer in second.buffers.items():
        assert torch.equal(buffer, saved[name])
        assert buffer.stride() == second.parameters[name].stride()
    assert make_optimiser(network(tiny_spec), replace(TrainingSettings(), momentum=0.0), CPU).buffers == {}
