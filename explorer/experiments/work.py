"""How much a request has to compute, so that its time can be estimated, and how it is divided into pieces.

The parts of a request (networks, factors, depths) and its seeds do not depend on each other, so together the pieces
give what the whole would give, but for times. An experiment that measures times is never shared: its pieces would
disturb each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.experiments.request_values import RequestValues, Subject
from explorer.model import ModelSpec, assemble


@dataclass(frozen=True)
class Passes:
    """`count` forward passes of `images` images each, without training. A backward pass counts as two."""

    spec: ModelSpec
    count: int
    images: int


@dataclass(frozen=True)
class Work:
    """One entry of `trainings` for every training, the passes besides, and `seconds` that no faster machine saves.

    `repeated` passes fill those seconds; they are made `count` times even where that takes longer. `may_end_early`: not
    all of the seconds need be used.
    """

    trainings: tuple[ModelSpec, ...] = ()
    passes: tuple[Passes, ...] = ()
    seconds: float = 0.0
    repeated: tuple[Passes, ...] = ()
    may_end_early: bool = False


def training_work(request: RequestValues) -> Work:
    """Every network is trained once for each seed, and nothing else is computed.

    Weights of a finished run need no training, and initial weights (`trained` is False) need none either.
    """
    times: int = request.parameters.get("seeds", 1) * request.parameters.get("trained", True)
    return Work(tuple(subject.spec for subject in request.networks if not subject.run) * times)


def untrained_passes(request: RequestValues, count: int) -> tuple[Passes, ...]:
    """`count` passes of one batch for each network of an experiment that does not train."""
    return tuple(Passes(subject.spec, count, request.parameters["batch"]) for subject in request.networks)


def work_with_passes(passes: Callable[[RequestValues, Subject], tuple[int, int]]) -> Callable[[RequestValues], Work]:
    """As `training_work`, and with every trained network `passes`: how many passes, of how many images each."""

    def work(request: RequestValues) -> Work:
        each_network = []
        for subject in request.networks:
            count, images = passes(request, subject)
            times: int = 1 if subject.run else request.parameters.get("seeds", 1)
            each_network.append(Passes(subject.spec, times * count, images))
        return Work(training_work(request).trainings, tuple(each_network))

    return work


@dataclass(frozen=True)
class Sharing:
    """The parts of a request, the weight of each, the request for some of them, and the order of the result's entries.

    `entries` is the field of the result that holds the entries; `position` gives the key by which they are sorted.
    `by_seed`: what is computed with one seed does not depend on the other seeds, so that each may be a request.
    """

    parts: Callable[[RequestValues], Sequence[Any]]
    weight: Callable[[Any], float]
    only: Callable[[Any, Sequence[Any]], Any]
    entries: str
    position: Callable[[RequestValues, Any], Any]
    by_seed: bool = True


def label_positions(request: RequestValues) -> dict[str, int]:
    """The place of each network in the request, by its label."""
    return {subject.label: place for place, subject in enumerate(request.networks)}


def by_network(
    entries: str = "networks",
    position: Callable[[RequestValues, Any], Any] | None = None,
    *,
    by_seed: bool = True,
) -> Sharing:
    """Each network is a part, as heavy as its number of ops; entries are sorted by seed, then as in the request."""
    return Sharing(
        parts=lambda request: request.networks,
        weight=lambda subject: sum(1 for _ in assemble(subject.spec).nodes()),
        only=lambda request, chosen: replace(request, networks=tuple(chosen)),
        entries=entries,
        position=position or (lambda request, entry: (entry.training.seed, label_positions(request)[entry.label])),
        by_seed=by_seed,
    )


def by_parameter(name: str, weight: Callable[[Any], float], position: Callable[[RequestValues, Any], Any]) -> Sharing:
    """Each value of the list parameter `name` is a part; the entries of the result are its `points`."""
    return Sharing(
        parts=lambda request: sorted(set(request.parameters[name])),
        weight=weight,
        only=lambda request, chosen: replace(request, parameters={**request.parameters, name: tuple(chosen)}),
        entries="points",
        position=position,
    )
