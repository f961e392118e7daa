"""Computed and printed figures: the exact counts of a row's network and how the printed ones relate to them."""

from dataclasses import dataclass, replace
from functools import cache

from explorer.analysis.published.agreement import Agreement, agreement
from explorer.analysis.published.facts import PublishedRow, PublishedTable, published_tables
from explorer.language import N_
from explorer.model import assemble, preset

TEN_CLASSES = N_("the printed count is the ten-class network's")


@dataclass(frozen=True)
class Comparison:
    """A row's network, counted: at the image size and with the classes of its preset."""

    exact_params: int
    exact_macs: int
    params: Agreement | None
    """None where the row prints no parameters."""
    macs: Agreement | None
    note: str = ""


@cache
def compare(row: PublishedRow) -> Comparison | None:
    """Counts for a row; None where the fields cannot say its network."""
    if not row.preset:
        return None
    spec = preset(row.preset)
    cost = assemble(spec).cost
    params = agreement(row.params, cost.params) if row.params else None
    macs = agreement(row.macs, cost.macs) if row.macs else None
    note = ""
    if params and not params.agrees and row.dataset == "CIFAR-100":
        ten_classes = assemble(replace(spec, num_classes=10)).cost.params
        note = TEN_CLASSES if agreement(row.params, ten_classes).agrees else ""
    return Comparison(cost.params, cost.macs, params, macs, note)


def rows_of(name: str) -> tuple[tuple[PublishedTable, PublishedRow], ...]:
    """Every printed row of a preset, with its table."""
    return tuple((table, row) for table in published_tables() for row in table.rows if row.preset == name)
