"""The table of optimisers; and that of He 2015, section 3.4 and 4.2: SGD with momentum and decay on every parameter."""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.optim.sgd import sgd

from explorer.engine.training.named_state import NamedState, trained_parameters
from explorer.engine.training.other_optimisers import Adam, Muon
from explorer.runs.settings import TrainingSettings

FUSED = ("cpu", "cuda")
"""Devices on which one call updates every parameter."""
RECORDS = ("cuda",)
"""Devices that repeat a whole step from a recording (`repeating`)."""


class Optimiser(Protocol):
    """Updates the parameters of a network; `buffers` is its state by name, for checkpoints."""

    rate: float
    buffers: dict[str, Tensor]

    def restore(self, saved: dict[str, Tensor]) -> None: ...

    def zero_grad(self) -> None: ...

    def step(self) -> None: ...


class Sgd(NamedState):
    """`torch.optim.SGD` without its class: torch's own update function, equal to the bit.

    The class imports torch's compiler when it is first made, which costs a new process two seconds before its first
    step. A parameter without a gradient stays as it is, as there.
    """

    def __init__(
        self,
        network: nn.Module,
        rate: float,
        momentum: float,
        weight_decay: float,
        *,
        fused: bool,
        rate_tensor: Tensor | None = None,
    ) -> None:
        """With `rate_tensor`, a float32 scalar on the parameters' device, the rate is read there at every step.

        A step that is repeated from a recording then follows a schedule; only the fused update can do so.
        """
        super().__init__(trained_parameters(network))
        self._rate_tensor = rate_tensor
        self.rate = rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.fused = fused
        if momentum:
            # By the parameter's name, in its layout; zero at the start.
            self.buffers = {name: torch.zeros_like(each.detach()) for name, each in self.parameters.items()}

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = rate
        if self._rate_tensor is not None:
            self._rate_tensor.fill_(rate)

    @torch.no_grad()
    def step(self) -> None:
        """Updates every parameter that has a gradient."""
        moved = {name: each for name, each in self.parameters.items() if each.grad is not None}
        sgd(
            list(moved.values()),
            [each.grad for each in moved.values() if each.grad is not None],
            [self.buffers.get(name) for name in moved],
            fused=self.fused,
            foreach=False,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            lr=self._rate if self._rate_tensor is None else self._rate_tensor,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )


def make_sgd(network: nn.Module, settings: TrainingSettings, device: torch.device) -> Sgd:
    """SGD over the network's parameters, fused where the device can, with its rate on a device that records steps."""
    return Sgd(
        network,
        settings.rate(0),
        settings.momentum,
        settings.weight_decay,
        fused=device.type in FUSED,
        rate_tensor=torch.zeros((), device=device) if device.type in RECORDS else None,
    )


def make_adam(network: nn.Module, settings: TrainingSettings, device: torch.device) -> Adam:
    """Adam over the network's parameters, its first beta being the settings' momentum."""
    return Adam(
        trained_parameters(network), settings.rate(0), settings.momentum, settings.weight_decay, decoupled=False
    )


def make_muon(network: nn.Module, settings: TrainingSettings, device: torch.device) -> Muon:
    """Muon over the convolutions of the network's blocks, AdamW over the rest."""
    return Muon(network, settings.rate(0), settings.momentum, settings.weight_decay)


MAKERS: dict[str, Callable[[nn.Module, TrainingSettings, torch.device], Optimiser]] = {
    "sgd": make_sgd,
    "adam": make_adam,
    "muon": make_muon,
}
"""What makes each optimiser of `runs.settings.OPTIMISERS`."""


def make_optimiser(network: nn.Module, settings: TrainingSettings, device: torch.device) -> Optimiser:
    """The optimiser of the settings over the network's parameters."""
    return MAKERS[settings.optimiser](network, settings, device)
