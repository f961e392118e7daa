"""One request as several that are computed side by side, and their results as one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult


def split(request: ExperimentRequest, ways: int) -> tuple[ExperimentRequest, ...]:
    """At most `ways` requests of about equal weight; the request itself where it cannot be shared."""
    sharing = request.description.sharing
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
    sharing = request.description.sharing
    if sharing is None or not others:
        return first
    entries = [entry for result in (first, *others) for entry in getattr(result, sharing.entries)]
    entries.sort(key=lambda entry: sharing.position(request, entry))
    changes: dict[str, Any] = {sharing.entries: tuple(entries)}
    return replace(first, **changes)
