"""Predicted memory against torch: what autograd saves, and what is alive while a network runs."""

import dataclasses
import gc
import weakref
from math import prod
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.memory import Memory, measure_memory, saved_by_layer
from tests.variants import name_of, small_variants

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


def images_for(spec: ModelSpec) -> Tensor:
    return torch.randn(BATCH, spec.in_channels, spec.image_size, spec.image_size)


@pytest.mark.parametrize("spec", VARIANTS, ids=name_of)
def test_saved_activations_are_what_autograd_saves(spec: ModelSpec):
    torch.manual_seed(0)
    network = build_module(spec).train()
    assert measure_memory(assemble(spec), BATCH).saved_activations == saved_by_autograd(network, images_for(spec))


@pytest.mark.parametrize("spec", VARIANTS, ids=name_of)
def test_live_activations_are_what_torch_keeps_alive(spec: ModelSpec):
    network, images = build_module(spec).eval(), images_for(spec)
    gc.collect()
    mode = LivePeak()
    mode.ignored = frozenset(
        tensor.untyped_storage()._cdata for tensor in (images, *network.parameters(), *network.buffers())
    )
    with torch.no_grad(), mode:
        network(images)
    predicted = measure_memory(assemble(spec), BATCH)
    assert predicted.inference_activations - predicted.image == mode.peak


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
    assert sum(saved_by_layer(graph, BATCH).values()) + memory.image == memory.saved_activations


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
