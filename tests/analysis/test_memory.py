"""Predicted memory against torch: what autograd saves, and what is alive while a network runs."""

import dataclasses
import gc
import weakref
from dataclasses import replace
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from explorer.analysis.memory import (
    OPTIMIZER_COPIES,
    VALUE_BYTES,
    Memory,
    keeps_block_input,
    measure_memory,
    saved_by_layer,
)
from explorer.engine.lowering import build_module
from explorer.experiments.catalogue.measure import OPTIMISERS, PRECISIONS
from explorer.model import ModelSpec, assemble, preset
from tests.strategies import specs
from tests.variants import name_of, sampled_variants, small_variants

BATCH = 3
VARIANTS = small_variants()


def saved_by_autograd(network: nn.Module, images: Tensor) -> int:
    """Bytes of the distinct storages that autograd keeps, parameters and buffers left out."""
    owned = {tensor.untyped_storage().data_ptr() for tensor in (*network.parameters(), *network.buffers())}
    kept: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in owned:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        scores = network(images)
    del scores
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


class LivePeak(TorchDispatchMode):
    """Follows every storage made by an operation until it is freed, and remembers the peak in bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: dict[int, int] = {}
        self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_flatten(result)[0]:
            if isinstance(tensor, Tensor):
                self.follow(tensor.untyped_storage())
        self.peak = max(self.peak, sum(self.alive.values()))
        return result

    def follow(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self.alive and key not in self.ignored:
            self.alive[key] = storage.nbytes()
            weakref.finalize(storage, self.alive.pop, key, None)

    ignored: frozenset[int] = frozenset()


def live_peak(network: nn.Module, images: Tensor) -> int:
    """The most bytes of tensors alive at one time without gradients, images, parameters and buffers left out."""
    gc.collect()
    mode = LivePeak()
    mode.ignored = frozenset(
        tensor.untyped_storage()._cdata for tensor in (images, *network.parameters(), *network.buffers())
    )
    with torch.no_grad(), mode:
        network(images)
    return mode.peak


def images_for(spec: ModelSpec) -> Tensor:
    return torch.randn(BATCH, *assemble(spec).input_shape)


@pytest.mark.parametrize("spec", sampled_variants(), ids=name_of)
def test_saved_activations_are_what_autograd_saves(spec: ModelSpec):
    torch.manual_seed(0)
    network = build_module(spec).train()
    assert measure_memory(assemble(spec), BATCH).saved_activations == saved_by_autograd(network, images_for(spec))


BIT = preset("resnetv2_50x1_bit")
HEAD_IS_THE_PEAK = ModelSpec(
    block="basic",
    stage_blocks=(1,),
    stage_widths=(33,),
    base_width=17,
    shortcut="none",
    activation_order="relu_only_preact",
    norm="none",
    conv_bias=True,
    stem_width=4,
    stem_pool="conv",
    stem_norm=False,
    image_size=47,
    num_classes=1,
)


@settings(max_examples=10, deadline=None)
@given(specs())
def test_memory_of_random_networks_is_torchs(spec: ModelSpec):
    torch.manual_seed(0)
    network, images = build_module(spec).train(), images_for(spec)
    predicted = measure_memory(assemble(spec), BATCH)
    assert predicted.saved_activations == saved_by_autograd(network, images)
    assert predicted.inference_activations - predicted.image == live_peak(network.eval(), images)


@pytest.mark.parametrize("spec", [*sampled_variants(), replace(BIT, image_size=64), HEAD_IS_THE_PEAK], ids=name_of)
def test_live_activations_are_what_torch_keeps_alive(spec: ModelSpec):
    predicted = measure_memory(assemble(spec), BATCH)
    assert predicted.inference_activations - predicted.image == live_peak(build_module(spec).eval(), images_for(spec))


def test_dropout_at_rate_zero_keeps_nothing():
    spec = dataclasses.replace(preset("cifar_resnet20"), skip="dropout", skip_dropout=0.0, activation_order="preact")
    network = build_module(spec).train()
    assert measure_memory(assemble(spec), BATCH).saved_activations == saved_by_autograd(network, images_for(spec))


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_preact110"])
def test_saved_activations_of_published_networks(name: str):
    spec = preset(name)
    network = build_module(spec).train()
    assert measure_memory(assemble(spec), BATCH).saved_activations == saved_by_autograd(network, images_for(spec))


@pytest.mark.parametrize("spec", VARIANTS[:8], ids=name_of)
def test_layers_sum_to_the_network(spec: ModelSpec):
    graph = assemble(spec)
    memory = measure_memory(graph, BATCH)
    image = memory.image if keeps_block_input(graph.stages[0].blocks[0].block) else 0  # a padded copy is a layer's own
    assert sum(saved_by_layer(graph, BATCH).values()) + image == memory.saved_activations


def test_weights_gradients_momentum_and_sums():
    spec = preset("resnet18")
    network = build_module(spec)
    weights = sum(p.numel() * p.element_size() for p in network.parameters())
    buffers = sum(b.numel() * b.element_size() for name, b in network.named_buffers() if "running" in name)
    memory = measure_memory(assemble(spec), 2)
    assert (memory.weights, memory.gradients, memory.optimizer, memory.buffers) == (weights,) * 3 + (buffers,)
    assert memory.image == 4 * 2 * prod((3, 224, 224))
    assert memory.training == 3 * weights + buffers + memory.saved_activations
    assert memory.inference == weights + buffers + memory.inference_activations


def test_an_empty_graph_needs_its_image_alone():
    graph = dataclasses.replace(assemble(preset("resnet18")), stages=())
    assert measure_memory(graph) == Memory(
        batch=1,
        weights=0,
        buffers=0,
        gradients=0,
        optimizer=0,
        image=602112,
        saved_activations=0,
        inference_activations=602112,
    )


# bf16 autocast --------------------------------------------------------------------------------------------------------

ORDINARY = [
    spec
    for spec in VARIANTS
    if (spec.norm, spec.activation, spec.attention, spec.antialias) == ("batch", "relu", "none", "none")
    and not spec.weight_standardization
    and spec.skip not in ("exclusive_gate", "shortcut_gate")
]
"""Networks whose ops all work in 16 bits; autocast keeps some others in 32 (group norm, gates, GELU), each its own way.
"""


def half() -> torch.autocast:
    return torch.autocast("cpu", dtype=torch.bfloat16)


@pytest.mark.parametrize("spec", ORDINARY, ids=name_of)
def test_under_autocast_copies_of_weights_and_halved_activations_are_kept(spec: ModelSpec):
    network = build_module(spec).train()
    with half():
        saved = saved_by_autograd(network, images_for(spec))
    assert measure_memory(assemble(spec), BATCH, precision="bf16").saved_activations == saved


@pytest.mark.parametrize("spec", ORDINARY[:6], ids=name_of)
def test_under_autocast_live_activations_are_what_torch_keeps_alive(spec: ModelSpec):
    network, images = build_module(spec).eval(), images_for(spec)
    for parameter in network.parameters():
        # Copies of parameters that want gradients are cached until autocast ends; in inference mode none are.
        parameter.requires_grad_(False)
    gc.collect()
    mode = LivePeak()
    mode.ignored = frozenset(
        tensor.untyped_storage()._cdata for tensor in (images, *network.parameters(), *network.buffers())
    )
    with torch.no_grad(), half(), mode:
        network(images)
    predicted = measure_memory(assemble(spec), BATCH, precision="bf16")
    assert predicted.inference_activations - predicted.image == mode.peak


def test_under_autocast_weights_stay_as_they_are_and_the_image_stands_beside_its_copy():
    whole, halved = (measure_memory(assemble(preset("resnet18")), 2, precision=each) for each in ("fp32", "bf16"))
    assert (halved.weights, halved.gradients, halved.optimizer) == (whole.weights, whole.gradients, whole.optimizer)
    assert (whole.extra_bytes, halved.extra_bytes) == (0, halved.image)
    assert halved.training == 3 * halved.weights + halved.buffers + halved.saved_activations + halved.image


@pytest.mark.parametrize(("optimizer", "copies"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_optimizers_remember_so_much(optimizer: str, copies: int):
    graph = assemble(preset("resnet18"))
    memory = measure_memory(graph, optimizer=optimizer)
    assert memory.optimizer == copies * 4 * graph.cost.params
    assert memory.training == measure_memory(graph, optimizer="sgd").training + memory.optimizer


def test_precisions_and_optimizers_are_those_that_can_be_measured():
    assert set(VALUE_BYTES) == set(PRECISIONS)
    assert set(OPTIMIZER_COPIES) == set(OPTIMISERS)
    with pytest.raises(KeyError):
        measure_memory(assemble(preset("resnet18")), precision="fp8")
