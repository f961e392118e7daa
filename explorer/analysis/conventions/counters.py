"""The counters: what each adds up, as tables.

Read off their sources: `torch.utils.flop_counter`, fvcore 0.1.5 (`fvcore/nn/jit_handles.py`), thop 2.2
(`thop/profile.py`, `thop/vision/basic_hooks.py`), ptflops 0.7.5, pytorch backend (`ptflops/pytorch_ops.py`,
`pytorch_engine.py`), torchinfo 1.8.0 (`torchinfo/layer_info.py`, `model_statistics.py`). All of them on the network in
evaluation mode, one image. Tests run the counters themselves beside these tables.
"""

from explorer.analysis.conventions import libraries as lib
from explorer.analysis.conventions.rules import (
    ConventionRule,
    TermRule,
    adaptive_average,
    average_windows,
    bias,
    bias_of_broadcast,
    multiply_adds,
    padded_input,
    per_channel,
    per_input,
    per_output,
    per_weight,
)
from explorer.language import N_
from explorer.model import ops

STANDARDIZED = (ops.StandardizedConv2d, lib.STD_CONV)
CHANNEL_CONVS = (ops.ChannelConv1d, lib.CONV1D)
TORCH_WEIGHTED = (ops.Conv2d, *STANDARDIZED, ops.Linear, *CHANNEL_CONVS)
"""Layers with weights whose class is torch's or derived from it."""
BLURS = (ops.BlurPool2d,)
"""Depthwise convolutions with fixed weights, called as a function."""
KERAS_WEIGHTED = (lib.KERAS_CONV, lib.KERAS_DENSE)
WEIGHTED = (*TORCH_WEIGHTED, *BLURS, *KERAS_WEIGHTED)
"""Convolutions and linear layers."""

BATCH_NORMS = (ops.BatchNorm1d, ops.BatchNorm2d, lib.BATCH_NORM_ACT)
GROUP_NORMS = (ops.GroupNorm, lib.TIMM_GROUP_NORM, lib.GROUP_NORM_ACT)
TORCH_NORMS = (ops.BatchNorm1d, ops.BatchNorm2d, ops.GroupNorm)

MULTIPLY_ADDS = TermRule(
    N_("multiply-adds"),
    ((WEIGHTED, multiply_adds),),
    N_(
        "One for each multiplication with a weight and the addition that follows it, in convolutions and linear layers."
    ),
)

PAPERS = ConventionRule(
    N_("papers"), "FLOPs", (MULTIPLY_ADDS,), N_("He et al. 2015 and ResNeXt print multiply-adds and call them FLOPs.")
)

TORCHVISION = ConventionRule(
    "torchvision",
    "GFLOPS",
    (MULTIPLY_ADDS,),
    N_("The weights' metadata count multiply-adds of convolutions and linear layers, in units of 10^9."),
)

FLOP_COUNTER_MODE = ConventionRule(
    "torch FlopCounterMode",
    "FLOPs",
    (
        MULTIPLY_ADDS,
        TermRule(
            N_("2 per multiply-add"),
            ((WEIGHTED, multiply_adds),),
            N_("A multiply-add is counted as two operations, so the total is twice the papers'."),
        ),
    ),
    N_("Matrix products and convolutions only; element-wise layers and biases are free."),
)

FVCORE = ConventionRule(
    "fvcore",
    "flops",
    (
        MULTIPLY_ADDS,
        TermRule(
            N_("normalisation"),
            ((BATCH_NORMS, per_input(2)), (GROUP_NORMS, per_input(5))),
            N_("A batch norm counts two operations per element (scale and shift), a group norm five."),
        ),
        TermRule(
            N_("global average pooling"),
            (((ops.AdaptiveAvgPool2d, lib.GLOBAL_POOL_FUNCTION), per_input(1)),),
            N_("One addition per pooled element. Other pools, activations and the additions of shortcuts are free."),
        ),
        TermRule(
            N_("standardised weights"),
            (((lib.STD_CONV,), per_weight(4)),),
            N_("Four operations per weight: the batch norm that standardises weights in timm has no scale and shift."),
        ),
    ),
    N_("Counts a multiply-add once, in spite of the name."),
)

