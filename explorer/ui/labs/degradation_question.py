"""The first question of the lesson and of its lab. The start page asks it too, and must not load their charts."""

from collections.abc import Sequence

from explorer.language import N_, sentence
from explorer.ui.labs.shared import text
from explorer.ui.labs.shared.predict import Question

USUAL_DEPTHS = (8, 20, 56)


def sweep_question(depths: Sequence[int] = USUAL_DEPTHS) -> Question:
    """The question of plain networks of these depths in layers; of the usual ones where there are fewer than two."""
    depths = sorted(set(depths)) if len(set(depths)) > 1 else USUAL_DEPTHS
    few = sentence("The one with {layers} layers: it can represent the fewest functions.", layers=depths[0])
    none = N_("None: all are equal.")
    many = sentence("The one with {layers} layers, although it contains the others.", layers=depths[-1])
    return Question(
        "sweep",
        sentence(
            "Plain networks of {fewer} and {most} layers are trained on the same images for as many steps. Which one "
            "has the highest **training** loss at the end?",
            fewer=", ".join(map(str, depths[:-1])),
            most=depths[-1],
        ),
        (few, none, many),
        2,
        text.Section("degradation", "sweep_reveal"),
        {
            few: N_(
                "The shallow network can represent less, but it needs no more than it has for these images; what "
                "counts here is what the optimiser finds."
            ),
            none: N_("All of them could represent a good solution, but the optimiser does not find it at every depth."),
        },
        gives_away=("not overfitting", "ends worse", "Plain networks do not", "call this degradation"),
    )


SWEEP_QUESTION = sweep_question()
