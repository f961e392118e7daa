"""The controls of the layers: norms, activations, attention, anti-aliasing, initialisation, what is dropped."""

from explorer.language import N_
from explorer.model.controls.control import Control, is_residual
from explorer.model.field_types import Choice, Flag, Real, Whole
from explorer.model.variants import ACTIVATIONS, ANTIALIASES, ATTENTIONS, DROP_MODES, EPSILONS, NORMS, ORDERS

LAYERS: dict[str, Control] = {
    "norm": Control(Choice(NORMS), N_("Normalisation"), N_("The layer after convolutions."), N_("Layers")),
    "norm_eps": Control(
        Choice(EPSILONS),
        N_("Epsilon of the norm"),
        N_("What is added to the variance; weights of a library need the library's."),
        N_("Layers"),
        lambda values: values.norm != "none" or values.head_norm,
    ),
    "norm_groups": Control(
        Whole(1, 1024),
        N_("Groups of the group norm"),
        N_("Into how many groups the channels are divided; where they cannot be, the largest common divisor."),
        N_("Layers"),
        lambda values: "norm_groups" in NORMS[values.norm].uses,
    ),
    "activation": Control(Choice(ACTIVATIONS), N_("Activation"), N_("The non-linearity."), N_("Layers")),
    "leaky_slope": Control(
        Real(0.0, 1.0, 0.01),
        N_("Slope of the leaky ReLU"),
        N_("Factor on negative values: 0.01 in torch and Maas et al. 2013, 0.1 in darknet (Redmon & Farhadi 2018)."),
        N_("Layers"),
        lambda values: "leaky_slope" in ACTIVATIONS[values.activation].uses,
    ),
    "attention": Control(
        Choice(ATTENTIONS), N_("Channel attention"), N_("Weighs the branch's channels."), N_("Layers")
    ),
    "attention_reduction": Control(
        Whole(1, 256),
        N_("Attention reduction"),
        N_("SE's squeezed width is the channels divided by this, rounded to a multiple of the divisor."),
        N_("Layers"),
        lambda values: "attention_reduction" in ATTENTIONS[values.attention].uses,
    ),
    "attention_divisor": Control(
        Whole(1, 64),
        N_("Attention divisor"),
        N_("SE's squeezed width is a multiple of this, and at least this: 8 in timm; 1, no floor, in Hu et al. 2018."),
        N_("Layers"),
        lambda values: "attention_divisor" in ATTENTIONS[values.attention].uses,
    ),
    "attention_bias": Control(
        Flag(),
        N_("Attention biases"),
        N_("SE's two 1x1 convolutions carry biases, as in timm; many networks for CIFAR have none."),
        N_("Layers"),
        lambda values: "attention_bias" in ATTENTIONS[values.attention].uses,
    ),
    "antialias": Control(
        Choice(ANTIALIASES), N_("Anti-aliasing"), N_("The layer that strides instead of the convolution."), N_("Layers")
    ),
    "weight_standardization": Control(
        Flag(), N_("Weight standardisation"), N_("Standardises every filter before use (BiT)."), N_("Layers")
    ),
    "conv_bias": Control(
        Flag(),
        N_("Convolution biases"),
        N_("As in Keras: on every convolution; in pre-activation networks only where no norm follows."),
        N_("Layers"),
    ),
    "bias_before_norm": Control(
        Flag(),
        N_("Biases before norms"),
        N_(
            "A pre-activation network has the convolution biases also where a norm follows, as a post-activation one"
            " has."
        ),
        N_("Layers"),
        lambda values: values.conv_bias and not ORDERS[values.activation_order].redundant_bias,
    ),
    "zero_init_residual": Control(
        Flag(),
        N_("Zero-initialised branches"),
        N_("The last norm's scale (or, without one, the last convolution) starts at zero: units begin as identities."),
        N_("Layers"),
        is_residual,
    ),
    "drop_path": Control(
        Real(0.0, 0.9),
        N_("Stochastic depth"),
        N_("Probability of dropping the last branch in training; grows linearly from the first (Huang et al. 2016)."),
        N_("Layers"),
        is_residual,
    ),
    "drop_path_mode": Control(
        Choice(DROP_MODES),
        N_("Stochastic depth drops"),
        N_("Whether every image has its own chance, or the whole batch one."),
        N_("Layers"),
        lambda values: is_residual(values) and values.drop_path > 0,
    ),
    "block_dropout": Control(
        Real(0.0, 0.95),
        N_("Dropout in the block"),
        N_("Dropout before the branch's last convolution (Zagoruyko & Komodakis 2016, section 2.4)."),
        N_("Layers"),
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
