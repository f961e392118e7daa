"""Which known network has this count? Looked up by what people have: a number of parameters, MACs, tensors or bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from explorer.analysis.memory import FLOAT_BYTES
from explorer.model import PRESETS, Graph, assemble, preset
from explorer.model.ops import BatchNorm2d

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
    "params": Quantity("parameters", lambda graph: graph.cost.params),
    "all_params": Quantity("parameters and buffers", lambda graph: graph.cost.params + graph.cost.buffers),
    "macs": Quantity("MACs", lambda graph: graph.cost.macs),
    "tensors": Quantity("tensors", count_tensors),
    "bytes": Quantity("bytes of weights", weights_bytes),
}
"""By the word of the command line. Keras' totals include the buffers."""


class Match(NamedTuple):
    """A known network whose count is the number looked for, or near it."""

    name: str
    """The preset."""
    quantity: str
    """Key of `QUANTITIES`."""
    value: int

    def distance(self, number: int) -> float:
        """How far the count is from `number`, relative to it; 0: equal."""
        return abs(self.value - number) / number


@lru_cache(maxsize=1)
def _all_counts() -> tuple[Match, ...]:
    """Every count of every known network at its own image size."""
    graphs = [(name, assemble(preset(name))) for name in PRESETS]
    return tuple(Match(name, key, each.value(graph)) for name, graph in graphs for key, each in QUANTITIES.items())


def find_by_count(number: int, quantity: str | None = None, most: int = 5) -> list[Match]:
    """The known networks with this count, above 0, all of them; where there is none, the `most` nearest.

    `quantity` is a key of `QUANTITIES` (KeyError otherwise); None looks at all, and gives each network once.
    """
    wanted = QUANTITIES if quantity is None else {quantity: QUANTITIES[quantity]}
    counts = [match for match in _all_counts() if match.quantity in wanted]
    nearest = sorted(counts, key=lambda match: match.distance(number))
    found: dict[str, Match] = {}
    for match in nearest:
        found.setdefault(match.name, match)
    return [match for match in found.values() if match.value == number] or list(found.values())[:most]
