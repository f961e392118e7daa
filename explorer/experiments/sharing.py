"""How a request is divided into shares that are computed side by side, and where each entry of the result belongs.

The parts of a request (networks, factors, depths) do not depend on each other, so together the shares give what the
whole would give, but for times. An experiment that measures times is never shared: its shares would disturb each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.experiments.request_values import RequestValues
from explorer.model import assemble


@dataclass(frozen=True)
class Sharing:
    """The parts of a request, the weight of each, the request for some of them, and the order of the result's entries.

    `entries` is the field of the result that holds the entries; `position` gives the key by which they are sorted.
    """

    parts: Callable[[RequestValues], Sequence[Any]]
    weight: Callable[[Any], float]
    only: Callable[[Any, Sequence[Any]], Any]
    entries: str
    position: Callable[[RequestValues, Any], Any]


def label_positions(request: RequestValues) -> dict[str, int]:
    """The place of each network in the request, by its label."""
    return {subject.label: place for place, subject in enumerate(request.networks)}


def by_network(entries: str = "networks", position: Callable[[RequestValues, Any], Any] | None = None) -> Sharing:
    """Each network is a part, as heavy as its number of ops; entries are sorted by seed, then as in the request."""
    return Sharing(
        parts=lambda request: request.networks,
        weight=lambda subject: sum(1 for _ in assemble(subject.spec).nodes()),
        only=lambda request, chosen: replace(request, networks=tuple(chosen)),
        entries=entries,
        position=position or (lambda request, entry: (entry.training.seed, label_positions(request)[entry.label])),
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
