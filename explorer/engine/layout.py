"""The memory layout in which networks compute: channels last, which is the fastest on processors and GPUs."""

import torch
from torch import Tensor, nn

NARROW = 8
"""Input channels below which oneDNN's weight gradient of a strided 1x1 convolution writes outside its buffer.

Seen in torch 2.15.0 on a processor with AVX2 and without AVX-512, with one thread and channels last: the process ends
with a damaged heap. With contiguous tensors, or from 8 channels on, it does not.
"""


def to_channels_last(network: nn.Module) -> nn.Module:
    """The network itself, its parameters in channels-last layout, but for the convolutions that cannot bear it."""
    network.to(memory_format=torch.channels_last)
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and _is_unsafe(module):
            # A 1x1 weight is contiguous in both layouts: only a copy has the strides that torch takes for contiguous.
            module.weight.data = module.weight.data.clone(memory_format=torch.contiguous_format)
            module.register_forward_pre_hook(_copy_contiguous)
    return network


def _is_unsafe(layer: nn.Conv2d) -> bool:
    return layer.kernel_size == (1, 1) and max(layer.stride) > 1 and layer.in_channels < NARROW


def _copy_contiguous(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    # A copy again: with one channel a tensor counts as contiguous in both layouts.
    return tuple(each.clone(memory_format=torch.contiguous_format) for each in inputs)
