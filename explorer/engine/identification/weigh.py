"""The values of a file's tensors decide what names and shapes leave open."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from torch import nn

from explorer.engine.identification.images import Images
from explorer.engine.identification.networks import TensorsOf
from explorer.engine.identification.preparation import Prepared, chosen, preparations
from explorer.engine.identification.trial import Trial, silent
from explorer.engine.identification.units import units_of
from explorer.engine.identification.usable import unusable
from explorer.identify.function import Function, function_of
from explorer.identify.public_use import in_public_use
from explorer.identify.records import Evidence, Identification, Normalisation
from explorer.identify.thresholds import Thresholds, thresholds
from explorer.identify.undecided import acting, differing, one_field_away, same_shapes, several_fields_away
from explorer.identify.verdict import NO_NORM, Outcome, times_farther, verdict
from explorer.jobs.child_side import SendProgress
from explorer.language import N_, sentence
from explorer.model import ModelSpec

MOST_ROUNDS = 3
"""How often the neighbours of the best candidate are tried: a network that differs in three fields is found."""
CHANNELS = N_(
    "The images have {theirs} channels, and the network takes {ours}, so the values of the tensors were not asked."
)
SCREENED_UNITS = 4
"""In how many units, from the first that differs on, a network that is not in public use is compared."""
NO_BETTER = 1.05
"""A candidate that is at most so many times as far as the best is as good: nothing is measured more exactly."""

Rivals = Callable[[ModelSpec], Iterable[ModelSpec]]


def weigh(
    identification: Identification,
    file: TensorsOf,
    images: Images,
    progress: SendProgress = silent,
    limits: Thresholds | None = None,
    public: Rivals | None = None,
    rivals: Rivals | None = None,
) -> Identification:
    """The identification with what the file's values say: the network, its grade, the evidence, the normalisation.

    Candidates are the networks in `public` use with these shapes, and those that differ from the best of them in one
    field (`rivals`). They are ranked by the distance of what their norms remember from what they see on the images.
    Those at most `limits.ratio` times as far as the best stay; where the images have labels, those in public use with
    a significantly larger error go. `file` gives the tensors under a candidate's names; candidates that they do not fit
    are left out. Raises LookupError where they do not fit the identification's own network.
    """
    spec = identification.spec
    if spec is None or identification.grade == "unknown":
        return identification
    if images.pixels.shape[1] != spec.in_channels:
        return replace(identification, reason=sentence(CHANNELS, theirs=images.pixels.shape[1], ours=spec.in_channels))
    if problem := unusable(file(spec)):
        return replace(identification, grade="undecided", reason=problem)
    beginning = units_of(spec, file, images.pixels.shape[-1])[:2]
    ways = preparations(nn.Sequential(*(unit.module for unit in beginning)), images)
    if not ways and images.labels is None:
        return replace(identification, grade="undecided", reason=NO_NORM)
    limits = limits or thresholds(images.source)
    prepared, decided = chosen(ways, limits.ratio) if ways else (_unknown(images), None)
    trial = Trial(file, images, prepared, progress, limits.ratio)
    known = frozenset((public or in_public_use)(spec))
    base = _search(trial, spec, known, rivals or partial(neighbours, left_open=identification.undecided), limits)
    near = tuple(each for each in trial.ranked() if _is_near(each, trial.found[base], limits.ratio))
    judged = tuple(each for each in near if (each.spec in known) == (base in known))
    left = _nearest_first(trial.by_error(judged), spec)
    outcome = Outcome(
        trial.ranked(),
        near,
        left,
        trial.twins(left[0].spec, [each.spec for each in left[1:]]),
        known,
        decided,
        tuple(each.record for each in ways),
    )
    return verdict(identification, outcome, limits)


def neighbours(spec: ModelSpec, left_open: Collection[str] = ()) -> Iterable[ModelSpec]:
    """The networks of the same shapes and another function that differ in one field.

    Also those that differ as `identify.rivals` do, in fields that names and shapes have left open.
    """
    fits = same_shapes(spec)
    several = (
        each for each in several_fields_away(spec, fits) if {*differing(spec, acting(each, spec))} <= {*left_open}
    )
    return _new((*one_field_away(spec, fits), *several), {function_of(spec)})


def _search(
    trial: Trial, spec: ModelSpec, known: frozenset[ModelSpec], rivals: Rivals, limits: Thresholds
) -> ModelSpec:
    """The nearest network in public use; or another one, found from neighbour to neighbour, that is clearly nearer."""
    functions = {function_of(each) for each in known}
    centre = spec
    if known:
        first = spec if spec in known else next(iter(known))
        centre = _plainest(trial.narrowed(first, known - {first}), spec).spec
    others = [] if function_of(spec) in functions else [spec]
    for _ in range(MOST_ROUNDS):
        functions.add(function_of(centre))
        nearest = _plainest(trial.narrowed(centre, _new([*others, *rivals(centre)], functions), SCREENED_UNITS), spec)
        if times_farther(trial.found[centre], nearest) <= limits.nearer:
            break
        centre = nearest.spec
    return centre


def _new(specs: Iterable[ModelSpec], functions: set[Function]) -> list[ModelSpec]:
    """The specs whose function is not known yet; it is from now on."""
    found = []
    for spec in specs:
        if function_of(spec) not in functions:
            functions.add(function_of(spec))
            found.append(spec)
    return found


def _nearest_first(left: Iterable[Evidence], spec: ModelSpec) -> tuple[Evidence, ...]:
    """The nearest first; of those that are about as near the one that changes the fewest fields of `spec`."""
    ordered = sorted(left, key=lambda each: each.distance or 0.0)
    first = _plainest(ordered, spec)
    return (first, *(each for each in ordered if each is not first))


def _plainest(ranked: Sequence[Evidence], spec: ModelSpec) -> Evidence:
    near = [each for each in ranked if times_farther(each, ranked[0]) <= NO_BETTER]
    return min(near, key=lambda each: len(differing(each.spec, spec)))


def _is_near(each: Evidence, best: Evidence, ratio: float) -> bool:
    if each.distance is None or best.distance is None:
        return True
    return times_farther(each, best) <= ratio


def _unknown(images: Images) -> Prepared:
    """The data set's own normalisation, where no norm tells."""
    channels = images.pixels.shape[1]
    mean, deviation = images.mean or (0.0,) * channels, images.deviation or (1.0,) * channels
    return Prepared(Normalisation(mean, deviation, 0.0, "data" if images.mean else "none"))
