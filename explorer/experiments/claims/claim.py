"""A textbook claim that a part of a lab tests: a sentence, the request that tests it, and what a result says of it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from statistics import median
from typing import Any

from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject
from explorer.language import N_, Sentence, Text, joined, sentence
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings


class Verdict(Enum):
    """What a result says of a claim; the value is what pages and the command line write."""

    HOLDS = "holds"
    FAILS = "does not hold here"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Outcome:
    """The verdict, the numbers that decide it in a sentence, and where it does not hold the reason in a sentence."""

    verdict: Verdict
    numbers: Text
    reason: Text = ""


def one_network(spec: ModelSpec) -> tuple[Subject, ...]:
    """The network alone."""
    return (Subject("network", spec),)


@dataclass(frozen=True)
class Plan:
    """What a part of a lab asks of a network: an experiment, its parameters, contestants made from it, a training."""

    experiment: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    subjects: Callable[[ModelSpec], tuple[Subject, ...]] = one_network
    training: TrainingSettings = QUICK_TRAINING

    def request(self, base: ModelSpec) -> ExperimentRequest:
        """The request. Raises SettingsError or SpecError for what cannot be computed."""
        return ExperimentRequest(self.experiment, self.subjects(base), self.training, self.parameters)


@dataclass(frozen=True)
class Claim:
    """A claim of `source`, in one plain sentence, that the part `part` of the lab `lab` tests.

    `request` makes the request that the page makes with every control at its default; it is None where `compute` gives
    the result from the seeds at once. `judge` decides from a result, also from one of other controls or an unfinished
    one. `expected` is the verdict that the defaults are declared to give over any three seeds. `variant` names the
    claims of a part that has several.
    """

    lab: str
    part: str
    text: str
    source: str
    request: Callable[[], ExperimentRequest] | None
    judge: Callable[[Any], Outcome]
    expected: Verdict = Verdict.HOLDS
    variant: str = ""
    compute: Callable[[Iterable[int]], Any] | None = None

    @property
    def name(self) -> str:
        """The lab, the part and the variant, such as `signal/blocks`."""
        return "/".join(filter(None, (self.lab, self.part, self.variant)))


def judge_seeds(found: Mapping[int, bool], numbers: Text, reason: Text, missing: Text) -> Outcome:
    """The outcome over seeds: `found` says of each complete one whether the claim holds in it.

    The claim holds if it holds in every seed, and does not hold if it holds in none. `reason` is the sentence for
    where it does not, `missing` the one for a result without a complete seed.
    """
    if not found:
        return Outcome(Verdict.UNDECIDED, missing)
    agreeing = sum(found.values())
    counted = joined(" ", numbers, _seeds(agreeing, len(found)))
    if agreeing == len(found):
        return Outcome(Verdict.HOLDS, counted)
    return Outcome(Verdict.UNDECIDED if agreeing else Verdict.FAILS, counted, reason)


def _seeds(agreeing: int, seeds: int) -> Text:
    if seeds == 1:
        return N_("This is one seed; three or more say whether it is chance.")
    return sentence("The claim holds in {agreeing} of {seeds} seeds.", agreeing=agreeing, seeds=seeds)


POINTS = N_(" points")
"""A unit of `span`: points of a percentage."""


def span(values: Sequence[float], number_format: str = "", unit: str = "") -> Sentence:
    """The median, and the lowest and highest value where they differ: `58 % (55 to 61)`.

    Without a format, numbers have three digits, and from 100 on they are whole. An infinite loss is that of a training
    that diverged.
    """
    middle, low, high = (_number(value, number_format) for value in (median(values), min(values), max(values)))
    told = joined("", middle, unit)
    return told if low == high else sentence("{middle} ({low} to {high})", middle=told, low=low, high=high)


def _number(value: float, number_format: str) -> Text:
    if math.isinf(value):
        return sentence("diverged")
    if number_format:
        return f"{value:{number_format}}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def by_seed(entries: Sequence[Any], label: Callable[[Any], Any] = lambda each: each.label) -> dict[int, dict[Any, Any]]:
    """The entries of a result by the seed of their training, then by label."""
    groups: dict[int, dict[Any, Any]] = {}
    for each in entries:
        training = getattr(each, "training", each)
        groups.setdefault(training.seed, {})[label(each)] = each
    return groups
