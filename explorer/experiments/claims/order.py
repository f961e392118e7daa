"""Lab 4: the order of convolution, normalisation and activation in a unit (He et al. 2016, Table 2)."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, Verdict, judge_seeds, span
from explorer.experiments.claims.lengths import SHORT, TrainingLength
from explorer.experiments.claims.shortcuts import complete_seeds, error_of
from explorer.experiments.request_values import Subject, small_network
from explorer.language import N_, joined, sentence
from explorer.model import ModelSpec

FIGURE_4 = ("post", "bn_after_add", "relu_before_add", "relu_only_preact", "preact")
LABELS = {
    "post": N_("(a) original (post-activation)"),
    "bn_after_add": N_("(b) BN after addition"),
    "relu_before_add": N_("(c) ReLU before addition"),
    "relu_only_preact": N_("(d) ReLU-only pre-activation"),
    "preact": N_("(e) full pre-activation"),
}
DEPTH = 56
LENGTH = SHORT._replace(steps=50)
"""Shorter than elsewhere: five orders with three seeds each are many trainings."""


def orders_plan(names: Sequence[str] = FIGURE_4, length: TrainingLength = LENGTH) -> Plan:
    """The network in several orders, trained on the same batches."""

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return tuple(Subject(LABELS[name], replace(base, activation_order=name)) for name in names)

    return Plan("short_race", {"seeds": length.seeds}, subjects, length.training)


def judge_orders(result: ShortTrainingResult) -> Outcome:
    """Whether (b) has a higher error than each of (a), (d) and (e)."""
    errors = {
        seed: [error_of(each) for each in found]
        for seed, found in complete_seeds(result, list(LABELS.values())).items()
    }
    columns = dict(zip("abcde", zip(*errors.values(), strict=True), strict=False))
    listed = joined(
        ", ", *(joined(" ", f"({letter})", span(column, ".1f", " %")) for letter, column in columns.items())
    )
    return judge_seeds(
        {seed: b > max(a, d, e) for seed, (a, b, _, d, e) in errors.items()},
        sentence("Test errors: {listed}.", listed=listed),
        N_("Over few blocks a normalisation on the path changes little: choose more layers."),
        N_("This comparison needs all five orders."),
    )


ORDERS_CLAIM = Claim(
    "order",
    "orders",
    N_(
        "A normalisation after the addition, (b), has a higher error than the original order, (a), "
        "and than the two orders "
        "with the activation first, (d) and (e)."
    ),
    N_("He et al. 2016, Table 2 (ResNet-110) and section 4.1"),
    lambda: orders_plan().request(small_network(DEPTH)),
    judge_orders,
)


def judge_regularised(result: ShortTrainingResult) -> Outcome:
    """Whether (e) has a higher training loss and a lower test error than (a)."""
    seeds = complete_seeds(result, [LABELS["post"], LABELS["preact"]])
    losses, errors = (
        [[value(found[place]) for found in seeds.values()] for place in (0, 1)]
        for value in (lambda each: each.final_loss, error_of)
    )
    return judge_seeds(
        {
            seed: full.final_loss > original.final_loss and error_of(full) < error_of(original)
            for seed, (original, full) in seeds.items()
        },
        sentence(
            "Training loss of (a) {loss_a}, of (e) {loss_e}; test error of (a) {error_a}, of (e) {error_e}.",
            loss_a=span(losses[0]),
            loss_e=span(losses[1]),
            error_a=span(errors[0], ".1f", " %"),
            error_e=span(errors[1], ".1f", " %"),
        )
        if seeds
        else "",
        N_(
            "Not shown here: the paper sees it at the end of 64,000 steps, where (a) fits its training images nearly "
            "perfectly. After so few steps neither does, and the network with the higher loss has the higher error."
        ),
        N_("This comparison needs the orders (a) and (e)."),
    )


REGULARISED_CLAIM = Claim(
    "order",
    "orders",
    N_(
        "Full pre-activation, (e), regularises: beside the original order, (a), it has a higher "
        "training loss and a lower "
        "test error."
    ),
    N_("He et al. 2016, section 4.2, *Reducing overfitting*"),
    lambda: orders_plan().request(small_network(DEPTH)),
    judge_regularised,
    expected=Verdict.FAILS,
    variant="regularised",
)
