"""Plain stacks whose layers may be trained as three branches and folded into one convolution (Ding et al. 2021).

The domain has no block of this kind: its sums have two terms. So these few modules stand here, for one experiment.
"""

import copy
from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.model import ModelSpec

Folded = tuple[Tensor, Tensor]
"""Weight and bias of one 3x3 convolution."""


class FoldableLayer(nn.Module):
    """A sum of branches, each linear once its statistics are fixed, and a ReLU after the sum.

    `branches` names them: `conv3` and `conv1` (convolution and batch norm), `identity` (batch norm alone, left out
    where the shape changes), `biased` (a 3x3 convolution with a bias and no norm).
    """

    def __init__(self, inputs: int, outputs: int, stride: int, branches: tuple[str, ...]) -> None:
        super().__init__()
        fits = inputs == outputs and stride == 1
        self.branches = nn.ModuleDict(
            {name: _branch(name, inputs, outputs, stride) for name in branches if fits or name != "identity"}
        )
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        terms = [branch(x) for branch in self.branches.values()]
        return F.relu(sum(terms[1:], terms[0]))

    def folded_branches(self) -> dict[str, Folded]:
        """Each branch as a 3x3 convolution with a bias that does in evaluation mode what the branch does."""
        return {name: _folded(branch) for name, branch in self.branches.items()}

    @torch.no_grad()
    def fold(self) -> nn.Conv2d:
        """The one convolution that does what all branches do together, without the ReLU. See `folded_branches`."""
        found = self.folded_branches().values()
        weight, bias = sum(each for each, _ in found), sum(each for _, each in found)
        assert isinstance(weight, Tensor)
        assert isinstance(bias, Tensor)
        outputs, inputs = weight.shape[:2]
        convolution = nn.Conv2d(inputs, outputs, 3, self.stride, 1).to(weight)
        convolution.weight.copy_(weight)
        convolution.bias.copy_(bias)  # type: ignore[union-attr]
        return convolution


def _branch(name: str, inputs: int, outputs: int, stride: int) -> nn.Module:
    if name == "biased":
        layer = nn.Conv2d(inputs, outputs, 3, stride, 1)
    elif name == "identity":
        return nn.BatchNorm2d(outputs)
    else:
        size = 3 if name == "conv3" else 1
        layer = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    if layer.bias is None:
        return nn.Sequential(layer, nn.BatchNorm2d(outputs))
    nn.init.zeros_(layer.bias)
    return layer


@torch.no_grad()
def _folded(branch: nn.Module) -> Folded:
    """Batch norm in evaluation mode multiplies by gamma / sigma and adds beta - mean gamma / sigma."""
    match branch:
        case nn.Conv2d(weight=weight, bias=Tensor() as bias):
            return weight, bias
        case nn.BatchNorm2d() as norm:
            unit = torch.eye(norm.num_features, dtype=norm.weight.dtype, device=norm.weight.device)
            return _normalised(unit[:, :, None, None], norm)
        case nn.Sequential() if isinstance(branch[0], nn.Conv2d) and isinstance(branch[1], nn.BatchNorm2d):
            return _normalised(branch[0].weight, branch[1])
    raise TypeError(f"{type(branch).__name__} is no branch")


def _normalised(kernel: Tensor, norm: nn.BatchNorm2d) -> Folded:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    edge = (3 - kernel.shape[-1]) // 2
    wide = F.pad(kernel, (edge,) * 4)
    return wide * factor[:, None, None, None], norm.bias - norm.running_mean * factor


KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "branches": ("conv3", "conv1", "identity"),
        "norm": ("conv3",),
        "bias": ("biased",),
    }
)
"""The branches of each kind of network of the experiment."""


def foldable_network(spec: ModelSpec, kind: str) -> nn.Sequential:
    """A stack of 3x3 layers of one of `KINDS`, then mean and linear layer.

    It has as many 3x3 layers as the basic blocks of `spec` and its stem have, as wide, on maps of the same side.
    """
    layers: list[nn.Module] = []
    inputs = spec.in_channels
    widths = [(spec.stem_width, 1)]
    for stage, (blocks, width) in enumerate(zip(spec.stage_blocks, spec.stage_widths, strict=True)):
        widths += [(width, 2 if stage and not number else 1) for number in range(2 * blocks)]
    for outputs, stride in widths:
        layers.append(FoldableLayer(inputs, outputs, stride, KINDS[kind]))
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, spec.num_classes))


def folded_network(network: nn.Sequential) -> nn.Sequential:
    """The plain twin in evaluation mode: single 3x3 convolutions with biases, each before a ReLU; the same head.

    Folded in the precision of the network's own weights.
    """
    layers: list[nn.Module] = []
    for module in network:
        layers += [module.fold(), nn.ReLU()] if isinstance(module, FoldableLayer) else [copy.deepcopy(module)]
    return nn.Sequential(*layers).eval()


def multiply_adds(network: nn.Module, image: Tensor) -> int:
    """Multiply-adds of all convolutions and linear layers for one image of a batch `(1, channels, side, side)`."""
    found: list[int] = []

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        found.append(output.numel() * weight[0].numel())

    counted = [each for each in network.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    handles = [module.register_forward_hook(count) for module in counted]
    with torch.no_grad():
        network(image)
    for handle in handles:
        handle.remove()
    return sum(found)
