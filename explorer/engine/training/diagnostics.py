"""What is read of a network in a training step: gradient norms by layer, branch over stream by block.

Readings stay on the device until the loop reads its losses, so that the host never waits for them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.engine.lowering import BlockModule


class StepReader:
    """Reads a network during single steps; its hooks exist only then."""

    def __init__(self, network: nn.Module) -> None:
        weights = [(name, each) for name, each in network.named_parameters() if each.dim() >= 2]
        self.layers = tuple(name.removesuffix(".weight") for name, _ in weights)
        self._weights = [each for _, each in weights]
        units = [(path, each) for path, each in network.named_modules() if isinstance(each, BlockModule)]
        self._merges = {path: each.merge for path, each in units if each.merge is not None}
        self.blocks = tuple(self._merges)
        self._ratios: dict[str, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside, a forward pass records each branch's standard deviation over that of the stream it is added to."""
        handles = [module.register_forward_pre_hook(self._note(path)) for path, module in self._merges.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def read(self) -> tuple[Tensor, Tensor]:
        """Gradient norms `(layers,)` and ratios `(blocks,)`, in the order of `layers` and `blocks`, on the device."""
        gradients = [each.grad if each.grad is not None else torch.zeros_like(each) for each in self._weights]
        norms = torch._foreach_norm(gradients)  # noqa: SLF001  (as clip_grad_norm_ calls it)
        absent = torch.full((), torch.nan, device=self._weights[0].device)  # left out by stochastic depth
        ratios = [self._ratios.get(path, absent) for path in self.blocks]
        self._ratios = {}
        return _row(norms), _row(ratios)

    def _note(self, path: str) -> Callable[[nn.Module, tuple[Tensor, Tensor]], None]:
        @torch.no_grad()
        def hook(_: nn.Module, inputs: tuple[Tensor, Tensor]) -> None:
            branch, stream = inputs
            self._ratios[path] = branch.float().std() / stream.float().std()

        return hook


def _row(scalars: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(scalars)) if scalars else torch.empty(0)
