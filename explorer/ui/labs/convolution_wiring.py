"""Dense, grouped and other convolutions as wiring, with their cost: a part of lab 5."""

import streamlit as st

from explorer.language import N_, _, joined, sentence
from explorer.model import Cost
from explorer.outputs.formatting import whole
from explorer.ui.common import theme
from explorer.ui.labs.shared import predict, seen
from explorer.ui.labs.shared.lab import Controls, Part, number
from explorer.ui.labs.wiring import WIRINGS, Sizes, Wiring, cost, wiring_svg

GROUPS = (1, 2, 4, 8, 16, 32)
CONVOLUTION_FIELDS = (
    number("inputs", N_("Channels in"), (4, 8, 16, 32), 8, N_("The input channels of the convolution.")),
    number(
        "outputs", N_("Channels out"), (4, 8, 16, 32), 8, N_("A depthwise convolution has as many outputs as inputs.")
    ),
    number(
        "groups",
        N_("Groups"),
        GROUPS,
        4,
        N_("The groups of the grouped convolution; they divide both numbers of channels."),
    ),
    number("kernel", N_("Kernel k"), (1, 3, 5, 7), 3, N_("Pixels on each side.")),
    number(
        "side",
        N_("Map, pixels on each side"),
        (7, 14, 28, 56),
        56,
        N_("The stride is 1, so input and output maps are equal."),
    ),
)


def wiring_question(sizes: Sizes) -> predict.Question:
    """The question on the grouped convolution of these sizes, and on the cheapest one."""
    # A single group is no question: all weights are left.
    groups = max(sizes.groups, 2)
    every, one, square = (
        N_("All of them"),
        sentence("One in {groups}", groups=groups),
        sentence("One in {square}", square=groups**2),
    )
    return predict.Question(
        "wiring",
        sentence(
            "A convolution has {inputs} channels in and {outputs} out. Now its channels are divided into "
            "{groups} groups, and each group reads only its own. How many of its weights are left?",
            inputs=sizes.inputs,
            outputs=sizes.outputs,
            groups=groups,
        ),
        (every, one, square),
        1,
        sentence(
            "Each of the {outputs} outputs now reads {read} inputs instead of {inputs}; the number of "
            "outputs is the same.",
            outputs=sizes.outputs,
            read=sizes.inputs // groups,
            inputs=sizes.inputs,
        ),
        {
            every: N_("An output no longer reads the channels of other groups, so those weights are gone."),
            square: N_("Every output reads fewer inputs, but there are as many outputs as before."),
        },
        _seen_of_costs,
        ("% of dense", r"\frac"),
    )


def _seen_of_costs(sizes: Sizes) -> predict.Question:
    """Asks which kind needs the fewest MACs."""
    macs = {wiring.label: cost(wiring, sizes).macs for wiring in WIRINGS.values()}
    least = min(macs.values())
    names = [label for label, count in macs.items() if count == least]
    several = N_("Two or more of them need equally few")
    told = joined("; ", *(joined(" ", label, whole(count)) for label, count in macs.items()))
    wrong = dict.fromkeys((*macs, several), N_("The pictures give the MACs below each kind."))
    right = names[0] if len(names) == 1 else several
    text = N_("Which kind needs the fewest MACs at these sizes?")
    return seen.one_of("wiring.seen", text, wrong, right, sentence("MACs: {counts}.", counts=told))


def _draw_wiring(wiring: Wiring, sizes: Sizes, dense: Cost, *, counted: bool) -> None:
    total = cost(wiring, sizes)
    st.markdown(f"**{_(wiring.label)}**")
    st.image(wiring_svg(wiring, sizes, theme.current()), width="stretch")
    if not counted:
        return
    st.markdown(f"$${wiring.formula(sizes)} = {whole(total.params).replace(',', '{,}')}$$")
    st.markdown(
        _("{params} parameters  \n{macs} MACs  \n{share} % of dense").format(
            params=whole(total.params), macs=whole(total.macs), share=f"{100 * total.macs / dense.macs:.1f}"
        )
    )
    st.caption(_(wiring.help))


def _draw_wiring_part(controls: Controls) -> None:
    left, middle, right = st.columns(3)
    with left:
        inputs, outputs = controls.whole("inputs"), controls.whole("outputs")
    with middle:
        fitting = [each for each in GROUPS if inputs % each == outputs % each == 0]
        groups, kernel = controls.whole("groups", fitting), controls.whole("kernel")
    with right:
        side = controls.whole("side")
    sizes = Sizes(inputs, outputs, groups, kernel, side)
    dense = cost(WIRINGS["dense"], sizes)
    question = wiring_question(sizes)
    predict.draw_question(question)
    for column, (name, wiring) in zip(st.columns(len(WIRINGS)), WIRINGS.items(), strict=True):
        with column, st.container(border=True, key=f"wiring.{name}"):
            _draw_wiring(wiring, sizes, dense, counted=predict.is_answered(question))
    if not predict.is_answered(question):
        return
    st.caption(
        _(
            "Parameters without bias. MACs are parameters times {side} x {side} positions, for one "
            "image; FLOPs are twice the MACs."
        ).format(side=side)
    )
    predict.draw_seen(question, sizes)


WIRING_PART = Part("wiring", N_("Convolutions as wiring"), _draw_wiring_part, CONVOLUTION_FIELDS)
