"""Lab 4: the order of convolution, normalisation and activation in a unit."""

from functools import partial

import streamlit as st

from explorer.experiments.claims.order import (
    DEPTH,
    FIGURE_4,
    LABELS,
    LENGTH,
    ORDERS_CLAIM,
    REGULARISED_CLAIM,
    orders_plan,
)
from explorer.language import N_, _
from explorer.model import Block, ModelSpec
from explorer.model.ops import ReLU
from explorer.ui.labs.shared import block_pictures, experiment, paper, predict, short_trainings, text
from explorer.ui.labs.shared.lab import Controls, Lab, Part, choices
from explorer.ui.labs.shared.networks import choose_small_or_own, depth_field

PRINTED = {
    "post": "ResNet-110, original",
    "bn_after_add": "ResNet-110, BN after",
    "relu_before_add": "ResNet-110, ReLU before",
    "relu_only_preact": "ResNet-110, ReLU-only",
    "preact": "ResNet-110, full",
}
FIELDS = (
    depth_field(DEPTH),
    *short_trainings.length_fields(LENGTH),
    choices("orders", N_("Orders"), LABELS, FIGURE_4, N_("The orders that are compared.")),
)
QUESTION = predict.Question(
    "order",
    N_("In which of the five orders is there an operation between one addition and the next that changes x?"),
    (
        N_("In none: the shortcut is an identity in all of them."),
        N_("In (a) and (b)."),
        N_("In (a), (b) and (c)."),
        N_("In all."),
    ),
    1,
    text.Section("order", "orders_reveal"),
    {
        N_("In none: the shortcut is an identity in all of them."): N_(
            "The shortcut is, but in some orders an operation follows the addition, and x passes through that, too."
        ),
        N_("In (a), (b) and (c)."): N_(
            "In (c) the ReLU is in the branch, before the addition: x itself is not changed."
        ),
        N_("In all."): N_("In some orders all operations are in the branch."),
    },
    partial(short_trainings.seen_of_losses, "order"),
    (
        "a ReLU follows every addition",
        "On the information path:",
        "Nothing on the path",
    ),
)


def compared_networks(base: ModelSpec, names: tuple[str, ...]) -> list[short_trainings.ComparedNetwork]:
    """The network in several orders. Raises SpecError for an order that the network cannot have."""
    return [
        short_trainings.ComparedNetwork(subject.label, subject.spec, "he2016", "2", PRINTED[name])
        for name, subject in zip(names, orders_plan(names).subjects(base), strict=True)
    ]


def _draw_orders_part(controls: Controls) -> None:
    left, right = st.columns(2)
    with left:
        base = choose_small_or_own(controls)
    with right:
        length = short_trainings.length_controls(controls)
    names = controls.choices("orders")
    networks = experiment.try_to_make(lambda: compared_networks(base, names))
    predict.draw_question(QUESTION)
    if not networks:
        return
    if predict.is_answered(QUESTION):
        blocks = {each.label: block_pictures.inner_block(each.spec) for each in networks}
        block_pictures.draw_blocks(blocks, {name: caption(placed.block) for name, placed in blocks.items()})
    request = experiment.try_to_make(lambda: orders_plan(names, length).request(base))
    short_trainings.draw_panel("order", networks, request, QUESTION, (ORDERS_CLAIM, REGULARISED_CLAIM))
    if predict.is_answered(QUESTION):
        paper.draw_rows("he2016", "2", lambda row: row.network.startswith("ResNet-110"))


def caption(block: Block) -> str:
    """A sentence on the operations on the information path of a block."""
    operations = block_pictures.altering_operations(block)
    if operations:
        return _("On the information path: {operations}.").format(operations=", ".join(operations))
    last = [node for node in block.nodes if node.role == "branch"][-1]
    if isinstance(last.op, ReLU):
        return _("Nothing on the path, but the branch ends in a ReLU: F(x) ≥ 0.")
    return _("Nothing on the path: the next block gets x + F(x).")


LAB = Lab("order", 4, N_("Activation order"), (Part("orders", N_("The five orders"), _draw_orders_part, FIELDS),))
