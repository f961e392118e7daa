"""Choosing among networks: bounds on cost and accuracy, the frontier of the best trade-offs, and what is not known.

A network without a figure does not pass a bound on that figure: it may or may not fit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from explorer.language import N_
from explorer.model import ModelSpec
from explorer.outputs.tables.table import Cell, Table

ERROR, TIME = "error", "forward"
"""The keys of the top-1 error in percent and of the measured milliseconds of a forward pass."""


class Candidate(NamedTuple):
    """A network that may be chosen. `name` is its name in an address, `amounts` are its known costs and its error."""

    name: str
    label: str
    source: str
    spec: ModelSpec
    amounts: Mapping[str, float]


@dataclass(frozen=True)
class Bound:
    """A limit on one amount, told in `unit`s of `scale`: the most, or for the accuracy the least."""

    label: str
    amount: str
    unit: str
    scale: float
    highest: float
    help: str
    is_least: bool = False

    def value(self, candidate: Candidate) -> float | None:
        """The candidate's amount in the bound's unit; None where it is not known."""
        amount = candidate.amounts.get(self.amount)
        if amount is None:
            return None
        return 100 - amount if self.is_least else amount / self.scale

    def allows(self, candidate: Candidate, limit: float) -> bool:
        """Whether the candidate keeps the limit; not where its amount is not known."""
        value = self.value(candidate)
        return value is not None and (value >= limit if self.is_least else value <= limit)


BOUNDS: Mapping[str, Bound] = {
    "most_params": Bound(
        N_("At most, M parameters"), "params", N_("M parameters"), 1e6, 1e5, N_("Trainable parameters, in millions.")
    ),
    "most_macs": Bound(N_("At most, G MACs"), "macs", "G MACs", 1e9, 1e5, N_("Multiply-adds of one image, in 10⁹.")),
    "most_ms": Bound(
        N_("At most, ms here"),
        TIME,
        "ms",
        1.0,
        1e6,
        N_(
            "Measured time of a forward pass on this machine, in milliseconds, under the conditions named below."
            " Networks that were not measured are left out."
        ),
    ),
    "least_top1": Bound(
        N_("At least, % accuracy"),
        ERROR,
        N_("% accuracy"),
        1.0,
        100.0,
        N_(
            "Top-1 accuracy under the chosen recipe, in percent: 100 minus the error. Networks without a figure under"
            " it are left out."
        ),
        is_least=True,
    ),
}
"""The bounds, by their names in the address."""

Limits = Mapping[str, float]
"""The limits that are set, by the names of `BOUNDS`."""


def fitting(candidates: Iterable[Candidate], limits: Limits) -> list[Candidate]:
    """The candidates that keep every limit."""
    return [each for each in candidates if all(BOUNDS[name].allows(each, limit) for name, limit in limits.items())]


def frontier(candidates: Iterable[Candidate], cost: str) -> list[Candidate]:
    """Those with a known cost and error than which no other is both cheaper and more accurate; the cheapest first.

    Of networks that are equal in both, all are kept.
    """
    known = [each for each in candidates if cost in each.amounts and ERROR in each.amounts]
    found: list[Candidate] = []
    for each in sorted(known, key=lambda one: (one.amounts[cost], one.amounts[ERROR])):
        last = found[-1].amounts if found else None
        equal = last is not None and (last[cost], last[ERROR]) == (each.amounts[cost], each.amounts[ERROR])
        if last is None or equal or each.amounts[ERROR] < last[ERROR]:
            found.append(each)
    return found


class WayOut(NamedTuple):
    """The bound that excludes most, and the limit that would let in a network."""

    bound: str
    excluded: int
    """How many candidates it excludes."""
    left: int
    """How many would be left without it."""
    limit: float | None
    """In the bound's unit; None where the other bounds exclude every network too."""
    nearest: str
    """The label of the network that this limit lets in."""


def way_out(candidates: Sequence[Candidate], limits: Limits) -> WayOut:
    """What to do where nothing fits. At least one limit must be set."""

    def excluded(name: str) -> int:
        return sum(not BOUNDS[name].allows(each, limits[name]) for each in candidates)

    def left(name: str) -> list[Candidate]:
        return fitting(candidates, {other: limit for other, limit in limits.items() if other != name})

    worst = max(limits, key=lambda name: (len(left(name)) > 0, excluded(name)))
    bound, others = BOUNDS[worst], left(worst)
    known = [(value, each.label) for each in others if (value := bound.value(each)) is not None]
    limit, nearest = (max(known) if bound.is_least else min(known)) if known else (None, "")
    return WayOut(worst, excluded(worst), len(others), limit, nearest)


def table(candidates: Iterable[Candidate], best: Iterable[Candidate], columns: Mapping[str, str]) -> Table:
    """The candidates as rows, the most accurate first, then the cheapest; `columns` are amounts with their labels.

    `best` are those on the frontier.
    """
    marked = {id(each) for each in best}
    first = next(iter(columns))

    def order(each: Candidate) -> tuple[float, float, str]:
        return each.amounts.get(ERROR, 101.0), each.amounts.get(first, float("inf")), each.label

    rows: list[tuple[Cell, ...]] = []
    for each in sorted(candidates, key=order):
        error = each.amounts.get(ERROR)
        accuracy = None if error is None else round(100 - error, 3)
        costs = [_cell(each.amounts.get(key)) for key in columns]
        mark = "yes" if id(each) in marked else "no"
        rows.append((each.label, accuracy, error, mark, *costs, each.source, each.name))
    keys = ("network", "accuracy", ERROR, "frontier", *columns, "source", "name")
    names = (N_("network"), N_("accuracy, %"), N_("error, %"), N_("frontier"))
    labels = (*names, *columns.values(), N_("source"), N_("name in links"))
    return Table(N_("Known networks"), keys, labels, tuple(rows))


def _cell(amount: float | None) -> Cell:
    return int(amount) if amount is not None and float(amount).is_integer() else amount
