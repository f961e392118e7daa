"""One request as several that can be answered side by side, and their answers as one.

The parts of a request (networks, factors, depths) do not look at each other, so together the shares say what the whole
would have said, but for times. Measuring is never shared out: neighbours would disturb it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult
from explorer.model import assemble


@dataclass(frozen=True)
class Sharing:
    """How a probe is shared out: its parts, how heavy each is, and where an entry of the result belongs."""

    parts: Callable[[ExperimentRequest], Sequence[Any]]
    weight: Callable[[Any], float]
    only: Callable[[ExperimentRequest, Sequence[Any]], ExperimentRequest]
    entries: str
    """The field of the result that holds an entry for each part."""
    place: Callable[[ExperimentRequest, Any], Any]
    """Sorts the entries as the whole would have them."""


def _labels(request: ExperimentRequest) -> Mapping[str, int]:
    return {subject.label: position for position, subject in enumerate(request.networks)}


def _by_network(entries: str = "networks", place: Callable[[ExperimentRequest, Any], Any] | None = None) -> Sharing:
    return Sharing(
        parts=lambda request: request.networks,
        weight=lambda subject: sum(1 for _ in assemble(subject.spec).nodes()),
        only=lambda request, chosen: replace(request, networks=tuple(chosen)),
        entries=entries,
        place=place or (lambda request, entry: (entry.training.seed, _labels(request)[entry.label])),
    )


def _by_parameter(name: str, weight: Callable[[Any], float], place: Callable[[ExperimentRequest, Any], Any]) -> Sharing:
    return Sharing(
        parts=lambda request: sorted(set(request.parameters[name])),
        weight=weight,
        only=lambda request, chosen: replace(request, parameters={**request.parameters, name: tuple(chosen)}),
        entries="points",
        place=place,
    )


SHARINGS: Mapping[str, Sharing] = MappingProxyType(
    {
        **dict.fromkeys(("signal_and_gradient", "lesion", "landscape", "look_inside", "gradient_paths"), _by_network()),
        "short_race": _by_network("trainings", lambda request, entry: (entry.seed, _labels(request)[entry.label])),
        "lambda_sweep": _by_parameter("factors", lambda factor: 1.0, lambda request, entry: entry.factor),
        "depth_sweep": _by_parameter(
            "blocks",
            lambda blocks: blocks + 1.0,
            lambda request, entry: (entry.training.seed, entry.depth, not entry.plain),
        ),
    }
)
"""The probes that can be shared out."""


def split(request: ExperimentRequest, ways: int) -> tuple[ExperimentRequest, ...]:
    """At most `ways` requests of about equal weight; the request itself where it cannot be shared out."""
    sharing = SHARINGS.get(request.experiment)
    if sharing is None or ways < 2:
        return (request,)
    parts = sharing.parts(request)
    shares: list[list[int]] = [[] for _ in range(min(ways, len(parts)))]
    loads = [0.0] * len(shares)
    for position in sorted(range(len(parts)), key=lambda each: -sharing.weight(parts[each])):
        lightest = loads.index(min(loads))
        shares[lightest].append(position)
        loads[lightest] += sharing.weight(parts[position])
    return tuple(sharing.only(request, [parts[position] for position in sorted(share)]) for share in shares)


def merge(request: ExperimentRequest, results: Iterable[ExperimentResult]) -> ExperimentResult:
    """The result of the whole from those of its shares, of which some may still be missing; at least one is needed."""
    first, *others = results
    sharing = SHARINGS.get(request.experiment)
    if sharing is None or not others:
        return first
    entries = [entry for result in (first, *others) for entry in getattr(result, sharing.entries)]
    entries.sort(key=lambda entry: sharing.place(request, entry))
    changes: dict[str, Any] = {sharing.entries: tuple(entries)}
    return replace(first, **changes)
