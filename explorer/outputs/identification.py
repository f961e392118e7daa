"""The answer to which network a file is, as JSON and as lines for people."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from explorer.identify.records import Evidence, Identification
from explorer.language import _, told
from explorer.model import CONTROLS

GRADES = {
    "proven": "proven: names, shapes and function, among all networks in public use with these shapes",
    "shapes": "every shape fits, and nothing is left open",
    "undecided": "every shape fits, but other networks have the same tensors",
    "unknown": "no network fits",
}
MOST_LISTED = 8


def to_dict(found: Identification) -> dict[str, Any]:
    """The answer as JSON values; lists are complete."""
    return {
        "source": found.source,
        "network": found.network,
        "label": told(found.label),
        "spec": None if found.spec is None else found.spec.to_dict(),
        "grade": found.grade,
        "explained": {
            "tensors": found.explained.tensors,
            "of": found.explained.of,
            "parameters": found.explained.parameters,
            "of_parameters": found.explained.of_parameters,
        },
        "leftover": list(found.leftover),
        "missing": list(found.missing),
        "undecided": {name: [_plain(value) for value in values] for name, values in found.undecided.items()},
        "unexcluded": {name: [_plain(value) for value in values] for name, values in found.unexcluded.items()},
        "evidence": [
            {"spec": each.spec.changes(found.spec), "distance": each.distance, "error": each.error}
            for each in found.evidence
        ],
        "decided_by": found.decided_by,
        "reason": told(found.reason),
        "normalisation": None if found.normalisation is None else _lists(found.normalisation._asdict()),
        "wrapping": found.wrapping,
        "renaming": [[pair.theirs, pair.ours] for pair in found.renaming],
        "skipped": list(map(told, found.skipped)),
    }


def lines(found: Identification) -> Iterator[str]:
    """The answer in lines of at most a few words each: a heading, what is open, what does not fit."""
    explained = found.explained
    yield f"{found.source}: {told(found.label)}"
    yield f"  {GRADES[found.grade]}"
    numbers = f"{explained.parameters:,} of {explained.of_parameters:,} numbers"
    yield f"  {explained.tensors:,} of {explained.of:,} tensors, {numbers} have a place in the network"
    if found.spec is not None:
        yield f"  changes from ResNet-50: {_changes(found.spec.changes()) or 'none'}"
    if found.wrapping:
        yield f"  before every name: {found.wrapping}"
    renamed = [pair for pair in found.renaming if pair.theirs != pair.ours]
    yield from _listed("renamed", [f"{pair.theirs} -> {pair.ours}" for pair in renamed])
    yield from _choices(found)
    for each in found.evidence[:MOST_LISTED]:
        changes = _changes(each.spec.changes(found.spec)) or "as above"
        yield f"  {measured(each)}: {changes}"
    if found.reason:
        yield f"  {told(found.reason)}"
    yield from _expected(found)
    skipped = list(map(told, found.skipped))
    for title, names in (("left over", found.leftover), ("missing", found.missing), ("skipped", skipped)):
        yield from _listed(title, names)


def _choices(found: Identification) -> Iterator[str]:
    for name, values in found.undecided.items():
        yield f"  open: {CONTROLS[name].label} ({name}): {', '.join(map(str, map(_plain, values)))}"
    for name, values in found.unexcluded.items():
        others = ", ".join(str(_plain(value)) for value in values[1:])
        yield f"  not excluded, but in no known network of these shapes: {CONTROLS[name].label} ({name}): {others}"


ANY_SIZE = "not in the file; any that the network can take, {} for example"
WHOLE_MAP = "one whose last map is as large as the classifier reads, {} for example"


def _expected(found: Identification) -> Iterator[str]:
    """What the network expects of its images."""
    if found.normalisation is not None:
        mean, std = (", ".join(f"{value:g}" for value in row) for row in found.normalisation[:2])
        order = found.normalisation.order if len(found.normalisation.mean) == len(found.normalisation.order) else ""
        yield f"  images: {order}{order and ', '}mean {mean}; deviation {std}"
    elif found.normalisations:
        yield "  images: several normalisations are about as near, so none is named"
    if found.spec is not None and found.grade != "unknown":
        size = WHOLE_MAP if found.spec.head_pool == "flatten" else ANY_SIZE
        yield f"  image size: {size.format(found.spec.image_size)}"


def measured(each: Evidence) -> str:
    """What was measured of a candidate: its distance from what the norms remember, and its error."""
    distance = _("no norms") if each.distance is None else _("distance {distance:.3f}").format(distance=each.distance)
    if each.error is None:
        return distance
    return _("{distance}, error {error:.1f} %").format(distance=distance, error=each.error)


def _listed(title: str, names: Sequence[str]) -> Iterator[str]:
    for name in islice(names, MOST_LISTED):
        yield f"  {title}: {name}"
    if len(names) > MOST_LISTED:
        yield f"  {title}: {len(names) - MOST_LISTED:,} more"


def _changes(changes: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in changes.items())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _lists(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}
