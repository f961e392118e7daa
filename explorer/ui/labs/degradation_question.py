"""The question of the first lesson. The start page asks it too, and must not load the lab's charts with it."""

from explorer.ui.labs.shared import text
from explorer.ui.labs.shared.predict import Question

SWEEP_QUESTION = Question(
    "sweep",
    "Plain networks of 8, 20 and 56 layers are trained on the same images for as many steps. Which one has the highest "
    "**training** loss at the end?",
    (
        "The one with 8 layers: it can represent the fewest functions.",
        "None: with enough images all are equal.",
        "The one with 56 layers, although it contains the others.",
    ),
    2,
    text.section("degradation", "sweep_reveal"),
)
