"""The counters whose conventions are reproduced, run on a module."""

import contextlib
import io
import warnings
from collections.abc import Callable

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

Counter = Callable[[nn.Module, torch.Tensor], int]
"""Operations for a module in evaluation mode and one image as its input."""


def by_flop_counter(network: nn.Module, image: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(image)
    total: int = counter.get_total_flops()
    return total


def _by_fvcore(analysis_name: str, network: nn.Module, image: torch.Tensor) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it scripts and traces, both deprecated in torch
        import fvcore.nn

        analysis = getattr(fvcore.nn, analysis_name)(network, image)
        return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def by_fvcore(network: nn.Module, image: torch.Tensor) -> int:
    return _by_fvcore("FlopCountAnalysis", network, image)


def activations_by_fvcore(network: nn.Module, image: torch.Tensor) -> int:
    return _by_fvcore("ActivationCountAnalysis", network, image)


def by_thop(network: nn.Module, image: torch.Tensor) -> int:
    from thop import profile

    return int(profile(network, inputs=(image,), verbose=False)[0])


def by_ptflops(network: nn.Module, image: torch.Tensor) -> int:
    from ptflops import get_model_complexity_info

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shape = tuple(image.shape[1:])
        macs, _ = get_model_complexity_info(network, shape, as_strings=False, print_per_layer_stat=False)
    return int(macs)


def by_torchinfo(network: nn.Module, image: torch.Tensor) -> int:
    from torchinfo import summary

    total: int = summary(network, input_data=image, verbose=0).total_mult_adds
    return total


COUNTERS: dict[str, Counter] = {
    "torch FlopCounterMode": by_flop_counter,
    "fvcore": by_fvcore,
    "thop": by_thop,
    "ptflops": by_ptflops,
    "torchinfo": by_torchinfo,
}
"""By the name of the convention."""
NEED_MEMORY = {"fvcore", "ptflops"}
"""Counters that trace, or patch functions that torch calls on the device `meta` only, and so need real tensors."""


def count(counter: str, build: Callable[[], nn.Module], shape: tuple[int, ...]) -> int:
    """What the counter reports on the module that `build` makes; its weights are left as they lie in memory."""
    with torch.device("meta"):
        network, image = build().eval(), torch.empty(1, *shape)
    if counter in NEED_MEMORY:
        network, image = network.to_empty(device="cpu"), torch.zeros(1, *shape)
    return COUNTERS[counter](network, image)
