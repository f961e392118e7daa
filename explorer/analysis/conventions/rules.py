"""What each counter adds up for one op: tables of terms, a term being ops of some classes and a formula.

Read off the counters' sources: `torch.utils.flop_counter`, fvcore 0.1.5 (`fvcore/nn/jit_handles.py`), thop 2.2
(`thop/vision/basic_hooks.py`), ptflops 0.7.5, pytorch backend (`ptflops/pytorch_ops.py`, `pytorch_engine.py`). All of
them on the network in evaluation mode, one image. Tests run the counters themselves beside these tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from explorer.model import ops
from explorer.model.ops import Op, Shape


class Use(NamedTuple):
    """An op at work: on inputs of these shapes, without the batch."""

    op: Any
    inputs: tuple[Shape, ...]
    output: Shape


Count = Callable[[Use], int]


@dataclass(frozen=True)
class TermRule:
    """One term of a convention: the ops that it counts, by exact class, and how much it counts for each."""

    name: str
    counted: tuple[tuple[tuple[type[Op], ...], Count], ...]
    why: str

    def count(self, use: Use) -> int:
        return sum(count(use) for classes, count in self.counted if type(use.op) in classes)


@dataclass(frozen=True)
class ConventionRule:
    """One counter."""

    name: str
    calls_it: str
    """The word that the counter itself puts beside the number."""
    terms: tuple[TermRule, ...]
    about: str


ACTIVATIONS = (ops.ReLU, ops.LeakyReLU, ops.SiLU, ops.GELU)
WEIGHTED = (ops.Conv2d, ops.StandardizedConv2d, ops.Linear, ops.ChannelConv1d, ops.BlurPool2d)
"""Convolutions and linear layers; a blur pool is a depthwise convolution with fixed weights."""


def _macs(use: Use) -> int:
    macs: int = use.op.macs(use.output)
    return macs


def _input(factor: int) -> Count:
    return lambda use: factor * prod(use.inputs[0])


def _output(factor: int) -> Count:
    return lambda use: factor * prod(use.output)


def _bias(use: Use) -> int:
    return prod(use.output) if use.op.bias else 0


def _average_windows(use: Use) -> int:
    """One addition per element inside a window, one division per window; windows cut by the border are smaller."""
    channels, *sides = use.inputs[0]
    inside = 1
    for size, windows in zip(sides, use.output[1:], strict=True):
        starts = range(0, windows * use.op.stride, use.op.stride)
        inside *= sum(min(start + use.op.kernel_size, size) - start for start in starts)
    return channels * inside + prod(use.output)


def _global_average(use: Use) -> int:
    return prod(use.inputs[0]) + prod(use.output)


MULTIPLY_ADDS = TermRule(
    "multiply-adds",
    ((WEIGHTED, _macs),),
    "One for each multiplication with a weight and the addition that follows it, in convolutions and linear layers.",
)

PAPERS = ConventionRule(
    "papers", "FLOPs", (MULTIPLY_ADDS,), "He et al. 2015 and ResNeXt print multiply-adds and call them FLOPs."
)

TORCHVISION = ConventionRule(
    "torchvision",
    "GFLOPS",
    (MULTIPLY_ADDS,),
    "The weights' metadata count multiply-adds of convolutions and linear layers, in units of 10^9.",
)

FLOP_COUNTER_MODE = ConventionRule(
    "torch FlopCounterMode",
    "FLOPs",
    (
        MULTIPLY_ADDS,
        TermRule(
            "2 per multiply-add",
            ((WEIGHTED, _macs),),
            "A multiply-add is counted as two operations, so the total is twice the papers'.",
        ),
    ),
    "Matrix products and convolutions only; element-wise layers and biases are free.",
)

FVCORE = ConventionRule(
    "fvcore",
    "flops",
    (
        MULTIPLY_ADDS,
        TermRule(
            "normalisation",
            (((ops.BatchNorm2d,), _input(2)), ((ops.GroupNorm,), _input(5))),
            "A batch norm counts two operations per element (scale and shift), a group norm five.",
        ),
        TermRule(
            "global average pooling",
            (((ops.AdaptiveAvgPool2d,), _input(1)),),
            "One addition per pooled element. Other pools, activations and the additions of shortcuts are free.",
        ),
    ),
    "Counts a multiply-add once, in spite of the name.",
)

THOP = ConventionRule(
    "thop",
    "MACs",
    (
        TermRule("multiply-adds", ((WEIGHTED[:-1], _macs),), "Modules with weights only: a blur pool's are not seen."),
        TermRule(
            "normalisation",
            (((ops.BatchNorm2d, ops.GroupNorm), _input(4)),),
            "Four operations per element; releases before 0.1 counted two, hence ResNet-50's well-known 4.11 G.",
        ),
        TermRule(
            "average pooling",
            (((ops.AdaptiveAvgPool2d,), _global_average), ((ops.AvgPool2d,), _average_windows)),
            "One addition per pooled element and one division per output; max pools and activations are free.",
        ),
    ),
    "Multiply-adds of modules, and normalisation at double weight.",
)

PTFLOPS = ConventionRule(
    "ptflops",
    "MACs",
    (
        TermRule(
            "multiply-adds",
            (((ops.Conv2d, ops.Linear), _macs),),
            "Torch's own layer classes only: convolutions of derived classes and blur pools are not seen.",
        ),
        TermRule("bias", (((ops.Conv2d, ops.Linear), _bias),), "One addition per output of a layer with a bias."),
        TermRule("normalisation", (((ops.BatchNorm2d, ops.GroupNorm), _input(2)),), "Two operations per element."),
        TermRule(
            "activation",
            (((ops.ReLU, ops.GELU), _output(2)), ((ops.LeakyReLU, ops.SiLU), _output(1))),
            "One per element; ReLU and GELU are counted twice, as a module and as the function that it calls.",
        ),
        TermRule(
            "pooling",
            (((ops.MaxPool2d, ops.AvgPool2d, ops.AdaptiveAvgPool2d), _input(2)),),
            "One per input element, and twice for the same reason as the activations.",
        ),
    ),
    "Its default (pytorch) backend counts modules and patched functions.",
)

CONVENTIONS = (PAPERS, TORCHVISION, FLOP_COUNTER_MODE, FVCORE, THOP, PTFLOPS)
"""Every convention, the papers' first: the one that this program's own totals follow."""
