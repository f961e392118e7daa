"""The layers of networks against torch's own names, and those of files whose names say little."""

import pytest
import torch

from explorer.engine.lowering import build_module
from explorer.identify.layers import file_layers, shape_counts
from explorer.model import ModelSpec, preset
from tests.identify.listings import network_layers, numbered_names, tensors_of

DIFFERENT = (
    *("resnet18", "resnetrs50", "kuangliu_preact18", "resnet9", "iresnet18", "resnetblur50d"),
    *("cifar_resnet110_shortcut_gate_b6", "ecaresnet26t", "resnetv2_50x1_bit", "keras_resnet50v2"),
)


@pytest.mark.parametrize("name", [each for each in DIFFERENT if each != "resnetblur50d"])
def test_names_shapes_and_order_are_those_of_the_module(name: str) -> None:
    with torch.device("meta"):
        state = build_module(preset(name)).state_dict()
    assert tensors_of(preset(name)) == [(key, tuple(tensor.shape)) for key, tensor in state.items()]


@pytest.mark.parametrize("name", ["resnet18", "iresnet18", "keras_resnet50", "resnet50_gn", "resnetrs50"])
def test_layers_are_told_by_lengths_where_no_name_says_anything(name: str) -> None:
    spec = preset(name)
    rename = numbered_names(spec)
    found = file_layers([(rename(each), shape) for each, shape in tensors_of(spec)])
    assert [layer.signature for layer in found] == [layer.signature for layer in network_layers(spec)]


def test_counts_of_shapes_are_those_of_the_layers() -> None:
    for spec in (preset("resnet101"), ModelSpec(attention="se", conv_bias=True)):
        assert sum(shape_counts(spec).values()) == len(network_layers(spec))


def test_keras_words_for_tensors_are_known() -> None:
    """Its shapes are turned into torch's where the file is read."""
    tensors = [("conv.kernel:0", (64, 3, 7, 7)), ("conv.bias:0", (64,)), ("bn.gamma:0", (64,)), ("bn.beta:0", (64,))]
    tensors += [("bn.moving_mean:0", (64,)), ("bn.moving_variance:0", (64,)), ("fc.kernel:0", (10, 512))]
    layers = file_layers(tensors)
    assert [layer.signature for layer in layers] == [
        ("conv", 64, 3, 7, 7, 1),
        ("batch", 64),
        ("conv", 10, 512, 1, 1, 0),
    ]
