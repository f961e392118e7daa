"""The controls of the layers: norms, activations, attention, anti-aliasing, initialisation, what is dropped."""

from explorer.model.controls.control import Control, is_residual
from explorer.model.field_types import Choice, Flag, Real, Whole
from explorer.model.variants import ACTIVATIONS, ANTIALIASES, ATTENTIONS, DROP_MODES, EPSILONS, NORMS, ORDERS

LAYERS: dict[str, Control] = {
    "norm": Control(Choice(NORMS), "Normalisation", "The layer after convolutions.", "Layers"),
    "norm_eps": Control(
        Choice(EPSILONS),
        "Epsilon of the norm",
        "What is added to the variance; weights of a library need the library's.",
        "Layers",
        lambda values: values.norm != "none" or values.head_norm,
    ),
    "norm_groups": Control(
        Whole(1, 1024),
        "Groups of the group norm",
        "Into how many groups the channels are divided; where they cannot be, the largest common divisor.",
        "Layers",
        lambda values: "norm_groups" in NORMS[values.norm].uses,
    ),
    "activation": Control(Choice(ACTIVATIONS), "Activation", "The non-linearity.", "Layers"),
    "leaky_slope": Control(
        Real(0.0, 1.0, 0.01),
        "Slope of the leaky ReLU",
        "Factor on negative values: 0.01 in torch and Maas et al. 2013, 0.1 in darknet (Redmon & Farhadi 2018).",
        "Layers",
        lambda values: "leaky_slope" in ACTIVATIONS[values.activation].uses,
    ),
    "attention": Control(Choice(ATTENTIONS), "Channel attention", "Weighs the branch's channels.", "Layers"),
    "attention_reduction": Control(
        Whole(1, 256),
        "Attention reduction",
        "SE's squeezed width is the channels divided by this, rounded to a multiple of the divisor.",
        "Layers",
        lambda values: "attention_reduction" in ATTENTIONS[values.attention].uses,
    ),
    "attention_divisor": Control(
        Whole(1, 64),
        "Attention divisor",
        "SE's squeezed width is a multiple of this, and at least this: 8 in timm; 1, no floor, in Hu et al. 2018.",
        "Layers",
        lambda values: "attention_divisor" in ATTENTIONS[values.attention].uses,
    ),
    "attention_bias": Control(
        Flag(),
        "Attention biases",
        "SE's two 1x1 convolutions carry biases, as in timm; many networks for CIFAR have none.",
        "Layers",
        lambda values: "attention_bias" in ATTENTIONS[values.attention].uses,
    ),
    "antialias": Control(
        Choice(ANTIALIASES), "Anti-aliasing", "The layer that strides instead of the convolution.", "Layers"
    ),
    "weight_standardization": Control(
        Flag(), "Weight standardisation", "Standardises every filter before use (BiT).", "Layers"
    ),
    "conv_bias": Control(
        Flag(),
        "Convolution biases",
        "As in Keras: on every convolution; in pre-activation networks only where no norm follows.",
        "Layers",
    ),
    "bias_before_norm": Control(
        Flag(),
        "Biases before norms",
        "A pre-activation network has the convolution biases also where a norm follows, as a post-activation one has.",
        "Layers",
        lambda values: values.conv_bias and not ORDERS[values.activation_order].redundant_bias,
    ),
    "zero_init_residual": Control(
        Flag(),
        "Zero-initialised branches",
        "The last norm's scale (or, without one, the last convolution) starts at zero: units begin as identities.",
        "Layers",
        is_residual,
    ),
    "drop_path": Control(
        Real(0.0, 0.9),
        "Stochastic depth",
        "Probability of dropping the last branch in training; grows linearly from the first (Huang et al. 2016).",
        "Layers",
        is_residual,
    ),
    "drop_path_mode": Control(
        Choice(DROP_MODES),
        "Stochastic depth drops",
        "Whether every image has its own chance, or the whole batch one.",
        "Layers",
        lambda values: is_residual(values) and values.drop_path > 0,
    ),
    "block_dropout": Control(
        Real(0.0, 0.95),
        "Dropout in the block",
        "Dropout before the branch's last convolution (Zagoruyko & Komodakis 2016, section 2.4).",
        "Layers",
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
