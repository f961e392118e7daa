"""The first question of the lesson and of its lab. The start page asks it too, and must not load their charts."""

from collections.abc import Sequence

from explorer.ui.labs.shared import text
from explorer.ui.labs.shared.predict import Question

USUAL_DEPTHS = (8, 20, 56)


def sweep_question(depths: Sequence[int] = USUAL_DEPTHS) -> Question:
    """The question of plain networks of these depths in layers; of the usual ones where there are fewer than two."""
    depths = sorted(set(depths)) if len(set(depths)) > 1 else USUAL_DEPTHS
    shallow, deep = f"The one with {depths[0]} layers: it can represent the fewest functions.", "None: all are equal."
    named = f"{', '.join(map(str, depths[:-1]))} and {depths[-1]}"
    return Question(
        "sweep",
        f"Plain networks of {named} layers are trained on the same images for as many steps. Which one has the highest "
        "**training** loss at the end?",
        (shallow, deep, f"The one with {depths[-1]} layers, although it contains the others."),
        2,
        text.section("degradation", "sweep_reveal"),
        {
            shallow: "The shallow network can represent less, but it needs no more than it has for these images; what "
            "counts here is what the optimiser finds.",
            deep: "All of them could represent a good solution, but the optimiser does not find it at every depth.",
        },
        gives_away=("not overfitting", "ends worse", "Plain networks do not", "call this degradation"),
    )


SWEEP_QUESTION = sweep_question()
