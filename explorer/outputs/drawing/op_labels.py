"""What an op is called in a picture, and which colour family it belongs to."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.model import Node, Stage
from explorer.model.ops import BatchNorm1d, Linear
from explorer.outputs.formatting import TIMES, plural, shape, whole
from explorer.outputs.palette import OpFamily


def _convolution(op: Any) -> str:
    details = [f"{op.kernel_size} {TIMES} {op.kernel_size} conv, {whole(op.out_channels)}"]
    details += [f"stride {op.stride}"] if op.stride > 1 else []
    details += [f"{whole(op.groups)} groups"] if op.groups > 1 else []
    details += [f"dilation {op.dilation}"] if op.dilation > 1 else []
    return ", ".join(details)


def _window(name: str) -> Callable[[Any], str]:
    return lambda op: f"{op.kernel_size} {TIMES} {op.kernel_size} {name}, stride {op.stride}"


USUAL_SLOPE, USUAL_BLUR = 0.01, 3
"""A leaky ReLU's slope and the side of a blur pool's filter that are not written."""

WORDS: Mapping[str, Callable[[Any], str]] = {
    "Conv2d": _convolution,
    "StandardizedConv2d": lambda op: f"{_convolution(op)}, standardised",
    "Linear": lambda op: f"linear, {whole(op.out_features)}",
    "BatchNorm1d": lambda op: "batch norm",
    "BatchNorm2d": lambda op: "batch norm",
    "GroupNorm": lambda op: f"group norm, {op.num_groups} groups",
    "LeakyReLU": lambda op: "leaky ReLU" + ("" if op.negative_slope == USUAL_SLOPE else f", {op.negative_slope:g}"),
    "MaxPool2d": lambda op: f"subsample by {op.stride}" if op.kernel_size == 1 else _window("max pool")(op),
    "AvgPool2d": _window("average pool"),
    "AdaptiveAvgPool2d": lambda op: (
        "global average pool" if op.output_size == 1 else f"average pool to {op.output_size} {TIMES} {op.output_size}"
    ),
    "AdaptiveMaxPool2d": lambda op: "global max pool",
    "BlurPool2d": lambda op: (
        (f"{op.size} {TIMES} {op.size} " if op.size != USUAL_BLUR else "")
        + f"blur pool, stride {op.stride}"
        + (f", dilation {op.dilation}" if op.dilation > 1 else "")
    ),
    "DilatedAvgPool2d": lambda op: f"2 {TIMES} 2 average pool, stride 1, dilation {op.dilation}",
    "Flatten": lambda op: "flatten",
    "Dropout": lambda op: f"dropout {op.p:g}",
    "StochasticDepth": lambda op: f"drop path {op.p:.3g}" + (", whole batch" if op.mode == "batch" else ""),
    "SamePad2d": lambda op: f"SAME padding for {op.kernel_size} {TIMES} {op.kernel_size}, stride {op.stride}",
    "ZeroPad2d": lambda op: f"zeros around: {op.padding}",
    "PadShortcut": lambda op: f"pad to {whole(op.out_channels)}, stride {op.stride}",
    "PadBehind": lambda op: f"pad behind to {whole(op.out_channels)}, stride {op.stride}",
    "ChannelConv1d": lambda op: f"1-D conv over channels, {op.kernel_size}",
    "Add": lambda op: "+",
    "Multiply": lambda op: TIMES,
    "Concatenate": lambda op: "side by side",
    "Complement": lambda op: "1 − g",
    "Scale": lambda op: f"{TIMES} {op.factor:g}",
}
"""A few words for an op, by its class; an op that is not listed goes by the name of its class."""

FAMILY_OF_OP: Mapping[str, OpFamily] = {
    "Conv2d": "conv",
    "StandardizedConv2d": "conv",
    "Linear": "linear",
    "Add": "add",
    "BatchNorm1d": "norm",
    "BatchNorm2d": "norm",
    "GroupNorm": "norm",
    "MaxPool2d": "pool",
    "AvgPool2d": "pool",
    "AdaptiveAvgPool2d": "pool",
    "AdaptiveMaxPool2d": "pool",
    "BlurPool2d": "pool",
    "DilatedAvgPool2d": "pool",
}
FAMILY_OF_ROLE: Mapping[str, OpFamily] = {"shortcut": "shortcut", "gate": "shortcut", "attention": "attention"}


def op_label(op: object) -> str:
    """`3 × 3 conv, 64, stride 2`."""
    name = type(op).__name__
    return WORDS[name](op) if name in WORDS else name


def output_label(stage: Stage) -> str:
    """What a stage gives: `512 × 7 × 7`, `1,000 classes`, or `2,048 features` where the last layer is not linear."""
    size = stage.output_shape
    if len(size) > 1:
        return shape(size)
    kinds = {type(node.op) for node in stage.blocks[-1].block.nodes}
    scores = Linear in kinds and BatchNorm1d not in kinds  # a norm makes an embedding of them
    return plural(size[0], "class", "classes") if scores else plural(size[0], "feature")


def op_family(node: Node) -> OpFamily:
    """The family that gives the node its colour: where it stands first, then what it is."""
    if node.role in FAMILY_OF_ROLE:
        return FAMILY_OF_ROLE[node.role]
    family = FAMILY_OF_OP.get(type(node.op).__name__)
    if family is not None:
        return family
    if node.op.elementwise_category == "gate":
        return "attention"
    return "activation" if node.op.elementwise_category == "activation" else "norm"
