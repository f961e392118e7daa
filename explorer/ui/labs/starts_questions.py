"""The questions of lab 12, on the start of training."""

from functools import partial

from explorer.experiments.catalogue.starts import START_FACTS, StartsResult
from explorer.experiments.claims.starts import BRANCH_RATE, DEPTH, GRID_RATE
from explorer.language import N_, Text, joined, sentence
from explorer.ui.labs.shared import predict, seen, text

GRID_ANSWERS = (
    N_("From neither of them: without shortcuts it does not train."),
    N_("From the identity only."),
    N_("From both: it only needs steps enough."),
)
BRANCH_ANSWERS = (
    N_("Nothing: the shortcuts are enough."),
    N_("Each branch is multiplied by one small number; its weights stay as they are."),
    N_("Every layer gets weights of its own size, and its own trained numbers besides."),
)


def _seen_of_losses(name: str, result: StartsResult) -> predict.Question | None:
    labelled = ((joined(", ", point.label, START_FACTS[point.start].label), point.training) for point in result.points)
    return seen.highest_loss(f"{name}.seen", labelled)


def _other_case(known: bool, depth: int, rate: float) -> Text:
    """What a question adds where its answer is known for another case than the one that is chosen."""
    if known:
        return ""
    return sentence(
        " (Asked of {depth} layers at the rate {rate}, not of what is chosen below.)", depth=depth, rate=f"{rate:g}"
    )


def grid_question(depth: int, norm: str = "none", rate: float = GRID_RATE) -> predict.Question:
    """The question on plain networks of so many layers; on the lab's own case for another norm or another rate."""
    known = norm == "none" and rate == GRID_RATE
    shown = depth if known else DEPTH
    return predict.Question(
        "starts",
        joined(
            "",
            sentence(
                "A **plain** network of {depth} layers **without** normalisation is trained from He's random weights, "
                "and from weights with which every block passes on its input. From which of the two does it learn?",
                depth=shown,
            ),
            _other_case(known, DEPTH, GRID_RATE),
        ),
        GRID_ANSWERS,
        1,
        text.Section("starts", "grid_reveal"),
        {
            GRID_ANSWERS[0]: N_(
                "A plain network can train, if it starts where its signal has the same size in every block."
            ),
            GRID_ANSWERS[2]: N_("From He's weights its loss stays at that of a guess in all of these steps."),
        },
        partial(_seen_of_losses, "starts"),
        ("almost vanished after", "keeps the identity in reach"),
    )


def branch_question(depth: int, rate: float = BRANCH_RATE) -> predict.Question:
    """The question on residual networks without normalisation, on the lab's own case where another is chosen."""
    known = depth == DEPTH and rate == BRANCH_RATE
    return predict.Question(
        "no_norm_starts",
        joined(
            "",
            sentence(
                "A residual network of {depth} layers has no normalisation, and a learning rate of {rate}. What is the "
                "least that has to be done at the start, so that it trains?",
                depth=DEPTH,
                rate=f"{BRANCH_RATE:g}",
            ),
            _other_case(known, DEPTH, BRANCH_RATE),
        ),
        BRANCH_ANSWERS,
        1,
        text.Section("starts", "branches_reveal"),
        {
            BRANCH_ANSWERS[0]: N_("With the shortcuts alone every block adds a branch about as large as what it gets."),
            BRANCH_ANSWERS[2]: N_("That works, but it is more than is needed."),
        },
        partial(_seen_of_losses, "no_norm_starts"),
        ("single number for each branch", "makes each branch small", "about the same size from end to end"),
    )
