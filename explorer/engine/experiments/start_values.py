"""The values from which training starts, set in a network that is built and not yet trained.

One entry of `STARTS` for each start of `explorer.experiments.catalogue.starts.START_FACTS`. A start may add parameters:
they are the network's own, so that the optimiser of the usual loop trains them too.
"""

from math import sqrt

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import Part, parts_of
from explorer.engine.experiments.trained_networks import Start
from explorer.model import ModelSpec


def he(network: nn.Module, spec: ModelSpec) -> None:
    """Leaves everything as `build_module` drew it: He et al. 2015b, normal, fan-out."""


@torch.no_grad()
def dirac(network: nn.Module, spec: ModelSpec) -> None:
    """Every convolution of a block becomes the identity: 1 in the middle of the filter from a channel to its copy.

    Where a convolution has more channels behind it than before it, each channel is copied as often as that takes, so
    that no channel is silent (Zagoruyko and Komodakis 2017 take the same filter as a fixed part of each convolution).
    """
    for part in parts_of(network, spec):
        for layer in branch_convolutions(part):
            layer.weight.copy_(identity_filter(layer))


@torch.no_grad()
def identity(network: nn.Module, spec: ModelSpec) -> None:
    """Every block passes on what it gets, as far as a block can: the branch is silent, or the convolutions are Dirac's.

    The last layer of a branch that has weights starts at 0. In a plain block a ReLU still stops what is negative, and
    a normalisation still divides by the deviation.
    """
    for part in parts_of(network, spec):
        if part.add is None:
            for layer in branch_convolutions(part):
                layer.weight.copy_(identity_filter(layer))
        else:
            nn.init.zeros_(
                [each for each in branch_layers(part) if hasattr(each, "weight")][-1].get_parameter("weight")
            )


def branch_root(network: nn.Module, spec: ModelSpec) -> None:
    """Every branch counts 1 / sqrt(L), L being the number of blocks: a constant, which is not trained."""
    parts = sums_of(network, spec)
    factor = 1 / sqrt(len(parts))
    for part in parts:
        assert part.add is not None
        part.add.register_forward_pre_hook(lambda _, inputs: (factor * inputs[0], inputs[1]))


def skip_init(network: nn.Module, spec: ModelSpec) -> None:
    """Every branch is multiplied by a trained number of its own that starts at 0."""
    for part in sums_of(network, spec):
        assert part.add is not None
        part.add.register_parameter("scale", nn.Parameter(torch.zeros(())))
        part.add.register_forward_pre_hook(_scaled)


@torch.no_grad()
def fixup(network: nn.Module, spec: ModelSpec) -> None:
    """Zhang et al. 2019, section 3: the rule's three points.

    1. The last convolution of every branch and the classifier start at 0. 2. The other m - 1 convolutions of a branch
    are He's times L^(-1 / (2m - 2)), L being the number of blocks. 3. A trained factor (1) at the end of every branch,
    a trained number (0) added before every convolution, activation and linear layer, and at the end of the branch.
    """
    parts = sums_of(network, spec)
    for part in parts:
        *others, last = branch_convolutions(part)
        nn.init.zeros_(last.weight)
        for layer in others:
            layer.weight.mul_(len(parts) ** (-1 / (2 * len(others))))
        assert part.add is not None
        part.add.register_parameter("scale", nn.Parameter(torch.ones(())))
        part.add.register_parameter("shift", nn.Parameter(torch.zeros(())))
        part.add.register_forward_pre_hook(_scaled_and_shifted)
        for shifted in branch_layers(part):
            _shift_input(shifted)
    inside = {id(each) for part in parts for each in part.module.modules()}
    for module in network.modules():
        if id(module) not in inside and isinstance(module, nn.Conv2d | nn.ReLU | nn.Linear):
            _shift_input(module)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)


STARTS: dict[str, Start] = {
    "he": he,
    "identity": identity,
    "dirac": dirac,
    "branch_root": branch_root,
    "skip_init": skip_init,
    "fixup": fixup,
}


def sums_of(network: nn.Module, spec: ModelSpec) -> list[Part]:
    """The blocks that have a sum, in running order."""
    return [part for part in parts_of(network, spec) if part.add is not None]


def branch_convolutions(part: Part) -> list[nn.Conv2d]:
    """The convolutions on the branch of a block, in running order; in a plain block all of them."""
    return [layer for layer in branch_layers(part) if isinstance(layer, nn.Conv2d)]


def branch_layers(part: Part) -> list[nn.Module]:
    """The layers on the branch of a block, in running order."""
    return [part.module.get_submodule(node.name) for node in part.block.nodes if node.role == "branch"]


def identity_filter(layer: nn.Conv2d) -> Tensor:
    """The weight with which a convolution passes on channel i as channels i, i + inputs, i + 2 inputs, ..."""
    weight = torch.zeros_like(layer.weight)
    inputs, (high, wide) = weight.shape[1], layer.weight.shape[2:]
    for channel in range(weight.shape[0]):
        weight[channel, channel % inputs, high // 2, wide // 2] = 1
    return weight


def _scaled(add: nn.Module, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    branch, shortcut = inputs
    return add.get_parameter("scale") * branch, shortcut


def _scaled_and_shifted(add: nn.Module, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    branch, shortcut = inputs
    return add.get_parameter("scale") * branch + add.get_parameter("shift"), shortcut


def _shift_input(module: nn.Module) -> None:
    """Adds to the module's input a trained number that starts at 0."""
    module.register_parameter("shift", nn.Parameter(torch.zeros(())))
    module.register_forward_pre_hook(lambda layer, inputs: (inputs[0] + layer.get_parameter("shift"),))
