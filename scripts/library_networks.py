"""Networks of torchvision and timm with random weights, and ours with the same weights: do the outputs agree?

The libraries' networks are as the libraries build them. Counts alone would not notice a pool that pads otherwise, or an
attention after the wrong layer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import timm
import torch
import torchvision.models
from torch import Tensor, nn

from explorer.analysis.compared_outputs import SIZES
from explorer.engine.jobs.renamings import renamed_tensors
from explorer.engine.lowering import build_module
from explorer.identify.names import NAMINGS
from explorer.model import preset

BUILDERS: Mapping[str, Callable[[str], nn.Module]] = {
    "torchvision": torchvision.models.get_model,
    "timm": timm.create_model,
}
"""By library: what builds a network of that library by its name, with random weights and 1,000 classes."""


def random_network(library: str, name: str) -> nn.Module:
    """The library's network in float64. Scales, shifts and statistics are random, so that no norm is an identity."""
    torch.manual_seed(0)
    network = BUILDERS[library](name).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.get_buffer("running_mean"), -0.5, 0.5)
            nn.init.uniform_(module.get_buffer("running_var"), 0.5, 1.5)
    return network.double()


def under_our_names(state: Mapping[str, Tensor], ours: nn.Module) -> dict[str, Tensor]:
    """A library's weights under this program's names. Raises StopIteration if no renaming gives all of `ours`."""
    wanted = shapes(ours.state_dict())
    return next(named for naming in NAMINGS if shapes(named := renamed_tensors(naming, state)) == wanted)


def shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    """The shape of each tensor by its name."""
    return {name: tensor.shape for name, tensor in state.items()}


def output_differences(library: str, name: str, sizes: Iterable[int] = SIZES) -> dict[int, float]:
    """By image size: the largest difference between our preset's outputs and the library's, on the library's weights.

    Relative to the library's largest output; in float64, one random image of each size, 1,000 classes.
    """
    theirs = random_network(library, name)
    with torch.device("meta"):
        state = under_our_names(theirs.state_dict(), build_module(preset(name)))
    differences = {}
    for size in sizes:
        ours = build_module(replace(preset(name), image_size=size))
        # Assigned, not copied: the largest network has 936 million parameters. `double` turns what is no parameter.
        ours.load_state_dict(state, strict=True, assign=True)
        images = torch.randn(1, 3, size, size, dtype=torch.float64)
        with torch.no_grad():
            differences[size] = relative_difference(ours.double().eval()(images), theirs(images))
    return differences


def relative_difference(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference, as a share of the largest value of `theirs`."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()
