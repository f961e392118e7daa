"""Lab 3: operations of the shortcut on x, and the options that make shapes fit."""

from dataclasses import dataclass
from functools import cache, partial
from math import isnan

import pandas as pd
import streamlit as st

from explorer.analysis.theory import skip_factor
from explorer.experiments.claims import shortcuts as claims
from explorer.experiments.claims.lengths import TrainingLength
from explorer.language import N_, _, sentence, told
from explorer.model import PRESETS, Cost, ModelSpec, assemble, preset
from explorer.model.field_types import Real
from explorer.model.variants import SHORTCUTS
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.labs import filters
from explorer.ui.labs.shared import block_pictures, charts, experiment, paper, predict, short_trainings, text
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choices
from explorer.ui.labs.shared.networks import choose_small_or_own, depth_field


@dataclass(frozen=True)
class Kind:
    """What is published of a kind of shortcut: the row in Table 1 of He et al. 2016, and the 110-layer preset."""

    row: str
    preset: str
    remark: str = ""


PRINTED: dict[str, Kind] = {
    "identity": Kind("original", "cifar_resnet110"),
    "half": Kind("constant scaling (0.5 on x, 1", "cifar_resnet110_scale_05"),
    "halves": Kind("constant scaling (0.5 on x, 0.5", "cifar_resnet110_scale_05_05"),
    "exclusive": Kind("exclusive", "cifar_resnet110_exclusive_gate_b6"),
    "gate": Kind("shortcut-only", "cifar_resnet110_shortcut_gate_b6"),
    "conv": Kind("1x1", "cifar_resnet110_conv1x1"),
    "dropout": Kind("dropout", "cifar_resnet110_skip_dropout"),
}
PRINTED_BIASES = {0.0: "initial bias 0", -6.0: "initial bias -6", -7.0: "initial bias -7"}
KINDS_FIELDS = (
    depth_field(claims.DEPTH),
    AddressField(
        "bias",
        N_("Initial bias of gates"),
        Value(Real(-7.0, 0.0, 1.0)),
        claims.BIAS,
        N_("The gate g is sigmoid(Wx + b); the shortcut multiplies x by 1 − g."),
    ),
    *short_trainings.length_fields(claims.KINDS_LENGTH),
    choices(
        "kinds",
        N_("Shortcuts"),
        {name: kind.label for name, kind in claims.KINDS.items()},
        claims.COMPARED,
        N_("The kinds of shortcut that are compared."),
    ),
)


def kind_question(depth: int, length: TrainingLength) -> predict.Question:
    """The question on a network of this depth, trained as long as this."""
    lower, equal = (
        N_("It is lower: the branches count for more."),
        N_("It is about the same: the branches make up for it."),
    )
    return predict.Question(
        "kinds",
        sentence(
            "{trained}: once with identity shortcuts, once with every shortcut multiplied by 0.5 and the "
            "branch left as it is. How does the training loss with 0.5 compare with that of the identity?",
            trained=short_trainings.what_is_trained(depth, length),
        ),
        (lower, equal, N_("It is higher.")),
        2,
        text.Section("shortcuts", "kinds_reveal"),
        {
            lower: N_("The branches count for more, but what earlier blocks computed is halved by every later block."),
            equal: N_("The branches can make up for one factor; over many blocks its power acts."),
        },
        partial(short_trainings.seen_of_losses, "kinds"),
        (
            "failed",
            "failure",
            "6.61",
            "four millionths",
        ),
    )


def option_question(depth: int, length: TrainingLength) -> predict.Question:
    """The question on a network of this depth, trained as long as this."""
    options = (
        N_("Yes: more weights fit the images better."),
        N_("No: it is not lower than with A."),
    )
    return predict.Question(
        "options",
        sentence(
            "{trained}, with padded shortcuts (A), with projections where shapes change (B), and with "
            "projections on **all** shortcuts (C). Does C, with the most weights, end with the lowest "
            "training loss?",
            trained=short_trainings.what_is_trained(depth, length),
        ),
        options,
        1,
        text.Section("shortcuts", "options_reveal"),
        {
            options[0]: N_(
                "Its additional weights are few, and its shortcuts are no identities any more: every block has "
                "to learn first to pass x on."
            ),
        },
        partial(short_trainings.seen_of_losses, "options"),
        (
            "24.19",
            "not essential",
        ),
    )


def compared_networks(base: ModelSpec, names: tuple[str, ...], bias: float) -> list[short_trainings.ComparedNetwork]:
    """The network with each kind of shortcut; gates start with `bias`. Raises SpecError if one does not fit."""
    networks = []
    for name in names:
        # The paper prints no error for a gate with another bias than these.
        row = PRINTED[name].row if name not in claims.GATES or bias in PRINTED_BIASES else ""
        remark = PRINTED_BIASES.get(bias, "") if name in claims.GATES else ""
        label, spec = claims.kind_label(name, bias), claims.kind_spec(base, name, bias)
        networks.append(short_trainings.ComparedNetwork(label, spec, "he2016", "1", row, remark))
    return networks


