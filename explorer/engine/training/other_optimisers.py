"""Adam and Muon by torch's own update functions, with the tensors of their state by name, as checkpoints keep them.

As in `optimiser`, torch's classes are passed over: they import torch's compiler, which costs two seconds.
"""

import torch
from torch import Tensor, nn
from torch.optim._muon import muon
from torch.optim.adam import adam

from explorer.engine.training.named_state import NamedState, trained_parameters

BETA2, EPS = 0.999, 1e-8
"""torch's defaults for Adam."""
NEWTON_SCHULZ, MUON_EPS, NEWTON_SCHULZ_STEPS = (3.4445, -4.775, 2.0315), 1e-7, 5
"""torch's defaults for Muon, which are Jordan's."""


class Adam(NamedState):
    """Adam (Kingma and Ba 2015) on some named parameters; with `decoupled` weight decay AdamW.

    `beta1` is the setting that SGD calls momentum. A parameter without a gradient stays as it is.
    """

    def __init__(
        self, parameters: dict[str, nn.Parameter], rate: float, beta1: float, weight_decay: float, *, decoupled: bool
    ) -> None:
        super().__init__(parameters)
        self.rate, self.beta1, self.weight_decay, self.decoupled = rate, beta1, weight_decay, decoupled
        # Mean and mean square of the gradients, and the steps done, by the parameter's name and their own.
        for name, each in parameters.items():
            self.buffers[f"{name}.mean"] = torch.zeros_like(each.detach())
            self.buffers[f"{name}.square"] = torch.zeros_like(each.detach())
            self.buffers[f"{name}.steps"] = torch.zeros(())

    @torch.no_grad()
    def step(self) -> None:
        """Updates every parameter that has a gradient."""
        moved = {name: each for name, each in self.parameters.items() if each.grad is not None}
        adam(
            list(moved.values()),
            [each.grad for each in moved.values() if each.grad is not None],
            [self.buffers[f"{name}.mean"] for name in moved],
            [self.buffers[f"{name}.square"] for name in moved],
            [],
            [self.buffers[f"{name}.steps"] for name in moved],
            foreach=True,
            decoupled_weight_decay=self.decoupled,
            amsgrad=False,
            beta1=self.beta1,
            beta2=BETA2,
            lr=self.rate,
            weight_decay=self.weight_decay,
            eps=EPS,
            maximize=False,
        )


class Muon(NamedState):
    """Muon (Jordan 2024) on the convolutions of the blocks, AdamW on everything else, at one rate.

    Muon takes matrices only: a convolution is the matrix of its output channels by all the rest, as Jordan reshapes it.
    Stem and classifier are AdamW's, as he advises for the first and the last layer. Updates are scaled to the size of
    AdamW's (torch's `match_rms_adamw`, Moonshot AI 2025), so that both take the same rate.
    """

    def __init__(self, network: nn.Module, rate: float, momentum: float, weight_decay: float) -> None:
        super().__init__(trained_parameters(network))
        convolutions = [name for name, each in network.named_parameters() if each.dim() == 4]
        self.matrices = {name: self.parameters[name] for name in convolutions[1:] if name in self.parameters}
        rest = {name: each for name, each in self.parameters.items() if name not in self.matrices}
        self.others = Adam(rest, rate, momentum, weight_decay, decoupled=True)
        self.rate, self.momentum, self.weight_decay = rate, momentum, weight_decay
        means = {f"{name}.mean": torch.zeros_like(as_matrix(each)) for name, each in self.matrices.items()}
        self.buffers = means | self.others.buffers

    @torch.no_grad()
    def step(self) -> None:
        """Updates every parameter that has a gradient."""
        self.others.rate = self.rate
        self.others.step()
        moved = {name: each for name, each in self.matrices.items() if each.grad is not None}
        matrices = [as_matrix(each) for each in moved.values()]
        muon(
            matrices,
            [as_matrix(each.grad) for each in moved.values() if each.grad is not None],
            [self.buffers[f"{name}.mean"] for name in moved],
            lr=self.rate,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            nesterov=True,
            ns_coefficients=NEWTON_SCHULZ,
            ns_steps=NEWTON_SCHULZ_STEPS,
            eps=MUON_EPS,
            adjust_lr_fn="match_rms_adamw",
            has_complex=False,
        )
        for each, matrix in zip(moved.values(), matrices, strict=True):
            each.copy_(matrix.view(each.shape))


def as_matrix(weight: Tensor) -> Tensor:
    """A copy of a convolution's weight: a row for each output channel."""
    return weight.detach().contiguous().flatten(1).clone()
