"""Which known network has this count? Looked up by what people have: a number of parameters, MACs, tensors or bytes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from explorer.analysis.op_memory import FLOAT_BYTES
from explorer.language import N_, sentence
from explorer.model import PRESETS, Graph, SpecError, assemble, preset
from explorer.model.ops import BatchNorm2d

LONGEST_SHOWN = 40
"""Characters of a wrong count that its message repeats."""
MOST_DIGITS = 15
POWERS = {"": 0, "K": 3, "M": 6, "G": 9, "B": 9}
"""Of ten, by the letter behind a count."""
COUNTER_BYTES = 8
"""A batch norm counts its batches in a 64-bit integer, which files of weights hold too."""


@dataclass(frozen=True)
class Quantity:
    """What a network may be looked up by."""

    label: str
    value: Callable[[Graph], int]


def count_tensors(graph: Graph) -> int:
    """Trainable tensors."""
    return sum(len(node.op.parameters()) for _, node in graph.nodes())


def weights_bytes(graph: Graph) -> int:
    """Bytes of all values in a file of weights in 32-bit floats, without the file's own names and headers."""
    counters = sum(isinstance(node.op, BatchNorm2d) for _, node in graph.nodes())
    return FLOAT_BYTES * (graph.cost.params + graph.cost.buffers) + COUNTER_BYTES * counters


QUANTITIES: Mapping[str, Quantity] = {
    "params": Quantity(N_("parameters"), lambda graph: graph.cost.params),
    "all_params": Quantity(N_("parameters and buffers"), lambda graph: graph.cost.params + graph.cost.buffers),
    "macs": Quantity("MACs", lambda graph: graph.cost.macs),
    "tensors": Quantity(N_("tensors"), count_tensors),
    "bytes": Quantity(N_("bytes of weights"), weights_bytes),
}
"""By the word of the command line. Keras' totals include the buffers."""


class Count(NamedTuple):
    """A number to look up."""

    number: int
    half: int = 0
    """How far a count may be from it, where it was rounded: half of its last digit."""


def read_count(text: str) -> Count:
    """A count as people write it: `25557032`, `25,557,032`, `25.6M`. Raises SpecError("count")."""
    plain = text.translate({ord(mark): None for mark in ",_' "}).upper()
    found = re.fullmatch(rf"(\d{{1,{MOST_DIGITS}}})(?:\.(\d{{1,9}}))?([KMGB]?)", plain, re.ASCII)
    if found:
        whole, decimals, letter = found.group(1), found.group(2) or "", found.group(3)
        power = POWERS[letter] - len(decimals)
        number = int(whole + decimals) * 10**power if power >= 0 else 0
        if 0 < number < 10**MOST_DIGITS:
            return Count(number, 10**power // 2 if letter else 0)
    raise SpecError(
        "count",
        sentence(
            "{text} is not a whole number above 0 of at most {most} digits; write 25557032, 25,557,032 or 25.6M.",
            text=repr(text[:LONGEST_SHOWN]),
            most=MOST_DIGITS,
        ),
    )


class Match(NamedTuple):
    """A known network whose count is the number looked for, or near it."""

    name: str
    """The preset."""
    quantity: str
    """Key of `QUANTITIES`."""
    value: int


@lru_cache(maxsize=1)
def _all_counts() -> tuple[Match, ...]:
    """Every count of every known network at its own image size."""
    graphs = [(name, assemble(preset(name))) for name in PRESETS]
    return tuple(Match(name, key, each.value(graph)) for name, graph in graphs for key, each in QUANTITIES.items())


class Found(NamedTuple):
    """The known networks with a count, or the nearest ones."""

    exact: bool
    """Whether they have the count, rounded where the count was."""
    matches: list[Match]
    """The nearest first, each network once."""


def find_by_count(count: Count, quantity: str | None = None, most: int = 5) -> Found:
    """The known networks with this count, all of them; where there is none, the `most` nearest.

    `quantity` is a key of `QUANTITIES`; None looks at all.
    """
    wanted = list(QUANTITIES) if quantity is None else [quantity]
    counts = [match for match in _all_counts() if match.quantity in wanted]

    def rank(match: Match) -> tuple[int, int, int]:
        distance = abs(match.value - count.number)
        return max(0, distance - count.half), wanted.index(match.quantity), distance

    found: dict[str, Match] = {}
    for match in sorted(counts, key=rank):
        found.setdefault(match.name, match)
    equal = [match for match in found.values() if abs(match.value - count.number) <= count.half]
    return Found(bool(equal), equal or list(found.values())[:most])
