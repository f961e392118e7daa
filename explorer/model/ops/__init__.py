"""The vocabulary of operations: shapes, parameters and work of each, by arithmetic.

An op's class name and field names are those of the `torch.nn` module it stands for, so that lowering is a look-up and
generated code prints the same call. The ops in `custom` stand for layers that torch lacks; `engine.layers`
defines them under the same names.

Shapes are `(channels, height, width)` or `(features,)`, without the batch. All counts are for one example:

* MACs: multiply-adds of convolutions and linear layers, no bias (He et al. 2015, section 3.3).
* element-wise work, counted apart by category, so that nothing is silently zero: two operations per element for a
  normalisation (scale and shift), one for an activation, an addition or a product, one per window element for a pool.
  Flattening, padding, and what acts only in training (dropout, stochastic depth) do no arithmetic at inference.
"""

from explorer.model.ops.base import ELEMENTWISE_CATEGORIES, Cost, ElementwiseCategory, Op, Shape, total
from explorer.model.ops.custom import (
    Add,
    BlurPool2d,
    ChannelConv1d,
    Complement,
    Concatenate,
    DilatedAvgPool2d,
    Multiply,
    PadBehind,
    PadShortcut,
    SamePad2d,
    Scale,
    StandardizedConv2d,
)
from explorer.model.ops.pointwise import (
    GELU,
    Dropout,
    Hardswish,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    StochasticDepth,
)
from explorer.model.ops.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, Flatten, MaxPool2d, ZeroPad2d
from explorer.model.ops.weighted import BatchNorm1d, BatchNorm2d, Conv2d, GroupNorm, Linear

__all__ = [
    "ELEMENTWISE_CATEGORIES",
    "GELU",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Add",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BlurPool2d",
    "ChannelConv1d",
    "Complement",
    "Concatenate",
    "Conv2d",
    "Cost",
    "DilatedAvgPool2d",
    "Dropout",
    "ElementwiseCategory",
    "Flatten",
    "GroupNorm",
    "Hardswish",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "Mish",
    "Multiply",
    "Op",
    "PReLU",
    "PadBehind",
    "PadShortcut",
    "ReLU",
    "SamePad2d",
    "Scale",
    "Shape",
    "SiLU",
    "Sigmoid",
    "StandardizedConv2d",
    "StochasticDepth",
    "ZeroPad2d",
    "total",
]
