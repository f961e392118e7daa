"""Lets a network overwrite values that nobody reads again: the same numbers, with less memory to move.

For training alone: what a hook has kept of a value is lost when the value is overwritten.
"""

from collections import Counter

from torch import Tensor, nn

from explorer.engine.layers import Add
from explorer.engine.lowering import GraphModule, build_module
from explorer.model import ModelSpec

OUTPUT_NOT_SAVED = (nn.Conv2d, nn.BatchNorm2d, Add)
"""Modules whose backward pass does not need their own output, so that it may be overwritten."""


class AddOver(Add):
    """A sum, written over its first term."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        return branch.add_(shortcut)


def training_module(spec: ModelSpec) -> nn.Module:
    """The network of `spec` as `lowering.build_module` makes it, for the training loop."""
    return overwrite(build_module(spec))


def overwrite(network: nn.Module) -> nn.Module:
    """Lets every ReLU and every addition that may do so write over the first value it reads; gives the network back.

    It may where no other step reads the value (it could have saved it), a module of `OUTPUT_NOT_SAVED` made it, and it
    is no input of the block. That holds for every sum, residual or not: its gradient needs neither term.
    """
    for graph_module in (module for module in network.modules() if isinstance(module, GraphModule)):
        reads = Counter(source for _, sources in graph_module.steps for source in sources)
        for module, sources in graph_module.steps:
            written = sources[0]
            made_here = written > 0 and isinstance(graph_module.steps[written - 1][0], OUTPUT_NOT_SAVED)
            if not made_here or reads[written] > 1:
                continue
            if isinstance(module, nn.ReLU):
                module.inplace = True
            elif isinstance(module, Add):
                module.__class__ = AddOver
    return network
