"""What all optimisers here have: the parameters by name, and tensors of state by name, as checkpoints keep them."""

from torch import Tensor, nn


def trained_parameters(network: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that are not frozen, by name."""
    return {name: each for name, each in network.named_parameters() if each.requires_grad}


class NamedState:
    """The `parameters` that an optimiser updates, and its state in `buffers`, both by name."""

    def __init__(self, parameters: dict[str, nn.Parameter]) -> None:
        self.parameters = parameters
        self.buffers: dict[str, Tensor] = {}

    def restore(self, saved: dict[str, Tensor]) -> None:
        """Puts back the state, saved from `buffers`; what is not there on both sides stays."""
        for name in self.buffers.keys() & saved.keys():
            self.buffers[name].copy_(saved[name])

    def zero_grad(self) -> None:
        """Lets all gradients go."""
        for each in self.parameters.values():
            each.grad = None
