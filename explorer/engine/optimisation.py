"""The optimiser of He 2015, section 3.4 and 4.2: SGD with momentum and weight decay on every parameter."""

import torch
from torch import nn

from explorer.runs.config import TrainingSettings

FUSED = ("cpu", "cuda")
"""Devices on which one call updates every parameter."""


def make_optimiser(network: nn.Module, settings: TrainingSettings, device: torch.device) -> torch.optim.SGD:
    """SGD over the network's parameters, fused where the device can."""
    return torch.optim.SGD(
        network.parameters(),
        lr=settings.rate(0),
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        fused=device.type in FUSED,
    )


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Gives every group of parameters the learning rate of the coming step."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def momentum_of(optimiser: torch.optim.Optimizer, network: nn.Module) -> dict[str, torch.Tensor]:
    """The momentum of each parameter by name; empty before the first step and without momentum."""
    found = {}
    for name, parameter in network.named_parameters():
        buffer = optimiser.state[parameter].get("momentum_buffer") if parameter in optimiser.state else None
        if buffer is not None:
            found[name] = buffer
    return found


def restore_momentum(optimiser: torch.optim.Optimizer, network: nn.Module, saved: dict[str, torch.Tensor]) -> None:
    """Puts back what `momentum_of` gave, in the layout of the parameters."""
    for name, parameter in network.named_parameters():
        if name in saved:
            buffer = torch.empty_like(parameter, memory_format=torch.preserve_format, requires_grad=False)
            optimiser.state[parameter]["momentum_buffer"] = buffer.copy_(saved[name])
