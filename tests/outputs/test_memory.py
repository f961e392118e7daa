"""Predicted memory against torch: what autograd saves, and what is alive while a network runs."""

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, assemble
from explorer.outputs.memory import measure_memory

BATCH = 3
SMALL: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (2, 2),
    "stage_widths": (16, 32),
    "stem": "cifar",
    "stem_width": 16,
    "image_size": 16,
    "num_classes": 10,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {"shortcut": "none"},
    "pad": {"shortcut": "pad"},
    "projection": {},
    "projection_all": {"shortcut": "projection_all", "shortcut_norm": False, "shortcut_bias": True},
    "avg_projection": {"shortcut": "avg_projection"},
    "bottleneck": {"block": "bottleneck", "cardinality": 4, "base_width": 16},
    "imagenet stem": {"stem": "imagenet", "image_size": 64},
    "deep stem": {"stem": "deep", "image_size": 32},
    "preact": {"activation_order": "preact"},
    "bn_after_add": {"activation_order": "bn_after_add"},
    "relu_before_add": {"activation_order": "relu_before_add"},
    "relu_only_preact": {"activation_order": "relu_only_preact"},
    "group norm": {"norm": "group"},
    "no norm": {"norm": "none"},
    "leaky": {"activation": "leaky_relu"},
    "silu": {"activation": "silu"},
    "gelu": {"activation": "gelu", "activation_order": "preact"},
    "se": {"attention": "se"},
    "eca": {"attention": "eca"},
    "blur": {"antialias": "blur", "stem": "imagenet", "image_size": 64},
    "avg antialias": {"antialias": "avg"},
    "scale": {"skip": "scale", "skip_scale": 0.5, "residual_scale": 0.5},
    "exclusive gate": {"skip": "exclusive_gate"},
    "shortcut gate": {"skip": "shortcut_gate"},
    "conv1x1": {"skip": "conv1x1"},
    "dropout": {"skip": "dropout", "block_dropout": 0.3},
    "dropout at rate 0": {"skip": "dropout", "skip_dropout": 0.0},
    "stochastic depth": {"drop_path": 0.4},
    "stride in the last block": {"stride_block": "last", "activation_order": "preact"},
    "dilation": {"dilations": (1, 2)},
    "standardised weights": {"weight_standardization": True, "norm": "group"},
}


def small(changes: dict[str, Any]) -> ModelSpec:
    return ModelSpec(**(SMALL | changes))


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


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_saved_activations_are_what_autograd_saves(changes: dict[str, Any]):
    spec = small(changes)
    torch.manual_seed(0)
    network = build_module(spec).train()
    images = torch.randn(BATCH, 3, spec.image_size, spec.image_size)
    assert measure_memory(assemble(spec), BATCH).saved_activations == saved_by_autograd(network, images)


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_live_activations_are_what_torch_keeps_alive(changes: dict[str, Any]):
    spec = small(changes)
    network = build_module(spec).eval()
    images = torch.randn(BATCH, 3, spec.image_size, spec.image_size)
    gc.collect()
    mode = LivePeak()
    mode.ignored = frozenset(t.untyped_storage()._cdata for t in (images, *network.parameters(), *network.buffers()))
    with torch.no_grad(), mode:
        network(images)
    predicted = measure_memory(assemble(spec), BATCH)
    assert predicted.inference_activations - predicted.image == mode.peak
