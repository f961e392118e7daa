"""The same network built by torchvision: compared key by key, and by its outputs on the same weights."""

from collections.abc import Mapping
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torchvision.models import resnet, vgg

from explorer.engine.jobs.equivalent_forms import randomise
from explorer.engine.jobs.renamings import renamed_tensors
from explorer.identify.names import Naming, vgg_patterns
from explorer.language import N_, Sentence, sentence
from explorer.model import ModelSpec, assemble
from explorer.model.identity.torchvision import TorchvisionArguments, torchvision_arguments
from explorer.model.identity.torchvision_vgg import VggArguments

LARGEST_IMAGE = 64
"""Pixels at which outputs are compared; the networks pool to a fixed size, so any size will do."""
MOST_PARAMETERS = 150_000_000
"""Networks above this are compared by keys and shapes only: their weights alone would take 600 MB."""
TOLERANCE = 1e-5
SAME_SHAPES = {
    False: N_("{code}: {count:,} keys and shapes equal"),
    True: N_("{code}: {count:,} keys, renamed, and shapes equal"),
}
"""By whether the keys had to be renamed."""


def build_twin(arguments: TorchvisionArguments) -> nn.Module:
    """The network as torchvision builds it, with its own random weights."""
    if isinstance(arguments, VggArguments):
        layers = vgg.make_layers(list(arguments.cfg), arguments.batch_norm)
        chain: nn.Module = vgg.VGG(layers, arguments.num_classes, dropout=arguments.dropout)
        return chain
    twin: nn.Module = resnet.ResNet(
        getattr(resnet, arguments.block),
        list(arguments.layers),
        num_classes=arguments.num_classes,
        zero_init_residual=arguments.zero_init_residual,
        groups=arguments.groups,
        width_per_group=arguments.width_per_group,
        replace_stride_with_dilation=list(arguments.replace_stride_with_dilation),
    )
    return twin


def compare_with_torchvision(spec: ModelSpec, network: nn.Module) -> tuple[str, bool, Sentence] | None:
    """Name, verdict and detail of the comparison; None where torchvision cannot build the network of `spec`.

    `network` is on the meta device and takes over torchvision's weights.
    """
    arguments = torchvision_arguments(spec)
    if arguments is None:
        return None
    name = f"torchvision {torchvision.__version__}"
    size = sum(parameter.numel() for parameter in network.parameters())
    with torch.device("meta" if size > MOST_PARAMETERS else "cpu"):
        twin = build_twin(arguments).eval()
    patterns = vgg_patterns(assemble(spec)) if arguments.renames else ()
    state = renamed_tensors(Naming(arguments.source, patterns), twin.state_dict())
    ours, theirs = _shapes(network.state_dict()), _shapes(state)
    if ours != theirs:
        odd = next(iter(sorted(ours.items() ^ theirs.items())))[0]
        return name, False, sentence("{code}: {key} differs", code=str(arguments), key=odd)
    same = sentence(SAME_SHAPES[bool(arguments.renames)], code=str(arguments), count=len(ours))
    if size > MOST_PARAMETERS:
        return name, True, same
    difference, largest = _output_difference(network, twin, state, min(spec.image_size, LARGEST_IMAGE))
    detail = sentence("{same}, outputs on the same weights are equal", same=same)
    if difference:
        far = f"{difference:.1g}"
        detail = sentence("{same}, outputs on the same weights differ by {difference}", same=same, difference=far)
    return name, difference <= TOLERANCE * max(largest, 1.0), detail


def _shapes(state: Mapping[str, Tensor]) -> dict[str, Any]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _output_difference(
    network: nn.Module, twin: nn.Module, state: Mapping[str, Tensor], size: int
) -> tuple[float, float]:
    """The largest difference of the class scores, and the largest score, on torchvision's weights.

    `state` are the twin's tensors under this program's names.

    Statistics and scales are drawn at random, so that no norm is an identity and no branch is silent.
    """
    chance = torch.Generator().manual_seed(0)
    for module in twin.modules():
        if isinstance(module, nn.BatchNorm2d):
            randomise(module, chance)
    network.load_state_dict(state, strict=True, assign=True)
    images = torch.randn(2, 3, size, size, generator=chance)
    with torch.no_grad():
        theirs = twin(images)
        difference = (network.eval()(images) - theirs).abs().max().item()
    return difference, theirs.abs().max().item()