THOP = ConventionRule(
    "thop",
    "MACs",
    (
        TermRule(
            N_("multiply-adds"),
            (((*TORCH_WEIGHTED, lib.KERAS_DENSE), multiply_adds),),
            N_(
                "Torch's layers with weights, and matrix products: convolutions called as functions, as blur pools,"
                " are not seen."
            ),
        ),
        TermRule(
            N_("normalisation"),
            (((*BATCH_NORMS, *GROUP_NORMS), per_input(4)),),
            N_("Four operations per element; releases before 0.1 counted two, hence ResNet-50's well-known 4.11 G."),
        ),
        TermRule(
            N_("average pooling"),
            (((ops.AdaptiveAvgPool2d,), adaptive_average), ((ops.AvgPool2d,), average_windows)),
            N_(
                "One addition per pooled element and one division per output; max pools and other activations are free."
            ),
        ),
        TermRule(N_("learned slope"), (((ops.PReLU,), per_input(1)),), N_("One per element of a PReLU's input.")),
    ),
    N_("Multiply-adds of modules, and normalisation at double weight."),
)

PTFLOPS = ConventionRule(
    "ptflops",
    "MACs",
    (
        TermRule(
            N_("multiply-adds"),
            (((ops.Conv2d, ops.Linear, lib.CONV1D, lib.KERAS_DENSE), multiply_adds),),
            N_(
                "Torch's own layer classes, and matrix products: convolutions of derived classes and blur pools are not"
                " seen."
            ),
        ),
        TermRule(
            N_("bias"),
            (((ops.Conv2d, ops.Linear, lib.KERAS_CONV), bias), ((lib.KERAS_DENSE,), bias_of_broadcast)),
            N_(
                "One addition per output of a layer with a bias; for Keras' Dense its square, as a row and its bias"
                " are paired by their first axes."
            ),
        ),
        TermRule(
            N_("normalisation"),
            ((TORCH_NORMS, per_input(2)), ((lib.KERAS_NORM,), per_channel(2))),
            N_("Two operations per element; per channel in Keras, which adds and multiplies before it normalises."),
        ),
        TermRule(
            N_("activation"),
            (
                ((ops.ReLU, ops.GELU, ops.PReLU), per_output(2)),
                ((ops.LeakyReLU, ops.SiLU, lib.ACTIVATION_FUNCTION, lib.KERAS_ACTIVATION), per_output(1)),
            ),
            N_(
                "One per element; the modules of ReLU, GELU and PReLU are counted twice, with the function that they"
                " call; Mish and Hardswish not at all."
            ),
        ),
        TermRule(
            N_("pooling"),
            (
                ((ops.MaxPool2d, ops.AvgPool2d, ops.AdaptiveAvgPool2d, ops.AdaptiveMaxPool2d), per_input(2)),
                ((lib.POOL_FUNCTION, lib.GLOBAL_POOL_FUNCTION), per_input(1)),
                ((lib.KERAS_MAX_POOL,), padded_input),
            ),
            N_("One per input element, and twice for modules for the same reason; in Keras once, borders included."),
        ),
        TermRule(
            N_("addition"), (((lib.KERAS_ADD,), per_output(1)),), N_("One per sum where torch.add is called by name.")
        ),
    ),
    N_("Its default (pytorch) backend counts modules and patched functions."),
)

TORCHINFO = ConventionRule(
    "torchinfo",
    "Total mult-adds",
    (
        TermRule(
            N_("multiply-adds"),
            (
                ((ops.Conv2d, *STANDARDIZED, ops.Linear, lib.CONV1D), multiply_adds),
                ((ops.ChannelConv1d,), per_weight(1)),
            ),
            N_(
                "A layer's weights times the places of its output; layers without weights of their own, as blur pools,"
                " are free."
            ),
        ),
        TermRule(
            N_("bias"),
            (((ops.Conv2d, ops.StandardizedConv2d, lib.STD_CONV, ops.Linear), bias),),
            N_("A bias is a weight as any other: one per output."),
        ),
        TermRule(
            N_("normalisation"),
            (((*TORCH_NORMS, lib.TIMM_GROUP_NORM), per_channel(2)),),
            N_("Scale and shift once per channel, not per element: places are multiplied in for convolutions only."),
        ),
        TermRule(N_("learned slope"), (((ops.PReLU,), per_channel(1)),), N_("One weight per channel of a PReLU.")),
    ),
    N_("Weights of the layers without layers inside, each counted once per place of a convolution's output."),
)

CONVENTIONS = (PAPERS, TORCHVISION, FLOP_COUNTER_MODE, FVCORE, THOP, PTFLOPS, TORCHINFO)
"""Every convention, the papers' first: the one that this program's own totals follow."""
