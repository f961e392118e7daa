"""One network's cost as different counters report it, as a table for page and command line."""

from collections.abc import Sequence

from explorer.analysis.conventions import Convention
from explorer.outputs.tables.table import Table

COLUMNS = {
    "name": "counter",
    "calls": "its word",
    "value": "value",
    "unit": "what it counts",
    "difference": "against the first",
    "terms": "terms",
}


def conventions_table(conventions: Sequence[Convention]) -> Table:
    """A row for each counter, with its difference from the first, the papers', in percent."""
    rows = tuple(_row(convention, conventions[0]) for convention in conventions)
    return Table("Cost by counter", tuple(COLUMNS), tuple(COLUMNS.values()), rows)


def _row(convention: Convention, base: Convention) -> tuple[str | int, ...]:
    terms = ", ".join(term.name for term in convention.terms)
    difference = f"{100 * (convention.value / base.value - 1):+.2f} %"
    return (convention.name, convention.calls_it, convention.value, convention.unit, difference, terms)
