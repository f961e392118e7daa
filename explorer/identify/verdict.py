"""The answer from what was measured of the candidates: which fields are decided, by what, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, Literal

from explorer.identify.records import Evidence, Identification, Normalisation
from explorer.identify.thresholds import Thresholds
from explorer.identify.undecided import differing
from explorer.language import N_, Text, counted, joined, sentence
from explorer.model import ModelSpec

SAME_STATISTICS = 1e-4
"""Relative difference of distances below which a norm sees no difference; float32 adds in another order."""
NO_NORM = N_("No norm of the network keeps statistics of its input, so the values of the tensors do not tell.")
FAR = N_(
    "The nearest candidate is {distance:.2f} from what the norms remember, farther than the {threshold:.2f} up to which"
    " a candidate counts as proven on these images."
)
LEFT = N_(
    "{count} of the {known} networks in public use with these shapes are at most {ratio:g} times as far as the nearest"
    "{after}."
)
DECIDED = N_(
    "Of the networks in public use with these shapes every other one is more than {ratio:g} times as far{after}."
)
ALONE = N_("No other network in public use has these shapes.")
UNKNOWN = N_("No known network with these shapes is near: each is more than {nearer:g} times as far as this one.")
NO_KNOWN = N_("No known network has these shapes.")
BY_ERROR = N_(", and the error on labelled images excludes {count} of those that are not")


@dataclass(frozen=True)
class Outcome:
    """What was measured."""

    ranked: tuple[Evidence, ...]
    """Every candidate, the nearest first."""
    near: tuple[Evidence, ...]
    """Those that the norms leave, the nearest first."""
    left: tuple[Evidence, ...]
    """Those of them that the error on labelled images leaves, the nearest first; the first is the answer."""
    twins: tuple[ModelSpec, ...] = ()
    """Those left that give next to every image the same class as the answer."""
    known: frozenset[ModelSpec] = frozenset()
    """The networks in public use."""
    normalisation: Normalisation | None = None
    normalisations: tuple[Normalisation, ...] = ()

    @property
    def alike(self) -> tuple[Evidence, ...]:
        """Of the near ones those that are in public use, or are not, as the answer."""
        known = self.left[0].spec in self.known
        return tuple(each for each in self.near if (each.spec in self.known) == known)

    @property
    def beside(self) -> tuple[Evidence, ...]:
        """The near ones that are not in public use, beside an answer that is."""
        return tuple(each for each in self.near if each not in self.alike and each.spec not in self.known)

    @property
    def decided_by(self) -> Literal["norms", "error"]:
        """What excluded the last rivals."""
        return "error" if len(self.left) < len(self.alike) else "norms"


def verdict(identification: Identification, outcome: Outcome, limits: Thresholds) -> Identification:
    """The identification with the nearest network that is left, its grade, and the fields that stay open."""
    best, *others = outcome.left
    far = best.distance is None or best.distance > limits.distance
    proven_by_error = outcome.decided_by == "error" and best.distance is None
    left = [each.spec for each in others]
    beside = [each.spec for each in outcome.beside]
    if far and not proven_by_error:  # nothing is excluded by candidates that do not fit themselves
        left = [each.spec for each in outcome.ranked if each.spec in outcome.known]
        beside = [each.spec for each in outcome.ranked if each.spec not in outcome.known]
    rivals = [each.spec for each in others if each.spec not in outcome.twins and not _same(each, best)]
    proven = best.spec in outcome.known and not rivals and (not far or proven_by_error)
    open_fields = _open_values(best.spec, left)
    return replace(
        identification,
        spec=best.spec,
        grade="proven" if proven else "undecided",
        undecided=open_fields,
        unexcluded={name: values for name, values in _open_values(best.spec, beside).items() if len(values) > 1},
        evidence=outcome.ranked,
        decided_by=outcome.decided_by,
        normalisation=outcome.normalisation,
        normalisations=outcome.normalisations,
        reason=_reason(outcome, limits),
    )


def times_farther(rival: Evidence, best: Evidence) -> float:
    """How many times as far a rival is on the norms that see a difference between the two; 1 where none does.

    Norms before the first difference have the same input in both and say nothing of it; those that were not read in
    one of the two are left out.
    """
    pairs = [pair for pair in zip(rival.by_norm, best.by_norm, strict=False) if not _equal(*pair)]
    return fsum(theirs for theirs, _ in pairs) / max(fsum(own for _, own in pairs), 1e-9) if pairs else 1.0


def _same(one: Evidence, other: Evidence) -> bool:
    """Whether no norm sees a difference between two candidates."""
    pairs = list(zip(one.by_norm, other.by_norm, strict=False))
    return bool(pairs) and all(_equal(*pair) for pair in pairs)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_STATISTICS * max(one, other)


def _open_values(spec: ModelSpec, rivals: Iterable[ModelSpec]) -> dict[str, tuple[Any, ...]]:
    """By field, the spec's own value and those of the rivals that differ there."""
    found: dict[str, list[Any]] = {}
    for rival in rivals:
        for name in differing(spec, rival):
            values = found.setdefault(name, [getattr(spec, name)])
            if getattr(rival, name) not in values:
                values.append(getattr(rival, name))
    return {name: tuple(values) for name, values in found.items()}


def _reason(outcome: Outcome, limits: Thresholds) -> Text:
    excluded = len(outcome.alike) - len(outcome.left)
    best = outcome.left[0]
    if best.distance is None:
        by_error = sentence("The error on labelled images excludes {count} candidates.", count=excluded)
        return joined(" ", NO_NORM, by_error) if excluded else NO_NORM
    if best.distance > limits.distance:
        return sentence(FAR, distance=best.distance, threshold=limits.distance)
    after = sentence(BY_ERROR, count=excluded) if excluded else ""
    numbers = {"count": len(outcome.left), "known": len(outcome.known), "ratio": limits.ratio, "nearer": limits.nearer}
    decided = sentence(_decided(outcome), **numbers, after=after)
    if not outcome.beside:
        return decided
    beside = counted(
        "{count} that nobody is known to use is not excluded.",
        "{count} that nobody is known to use are not excluded.",
        count=len(outcome.beside),
    )
    return joined(" ", decided, beside)


def _decided(outcome: Outcome) -> str:
    if not outcome.known:
        return NO_KNOWN
    if outcome.left[0].spec not in outcome.known:
        return UNKNOWN
    if len(outcome.known) == 1:
        return ALONE
    return DECIDED if len(outcome.left) == 1 else LEFT