def _draw_kinds_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
        bias = controls.real("bias")
    with right:
        length = short_trainings.length_controls(controls)
    names = controls.choices("kinds")
    networks = experiment.try_to_make(lambda: compared_networks(base, names, bias))
    question = kind_question(base.depth, length)
    predict.draw_question(question)
    if not networks:
        return
    blocks = {each.label: block_pictures.inner_block(each.spec) for each in networks}
    block_pictures.draw_blocks(blocks, {each.label: factor_sentence(each.spec) for each in networks})
    request = experiment.try_to_make(lambda: claims.kinds_plan(names, bias, length).request(base))
    short_trainings.draw_panel("kinds", networks, request, question, (claims.KINDS_CLAIM,))
    _draw_costs("ResNet-110, 32 px", "kinds", tuple(PRINTED[name].preset for name in names))
    if predict.is_answered(question):
        paper.draw_rows("he2016", "1")


DROPPED = N_(
    "Each value of x becomes 0 with a probability of {rate:g}. The paper's dropout leaves the other values as they "
    "are, which is a factor of {kept:g} on average (section 3.1). torch divides them by {kept:g}, so here the mean of "
    "x is kept."
)


def factor_sentence(spec: ModelSpec) -> str:
    """A sentence or two on the factor by which the shortcut multiplies x before training."""
    factor = skip_factor(spec)
    if isnan(factor):
        return _("x passes through weights: there is no single factor.")
    if spec.skip == "dropout":
        return _(DROPPED).format(rate=spec.skip_dropout, kept=1.0 - spec.skip_dropout)
    return _("x is multiplied by {factor} before training.").format(factor=f"{factor:.3g}")


@cache
def _cost(name: str) -> Cost:
    return assemble(preset(name)).cost


def _draw_costs(network: str, part: str, names: tuple[str, ...]) -> None:
    st.markdown(_("**Cost in {network}**").format(network=network))
    columns = charts.count_columns(_("Parameters"), "MACs")

    st.dataframe(cost_table(names), hide_index=True, key=f"{part}.costs", column_config=columns)


def cost_table(names: tuple[str, ...]) -> pd.DataFrame:
    """Exact parameters and MACs of presets, and how many percent more parameters than the first each has."""
    costs = {name: _cost(name) for name in names}
    first = next(iter(costs.values()), None)
    return pd.DataFrame(
        [
            {
                _("Network"): told(PRESETS[name].told_title),
                _("Parameters"): cost.params,
                "MACs": cost.macs,
                _("More parameters"): f"{100 * (cost.params / first.params - 1):+.2f} %" if first else "",
            }
            for name, cost in costs.items()
        ]
    )


OPTIONS = {
    "none": Kind("plain-34", "plain34"),
    "pad": Kind("ResNet-34 A", "resnet34_a"),
    "projection": Kind("ResNet-34 B", "resnet34"),
    "projection_all": Kind("ResNet-34 C", "resnet34_c"),
}
"""What is published of ResNet-34 without shortcuts and with each option: He et al. 2015, Table 3, and the preset."""


def _draw_options_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
    with right:
        length = short_trainings.length_controls(controls)
    networks = experiment.try_to_make(
        lambda: [
            short_trainings.ComparedNetwork(
                claims.OPTIONS[name], claims.option_spec(base, name), "he2015", "3", published.row
            )
            for name, published in OPTIONS.items()
        ]
    )
    question = option_question(base.depth, length)
    predict.draw_question(question)
    if not networks:
        return
    changing = {each.label: block_pictures.changing_block(each.spec) for each in networks}
    helps = {claims.OPTIONS[name]: _(SHORTCUTS[name].help) for name in OPTIONS}
    block_pictures.draw_blocks(changing, helps)
    request = experiment.try_to_make(lambda: claims.options_plan(length).request(base))
    short_trainings.draw_panel("options", networks, request, question, (claims.OPTIONS_CLAIM, claims.SLOWEST_CLAIM))
    _draw_costs("ResNet-34, 224 px", "options", tuple(each.preset for each in OPTIONS.values()))
    filters.draw_rule()
    if predict.is_answered(question):
        paper.draw_rows("he2015", "3", lambda row: row.network.startswith(("plain-34", "ResNet-34")))


LAB = Lab(
    "shortcuts",
    3,
    N_("Shortcuts"),
    (
        Part("kinds", N_("What happens to x"), _draw_kinds_part, KINDS_FIELDS),
        Part(
            "options",
            N_("Options A, B, C"),
            _draw_options_part,
            (depth_field(claims.OPTIONS_DEPTH), *short_trainings.LENGTH),
        ),
    ),
)
