"""The values of a file's tensors decide what names and shapes leave open."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from explorer.engine.identification.images import Images
from explorer.engine.identification.networks import TensorsOf, candidate_network
from explorer.engine.identification.preparation import Prepared, preparations
from explorer.engine.identification.trial import Trial, silent
from explorer.identify.function import Function, function_of
from explorer.identify.records import Evidence, Identification, Normalisation
from explorer.identify.thresholds import Thresholds, thresholds
from explorer.identify.undecided import changed, same_shapes, undecided_fields
from explorer.identify.verdict import NO_NORM, Outcome, differing, times_farther, verdict
from explorer.jobs.child_side import SendProgress
from explorer.model import ModelSpec

MOST_ROUNDS = 3
"""How often the neighbours of the best candidate are tried: a network that differs in three fields is found."""
CHANNELS = "The images have {} channels, and the network takes {}, so the values of the tensors were not asked."

NO_BETTER = 1.05
"""A candidate that is at most so many times as far as the best stays the centre: nothing is measured more exactly."""

Rivals = Callable[[ModelSpec], Iterable[ModelSpec]]


def weigh(
    identification: Identification,
    file: TensorsOf,
    images: Images,
    progress: SendProgress = silent,
    limits: Thresholds | None = None,
    rivals: Rivals | None = None,
) -> Identification:
    """The identification with what the file's values say: the network, its grade, the evidence, the normalisation.

    Candidates differ from the best one in one field (`rivals`; default: those with the same shapes), until no better
    one is found. They are ranked by the distance of what their norms remember from what they see on the images (the
    mean absolute difference of the logarithms of the variances). Rivals at most `limits.ratio` times as far as
    the best stay; where the images have labels, those with a significantly larger error go. `file`
    gives the tensors under a candidate's names; candidates that they do not fit are left out. Raises LookupError where
    they do not fit the identification's own network.
    """
    spec = identification.spec
    if spec is None or identification.grade == "unknown":
        return identification
    if images.pixels.shape[1] != spec.in_channels:
        return replace(identification, reason=CHANNELS.format(images.pixels.shape[1], spec.in_channels))
    network = candidate_network(spec, file(spec), images.pixels.shape[-1])
    ways = preparations(network, images)
    if not ways and images.labels is None:
        return replace(identification, grade="undecided", reason=NO_NORM)
    limits = limits or thresholds(images.source)
    known = tuple(each.record for each in ways)
    trial = Trial(file, images, ways[0] if ways else _unknown(images), progress, limits.ratio)
    ranked = _search(trial, spec, rivals or neighbours)
    near = tuple(each for each in ranked if _is_near(each, ranked[0], limits.ratio))
    left = _nearest_first(trial.by_error(near), spec)
    outcome = Outcome(
        trial.ranked(),
        near,
        left,
        trial.twins(left[0].spec, [each.spec for each in left[1:]]),
        _decided(known, limits),
        known,
    )
    return verdict(identification, outcome, limits)


def neighbours(spec: ModelSpec) -> Iterable[ModelSpec]:
    """The networks that differ in one field, have layers of the same shapes and compute something else."""
    fits = same_shapes(spec)
    functions = {function_of(spec)}
    for name, values in undecided_fields(spec, fits).items():
        for value in values[1:]:
            for rival in changed(spec, name, value):
                if fits(rival) and function_of(rival) not in functions:
                    functions.add(function_of(rival))
                    yield rival


def _search(trial: Trial, spec: ModelSpec, rivals: Rivals) -> tuple[Evidence, ...]:
    """Candidates around `spec`, then around the best of them, until it stays the best."""
    centre, functions = spec, {function_of(spec)}
    ranked = trial.narrowed([spec, *_new(rivals(spec), functions)])
    for _ in range(MOST_ROUNDS - 1):
        nearest = _plainest(ranked, spec).spec
        if nearest == centre:
            break
        centre = nearest
        ranked = trial.narrowed([centre, *_new(rivals(centre), functions)])
    return ranked


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


def _decided(known: tuple[Normalisation, ...], limits: Thresholds) -> Normalisation | None:
    """The nearest normalisation, where no other one is as near."""
    others = [each for each in known if each.mean != known[0].mean or each.std != known[0].std]
    if not known or any(each.distance <= limits.ratio * known[0].distance for each in others):
        return None
    return known[0]


def _unknown(images: Images) -> Prepared:
    """The data set's own normalisation, where no norm tells."""
    channels = images.pixels.shape[1]
    mean, deviation = images.mean or (0.0,) * channels, images.deviation or (1.0,) * channels
    return Prepared(Normalisation(mean, deviation, 0.0, "data" if images.mean else "none"))
