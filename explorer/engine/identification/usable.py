"""Whether a file's norms remember anything that candidates can be held to."""

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.language import N_, Text, sentence

NOT_NUMBERS = N_("{name} and {more} more tensors hold values that are no finite numbers, so the values do not tell.")
ONE_NOT_NUMBERS = N_("{name} holds values that are no finite numbers, so the values do not tell.")
UNTRAINED = N_("The network was not trained: its norms remember nothing, with mean 0 and variance 1 as at the start.")
CONSTANT = N_("Every norm remembers an input of variance 0, so all of it was constant and the values do not tell.")
EMPTY = N_("{name} has no values, so the values do not tell.")
MEAN, VARIANCE = "running_mean", "running_var"


def unusable(tensors: Mapping[str, Tensor]) -> Text:
    """Why the values of a network's tensors do not tell which network it is, in one sentence; empty where they may."""
    empty = next((name for name, each in tensors.items() if not each.numel()), None)
    if empty is not None:
        return sentence(EMPTY, name=empty)
    broken = [name for name, each in tensors.items() if not torch.isfinite(each).all()]
    if broken:
        return sentence(NOT_NUMBERS if len(broken) > 1 else ONE_NOT_NUMBERS, name=broken[0], more=len(broken) - 1)
    means = [each for name, each in tensors.items() if name.endswith(MEAN)]
    variances = [each for name, each in tensors.items() if name.endswith(VARIANCE)]
    if variances and all(not each.any() for each in variances):
        return CONSTANT
    if variances and all(not each.any() for each in means) and all((each == 1).all() for each in variances):
        return UNTRAINED
    return ""
