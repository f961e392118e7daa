"""The tensors of a file under this program's names, where another implementation of the same networks wrote it."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.identify.names import Naming

LINEAR = re.compile(r"fc\d*\.weight")
CONVOLUTIONS_AXES = 4


def renamed_tensors(naming: Naming, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under this program's names.

    A linear layer that is a convolution over the whole map becomes a matrix: timm has such layers.
    """
    renamed = {naming.name(name): tensor for name, tensor in tensors.items()}
    for name, tensor in renamed.items():
        if LINEAR.fullmatch(name) and tensor.layout == torch.strided and tensor.ndim == CONVOLUTIONS_AXES:
            renamed[name] = tensor.flatten(1)
    return renamed
