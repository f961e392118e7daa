"""What an opened file leaves open, the likeliest first: the fields, and of each the values, rare ones counted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from explorer.identify.records import Identification
from explorer.identify.undecided import LIKELY

MOST_SHOWN = 5
"""Values of a field that are named; of more, those that were tried on images or stand first in their table."""


class OpenValues(NamedTuple):
    """The possible values of a field: the network's own, the likeliest others, and how many rarer ones there are."""

    own: Any
    others: tuple[Any, ...]
    rarer: int


def open_values(found: Identification) -> Mapping[str, OpenValues]:
    """The open fields, the likeliest first, with their values: those nearest to what the norms remember first."""
    ranks = {name: place for place, name in enumerate(LIKELY)}
    fields = sorted(found.undecided, key=lambda name: ranks.get(name, len(ranks)))
    return {name: _of(found, name, found.undecided[name]) for name in fields}


def _of(found: Identification, name: str, values: Sequence[Any]) -> OpenValues:
    tried = [getattr(each.spec, name) for each in found.evidence]
    own, *others = values
    ranked = sorted(others, key=lambda value: tried.index(value) if value in tried else len(tried))
    shown = ranked if len(values) <= MOST_SHOWN + 1 else ranked[: MOST_SHOWN - 1]
    return OpenValues(own, tuple(shown), len(ranked) - len(shown))
