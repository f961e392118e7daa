"""The questions of lab 12, on the start of training."""

from functools import partial

from explorer.experiments.catalogue.starts import START_FACTS, StartsResult
from explorer.ui.labs.shared import predict, seen, text

GRID_ANSWERS = (
    "Only the two with shortcuts: a plain network of this depth does not train.",
    "Only the two that start as the identity, the plain one too.",
    "Only the one that has both, shortcuts and the identity at the start.",
)
BRANCH_ANSWERS = (
    "Nothing: the shortcuts are enough.",
    "Each branch is multiplied by one small number; its weights stay as they are.",
    "Every layer gets weights of its own size, and its own trained numbers besides.",
)


def _seen_of_losses(name: str, result: StartsResult) -> predict.Question | None:
    labelled = ((f"{point.label}, {START_FACTS[point.start].label}", point.training) for point in result.points)
    return seen.highest_loss(f"{name}.seen", labelled)


GRID_QUESTION = predict.Question(
    "starts",
    "56 layers **without** normalisation, as many steps for each. Four networks: plain or with shortcuts, each from "
    "He's random weights or from weights with which every block passes on its input. Which ones learn?",
    GRID_ANSWERS,
    1,
    text.section("starts", "grid_reveal"),
    {
        GRID_ANSWERS[0]: "A plain network of this depth can train, if it starts where its signal has the same size in "
        "every block.",
        GRID_ANSWERS[2]: "Either way of passing on the input keeps the size of the signal at the start.",
    },
    partial(_seen_of_losses, "starts"),
    ("almost vanished after", "keeps the identity in reach"),
)
BRANCH_QUESTION = predict.Question(
    "no_norm_starts",
    "A residual network of 56 layers has no normalisation, and a learning rate of 0.05. What is the least that has to "
    "be done at the start, so that it trains?",
    BRANCH_ANSWERS,
    1,
    text.section("starts", "branches_reveal"),
    {
        BRANCH_ANSWERS[0]: "With the shortcuts alone every block adds a branch about as large as what it gets.",
        BRANCH_ANSWERS[2]: "That works, but it is more than is needed.",
    },
    partial(_seen_of_losses, "no_norm_starts"),
    ("single number for each branch", "makes each branch small", "about the same size from end to end"),
)
