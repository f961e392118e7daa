"""The convention reconciler against the counters on the libraries' own modules, one network of each construction."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import timm
import torch
import torchvision
from torch import nn

from explorer.analysis.conventions import reconcile
from explorer.analysis.conventions.libraries import LIBRARIES
from explorer.model import PRESETS, ModelSpec, assemble, preset
from explorer.outputs.tables.conventions import counted_module
from tests.counters import COUNTERS, activations_by_fvcore, count

TIMM = (
    *("seresnet50", "ecaresnet26t", "resnet50d", "resnetaa50", "resnetblur50", "resnet50_gn", "resnetrs50"),
    *("legacy_seresnet50", "resnetv2_50", "resnetv2_50d_gn", "resnetv2_50x1_bit"),
)
SIDE = 64


def _own(name: str) -> Callable[[], nn.Module]:
    """The library's own network of this name."""
    builder = torchvision.models if PRESETS[name].library.startswith("torchvision") else timm
    make = getattr(builder, "get_model" if builder is torchvision.models else "create_model")
    return lambda: make(name)


def _here(spec: ModelSpec) -> dict[str, int]:
    return {convention.name: convention.value for convention in reconcile(spec, counted_module(spec))}


@pytest.mark.parametrize("counter", COUNTERS)
@pytest.mark.parametrize("name", ["resnet50", "vgg16_bn", *TIMM])
def test_equals_the_counter_on_the_librarys_module(name: str, counter: str) -> None:
    spec = replace(preset(name), image_size=SIDE)
    assert _here(spec)[counter] == count(counter, _own(name), assemble(spec).input_shape)


def test_every_library_module_is_the_one_that_makes_the_network() -> None:
    made = {
        name: timm.models.model_entrypoint(name).__module__ for name in PRESETS if _library(name).startswith("timm")
    }
    assert made == {name: _library(name) for name in made}
    assert {_library(name) for name in PRESETS} == {"", *LIBRARIES}
    assert {_library(name) for name in ("resnet50", "vgg16", *TIMM, "keras_resnet50")} == set(LIBRARIES)


def _library(name: str) -> str:
    return PRESETS[name].library


def test_an_adapted_network_is_the_librarys_too() -> None:
    """Class scores and input channels as well, not the size only."""
    spec = replace(preset("seresnet18"), image_size=SIDE, num_classes=7, in_channels=1)
    assert counted_module(spec).network == "seresnet18, at 64 px, 7 classes, 1 input channel"
    theirs = count("thop", lambda: timm.create_model("seresnet18", num_classes=7, in_chans=1), (1, SIDE, SIDE))
    assert _here(spec)["thop"] == theirs


@pytest.mark.parametrize("name", ["resnetblur18", "seresnet18", "ecaresnet26t"])
def test_activations_are_fvcores(name: str) -> None:
    """A blur's output counts there, as its multiply-adds do."""
    spec = replace(preset(name), image_size=SIDE)
    theirs = activations_by_fvcore(timm.create_model(name).eval(), torch.zeros(1, 3, SIDE, SIDE))
    assert assemble(spec).cost.activations == theirs
