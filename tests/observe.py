"""What torch itself reports of a running network: output shapes, work and multiply-adds, module by module."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine import layers

POOLS = (nn.MaxPool2d, nn.AvgPool2d)
ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.PReLU, nn.SiLU, nn.GELU, nn.Mish, nn.Hardswish)
GATES = (nn.Sigmoid, layers.Multiply, layers.Complement, layers.Scale)
COUNTED_OUTPUTS = (nn.Conv2d, nn.Conv1d, nn.Linear, layers.BlurPool2d)


@dataclass
class Observation:
    """One forward pass of one example."""

    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Output shape without the batch, by module path."""
    elementwise: Counter[str] = field(default_factory=Counter)
    """Element-wise operations by category."""
    activations: int = 0
    macs: int = 0


def observe(network: nn.Module, shape: tuple[int, ...], device: str = "meta") -> Observation:
    """Run one example of `shape` through `network` in evaluation mode, with a hook on every innermost module."""
    seen = Observation()

    def listen(path: str) -> Any:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            seen.shapes[path] = tuple(output.shape[1:])
            line, work = _work(module, inputs[0], output)
            seen.elementwise[line] += work
            seen.activations += output.numel() if isinstance(module, COUNTED_OUTPUTS) else 0

        return hook

    handles = [m.register_forward_hook(listen(path)) for path, m in network.named_modules() if _is_leaf(m)]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.eval()(torch.zeros(1, *shape, device=device))
    for handle in handles:
        handle.remove()
    seen.macs, odd = divmod(counter.get_total_flops(), 2)
    assert not odd
    return seen


def _is_leaf(module: nn.Module) -> bool:
    return not any(module.children())


RULES: tuple[tuple[Any, str, Callable[[Any, Tensor, Tensor], int]], ...] = (
    ((nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm), "norm", lambda module, x, y: 2 * y.numel()),
    (layers.StandardizedConv2d, "norm", lambda module, x, y: 2 * module.weight.numel()),
    (ACTIVATIONS, "activation", lambda module, x, y: y.numel()),
    (POOLS, "pool", lambda module, x, y: y.numel() * _window(module)),
    (layers.DilatedAvgPool2d, "pool", lambda module, x, y: y.numel() * 4),
    ((nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d), "pool", lambda module, x, y: _averaged(x, y)),
    (layers.Add, "add", lambda module, x, y: y.numel()),
    (GATES, "gate", lambda module, x, y: y.numel()),
)
"""Module types, their element-wise category, and the operations of one forward pass: independent of `explorer`."""


def _work(module: nn.Module, x: Tensor, output: Tensor) -> tuple[str, int]:
    for kinds, line, work in RULES:
        if isinstance(module, kinds):
            return line, work(module, x, output)
    return "none", 0


def _averaged(x: Tensor, y: Tensor) -> int:
    """Elements of the windows that torch slices: from floor(j * i / o) to ceil((j + 1) * i / o)."""
    sides = zip(x.shape[2:], y.shape[2:], strict=True)
    rows, columns = (sum(-(-(j + 1) * i // o) - j * i // o for j in range(o)) for i, o in sides)
    return x.shape[0] * x.shape[1] * rows * columns


def _window(pool: nn.Module) -> int:
    side = pool.kernel_size
    return prod(side) if isinstance(side, tuple) else side * side
