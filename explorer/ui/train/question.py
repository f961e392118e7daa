"""The prediction on the default comparison, plain against residual, and the question on what it showed."""

from collections.abc import Sequence

from explorer.language import N_, sentence
from explorer.runs.settings import TrainingSettings
from explorer.ui.common.networks import network_label
from explorer.ui.common.texts import text_of
from explorer.ui.labs.shared import seen
from explorer.ui.labs.shared.predict import Question
from explorer.ui.train.setup import DEFAULT_NETWORKS, TrainingSetup
from explorer.ui.train.verdict import Outcome

REVEAL = "train_reveal"
DEEP_PLAIN = "cifar_plain56"
WHY_NOT = {
    "cifar_plain20": N_("It has the fewest layers without shortcuts, and those the optimiser still trains."),
    "cifar_resnet20": N_("It has few layers, and shortcuts besides."),
    "cifar_resnet56": N_("It is deep, but with shortcuts the optimiser trains it as easily as the shallow one."),
}


def question_of(setup: TrainingSetup | None) -> Question | None:
    """The question on a comparison; None where it is not the default one, whose outcome is known."""
    if setup is None or tuple(setup.named_networks) != DEFAULT_NETWORKS:
        return None
    if setup.settings["dataset"] != TrainingSettings.dataset:
        return None
    labels = {name: network_label(name) for name in DEFAULT_NETWORKS}
    return Question(
        "train",
        sentence(
            "Which of the four will have the highest **training** loss after {steps:,} steps?",
            steps=setup.settings["steps"],
        ),
        tuple(labels.values()),
        DEFAULT_NETWORKS.index(DEEP_PLAIN),
        text_of(REVEAL),
        {labels[name]: why for name, why in WHY_NOT.items()},
        seen_of_depth,
        ("not overfitting", "far above that of the shallow", "largest near the input"),
    )


def seen_of_depth(outcomes: Sequence[Outcome]) -> Question | None:
    """Asks what depth did to the networks with shortcuts; None unless both have finished."""
    with_shortcuts = sorted((each for each in outcomes if not each.plain), key=lambda outcome: outcome.depth)
    if len(with_shortcuts) != 2:
        return None
    shallow, deep = with_shortcuts
    worse, better = N_("The deeper one ended clearly higher."), N_("The deeper one ended clearly lower.")
    close = seen.CLOSE
    order = deep.against(shallow)
    right = {"higher": worse, "lower": better, "too close": close}[order]
    return seen.one_of(
        "train.seen",
        N_("What did depth do to the training loss of the two networks **with** shortcuts?"),
        dict.fromkeys((worse, better, close), N_("The table of results says otherwise.")),
        right,
        sentence(
            "As measured here: {deep_loss} at {deep} layers, {shallow_loss} at {shallow}.",
            deep_loss=deep.text,
            deep=deep.depth,
            shallow_loss=shallow.text,
            shallow=shallow.depth,
        ),
    )
