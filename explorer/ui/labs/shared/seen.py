"""Second questions whose right answer is computed from a result: which of several is highest, or none clearly."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite, isnan
from statistics import median
from typing import Any

from explorer.experiments.result import Training
from explorer.language import N_, Text, joined, sentence
from explorer.ui.labs.shared.questions import Question
from explorer.ui.labs.shared.text import Section

CLEAR = 1.1
"""The lowest value of the highest, over the seeds, must be above this many times the highest value of any other."""
NOT_CLEAR = N_("None clearly: two are less than 10 % apart, or their seeds overlap.")
Seeds = Mapping[Any, Sequence[float]]
"""One value for each seed, by the name (a `Text`) of what was measured; not finite where the training diverged."""


CLOSE = N_("Neither: they are less than a factor of 2 or less than 0.05 apart, or their seeds overlap.")
AS_MEASURED = N_("As measured here: {values}.")


def is_far_above(high: Sequence[float], low: Sequence[float]) -> bool:
    """Whether every loss of the one is above twice every loss of the other and .05 above it."""
    return min(high) > 2 * max(low) and min(high) > max(low) + 0.05


def spread(seeds: Sequence[float], unit: str = "") -> Text:
    """The median, with the range where there are several seeds."""
    return _value(seeds, unit)


def clearly_highest(values: Seeds) -> Any:
    """The name whose values are clearly above all others, None if there is none. NaN counts as infinite."""
    known = {name: [inf if isnan(each) else each for each in seeds] for name, seeds in values.items() if seeds}
    for name, seeds in known.items():
        others = [each for other, them in known.items() if other != name for each in them]
        if others and min(seeds) > CLEAR * max(others):
            return name
    return None


def highest(name: str, text: Text, values: Seeds, unit: str = "") -> Question | None:
    """Asks which of the named has the highest values, as measured; None with fewer than two. Values are positive."""
    names = [each for each, seeds in values.items() if seeds]
    if len(names) < 2:
        return None
    best = clearly_highest(values)
    options = (*names, NOT_CLEAR)
    told = {each: joined(": ", each, _value(values[each], unit)) for each in names}
    wrong: dict[Any, Text] = {
        each: sentence("As measured here, {value}.", value=told[each]) for each in names if each != best
    }
    if best is not None:
        wrong[NOT_CLEAR] = N_("The highest is more than 10 % above all others, with every seed.")
    right = options.index(best or NOT_CLEAR)
    reveal = sentence(AS_MEASURED, values=joined("; ", *told.values()))
    return Question(name, text, options, right, reveal, wrong)


def highest_loss(
    name: str,
    trainings: Iterable[tuple[Text, Training]],
    text: str = N_("Which network ended with the highest training loss?"),
) -> Question | None:
    """Asks which label ended with the highest training loss, given each training with its label."""
    losses: dict[Text, list[float]] = {}
    for label, training in trainings:
        losses.setdefault(label, []).append(training.final_loss)
    return highest(name, text, losses)


def one_of(name: str, text: Text, told: Mapping[Any, Text], right: Text, reveal: Text | Section) -> Question:
    """A question whose options are the keys of `told`, each with the sentence that is shown if it is chosen wrongly."""
    options = tuple(told)
    why_not = {option: why for option, why in told.items() if option != right and why}
    return Question(name, text, options, options.index(right), reveal, why_not)


def _value(seeds: Sequence[float], unit: str) -> Text:
    if not all(isfinite(each) for each in seeds):
        return sentence("diverged")
    middle = f"{median(seeds):.3g}{unit}"
    if len(seeds) == 1:
        return middle
    return sentence("{middle} ({low} to {high})", middle=middle, low=f"{min(seeds):.3g}", high=f"{max(seeds):.3g}")
