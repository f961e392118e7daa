from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lowering import build_module
from explorer.engine.training.optimiser import MAKERS, Optimiser, Sgd, make_optimiser
from explorer.model import ModelSpec, assemble
from explorer.runs.settings import OPTIMISERS, TrainingSettings

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


def stepped(spec: ModelSpec, name: str, weight_decay: float = 0.01) -> tuple[nn.Module, Optimiser]:
    """The network after a step at each of `RATES`, and the optimiser that took them."""
    module = network(spec)
    optimiser = make_optimiser(module, TrainingSettings(optimiser=name, weight_decay=weight_decay), CPU)
    for rate in backward_passes(module, spec):
        optimiser.rate = rate
        optimiser.step()
    return module, optimiser


def test_adams_steps_are_those_of_torchs_class(tiny_spec: ModelSpec) -> None:
    ours, _ = stepped(tiny_spec, "adam")
    theirs = network(tiny_spec)
    optimiser = torch.optim.Adam(theirs.parameters(), lr=1.0, betas=(0.9, 0.999), weight_decay=0.01, foreach=True)
    for rate in backward_passes(theirs, tiny_spec):
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
    assert all(torch.equal(mine, other) for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_muon_turns_the_blocks_convolutions_as_matrices_and_adamw_the_rest(tiny_spec: ModelSpec) -> None:
    """Against torch's two classes, each on parameters of its own: no network of theirs has matrices of convolutions."""
    ours, _ = stepped(tiny_spec, "muon")
    theirs = network(tiny_spec)
    inner = {name: each for name, each in theirs.named_parameters() if name.startswith("layer") and each.dim() == 4}
    matrices = {name: nn.Parameter(each.detach().contiguous().flatten(1).clone()) for name, each in inner.items()}
    rest = [each for name, each in theirs.named_parameters() if name not in inner]
    options = {"weight_decay": 0.01, "momentum": 0.9, "adjust_lr_fn": "match_rms_adamw"}
    both = (torch.optim.Muon(matrices.values(), 1.0, **options), torch.optim.AdamW(rest, 1.0, weight_decay=0.01))
    for rate in backward_passes(theirs, tiny_spec):
        for name, each in inner.items():
            matrices[name].grad = each.grad.contiguous().flatten(1)
        for optimiser in both:
            optimiser.param_groups[0]["lr"] = rate
            optimiser.step()
        with torch.no_grad():
            for name, each in inner.items():
                each.copy_(matrices[name].view(each.shape))
    assert len(inner) >= 2
    assert len(rest) >= 3
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_moves_every_weight_and_goes_on_from_its_buffers(tiny_spec: ModelSpec, name: str) -> None:
    module, optimiser = stepped(tiny_spec, name)
    fresh = network(tiny_spec)
    assert not any(torch.equal(now, then) for now, then in zip(module.parameters(), fresh.parameters(), strict=True))
    fresh.load_state_dict(module.state_dict())
    again = make_optimiser(fresh, TrainingSettings(optimiser=name, weight_decay=0.01), CPU)
    again.restore({key: each.clone() for key, each in optimiser.buffers.items()})
    again.rate = optimiser.rate
    for mine, other in zip(module.parameters(), fresh.parameters(), strict=True):
        mine.grad = other.grad = torch.ones_like(mine)
    for each in (optimiser, again):
        each.step()
    assert all(torch.equal(mine, other) for mine, other in zip(module.parameters(), fresh.parameters(), strict=True))


def test_every_optimiser_of_the_settings_is_made_and_no_other() -> None:
    assert MAKERS.keys() == OPTIMISERS.keys()
