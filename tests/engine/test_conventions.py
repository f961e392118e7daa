"""The convention reconciler against the counters themselves: equal to the last operation."""

import contextlib
import io
import warnings
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.analysis.conventions import reconcile
from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, preset
from tests.variants import name_of, small_variants

PUBLISHED = ("resnet18", "resnet50", "resnext50_32x4d", "resnetblur18", "seresnet18", "ecaresnet26t", "keras_resnet50")
SMALLER = tuple(replace(preset(name), image_size=64) for name in PUBLISHED)
SPECS = (*SMALLER, *small_variants())


def _network(spec: ModelSpec, device: str) -> tuple[nn.Module, torch.Tensor]:
    with torch.device(device):
        image = torch.empty(1, spec.in_channels, spec.image_size, spec.image_size)
        return build_module(spec).eval(), image


def by_flop_counter(spec: ModelSpec) -> int:
    network, image = _network(spec, "meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(image)
    total: int = counter.get_total_flops()
    return total


def by_fvcore(spec: ModelSpec) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it scripts and traces, both deprecated in torch
        from fvcore.nn import FlopCountAnalysis

        network, image = _network(spec, "cpu")
        analysis = FlopCountAnalysis(network, image.zero_())
        return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def by_thop(spec: ModelSpec) -> int:
    from thop import profile

    network, image = _network(spec, "cpu")
    return int(profile(network, inputs=(image.zero_(),), verbose=False)[0])


def by_ptflops(spec: ModelSpec) -> int:
    from ptflops import get_model_complexity_info

    network, _ = _network(spec, "cpu")
    shape = (spec.in_channels, spec.image_size, spec.image_size)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        macs, _ = get_model_complexity_info(network, shape, as_strings=False, print_per_layer_stat=False)
    return int(macs)


COUNTERS = {
    "torch FlopCounterMode": by_flop_counter,
    "fvcore": by_fvcore,
    "thop": by_thop,
    "ptflops": by_ptflops,
}


@pytest.mark.parametrize("counter", COUNTERS)
@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_equals_the_counter_itself(spec: ModelSpec, counter: str) -> None:
    value = next(convention.value for convention in reconcile(spec) if convention.name == counter)
    assert value == COUNTERS[counter](spec)
