"""What an op is called in a picture, and which colour family it belongs to."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.language import N_, _, ngettext
from explorer.model import Node, Stage
from explorer.model.ops import BatchNorm1d, Linear
from explorer.outputs.formatting import TIMES, shape, whole
from explorer.outputs.palette import OpFamily


def _convolution(op: Any) -> str:
    details = [_("{size} conv, {channels}").format(size=_square(op.kernel_size), channels=whole(op.out_channels))]
    details += [_("stride {stride}").format(stride=op.stride)] if op.stride > 1 else []
    details += [_("{count} groups").format(count=whole(op.groups))] if op.groups > 1 else []
    details += [_("dilation {dilation}").format(dilation=op.dilation)] if op.dilation > 1 else []
    return ", ".join(details)


def _square(side: int) -> str:
    return f"{side} {TIMES} {side}"


def _window(template: str) -> Callable[[Any], str]:
    return lambda op: _(template).format(size=_square(op.kernel_size), stride=op.stride)


def _blur_pool(op: Any) -> str:
    template = _("{size} blur pool, stride {stride}") if op.size != USUAL_BLUR else _("blur pool, stride {stride}")
    text = template.format(size=_square(op.size), stride=op.stride)
    return f"{text}, {_('dilation {dilation}').format(dilation=op.dilation)}" if op.dilation > 1 else text


def _drop_path(op: Any) -> str:
    template = _("drop path {rate}, whole batch") if op.mode == "batch" else _("drop path {rate}")
    return template.format(rate=f"{op.p:.3g}")


def _of_channels(template: str) -> Callable[[Any], str]:
    return lambda op: _(template).format(channels=whole(op.out_channels), stride=op.stride)


USUAL_SLOPE, USUAL_BLUR = 0.01, 3
"""A leaky ReLU's slope and the side of a blur pool's filter that are not written."""

WORDS: Mapping[str, Callable[[Any], str]] = {
    "Conv2d": _convolution,
    "StandardizedConv2d": lambda op: _("{convolution}, standardised").format(convolution=_convolution(op)),
    "Linear": lambda op: _("linear, {features}").format(features=whole(op.out_features)),
    "BatchNorm1d": lambda op: _("batch norm"),
    "BatchNorm2d": lambda op: _("batch norm"),
    "GroupNorm": lambda op: _("group norm, {count} groups").format(count=op.num_groups),
    "LeakyReLU": lambda op: "leaky ReLU" + ("" if op.negative_slope == USUAL_SLOPE else f", {op.negative_slope:g}"),
    "MaxPool2d": lambda op: (
        _("subsample by {stride}").format(stride=op.stride)
        if op.kernel_size == 1
        else _window(N_("{size} max pool, stride {stride}"))(op)
    ),
    "AvgPool2d": _window(N_("{size} average pool, stride {stride}")),
    "AdaptiveAvgPool2d": lambda op: (
        _("global average pool")
        if op.output_size == 1
        else _("average pool to {size}").format(size=_square(op.output_size))
    ),
    "AdaptiveMaxPool2d": lambda op: _("global max pool"),
    "BlurPool2d": _blur_pool,
    "DilatedAvgPool2d": lambda op: _("{size} average pool, stride 1, dilation {dilation}").format(
        size=_square(2), dilation=op.dilation
    ),
    "Flatten": lambda op: _("flatten"),
    "Dropout": lambda op: _("dropout {rate}").format(rate=f"{op.p:g}"),
    "StochasticDepth": _drop_path,
    "SamePad2d": _window(N_("SAME padding for {size}, stride {stride}")),
    "ZeroPad2d": lambda op: _("zeros around: {count}").format(count=op.padding),
    "PadShortcut": _of_channels(N_("pad to {channels}, stride {stride}")),
    "PadBehind": _of_channels(N_("pad behind to {channels}, stride {stride}")),
    "ChannelConv1d": lambda op: _("1-D conv over channels, {size}").format(size=op.kernel_size),
    "Add": lambda op: "+",
    "Multiply": lambda op: TIMES,
    "Concatenate": lambda op: _("side by side"),
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
    count = size[0]
    if scores:
        return ngettext("{count} class", "{count} classes", count).format(count=whole(count))
    return ngettext("{count} feature", "{count} features", count).format(count=whole(count))


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
