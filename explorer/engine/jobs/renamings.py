"""The tensors of a file under this program's names, where another implementation of the same networks wrote it."""

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.identify.names import Naming

HEAD = "fc.weight"


def renamed_tensors(naming: Naming, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under this program's names. A classifier that is a 1x1 convolution becomes a matrix."""
    renamed = {naming.name(name): tensor for name, tensor in tensors.items()}
    head = renamed.get(HEAD)
    if head is not None and head.layout == torch.strided and head.shape[2:] == (1, 1):
        renamed[HEAD] = head.flatten(1)
    return renamed
