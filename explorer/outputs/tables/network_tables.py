"""Tables of a network's stages, blocks and layers, with any choice of columns, and a last row with sums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.analysis.network import Analysis
from explorer.language import N_
from explorer.outputs.formatting import FLOPS
from explorer.outputs.tables.columns import BLOCK_COLUMNS, LAYER_COLUMNS, STAGE_COLUMNS, Column, Row
from explorer.outputs.tables.table import Cell, Share, Table


@dataclass(frozen=True)
class TableKind:
    """Which rows a table has, the columns there are, the usual ones, and those that a page shows at first."""

    title: str
    rows: Callable[[Analysis], Sequence[Row]]
    columns: Mapping[str, Column]
    usual: tuple[str, ...]
    fitting: tuple[str, ...] = ()
    """Columns that fit a page beside its controls; all usual ones where there are none."""

    @property
    def on_page(self) -> tuple[str, ...]:
        return self.fitting or self.usual


KINDS: Mapping[str, TableKind] = {
    "stages": TableKind(
        N_("Stages"),
        lambda analysis: analysis.stages,
        STAGE_COLUMNS,
        ("name", "blocks", "shortcut", "output_shape", "params", "buffers", "macs", "macs_share", "elementwise"),
    ),
    "blocks": TableKind(
        N_("Blocks"),
        lambda analysis: analysis.blocks,
        BLOCK_COLUMNS,
        ("path", "kind", "shortcut", "output_shape", "params", "buffers", "macs", "macs_share", "elementwise"),
    ),
    "layers": TableKind(
        N_("Layers"),
        lambda analysis: analysis.layers,
        LAYER_COLUMNS,
        (
            "path",
            "op",
            "output_shape",
            "kernel",
            "stride",
            "padding",
            "dilation",
            "groups",
            "params",
            "buffers",
            "macs",
            "macs_share",
            "elementwise",
            "saved_bytes",
            "field_longest",
        ),
        ("path", "op", "output_shape", "kernel", "stride", "groups", "params", "macs", "field_longest"),
    ),
}
"""The tables there are."""


def make_table(analysis: Analysis, kind: str, columns: Sequence[str] = ()) -> Table:
    """The table of `kind` (`stages`, `blocks` or `layers`) with the given columns, or the usual ones."""
    chosen = KINDS[kind]
    keys = tuple(columns) or chosen.usual
    selected = [chosen.columns[key] for key in keys]
    rows = tuple(tuple(column.value(analysis, row) for column in selected) for row in chosen.rows(analysis))
    totals = [_sum(column, [row[place] for row in rows]) for place, column in enumerate(selected)]
    if not selected[0].totals:
        totals[0] = N_("total")
    return Table(chosen.title, keys, tuple(column.label for column in selected), rows, tuple(totals))


def totals_table(analysis: Analysis) -> Table:
    """The whole network's counts, one a line."""
    total, memory, field = analysis.total, analysis.memory, analysis.receptive_field
    rows: list[tuple[Cell, ...]] = [
        ("parameters", total.params),
        ("buffers", total.buffers),
        ("MACs", total.macs),
        (FLOPS, total.flops),
        *((f"element-wise: {category}", amount) for category, amount in total.elementwise_counts.items()),
        ("activations", total.activations),
        ("memory to run one image, bytes", memory.inference),
        ("memory to train on one image, bytes", memory.training),
        ("of which kept for the backward pass", memory.saved_activations),
        ("receptive field, shortest way", field.shortest),
        ("receptive field, longest way", field.longest),
        ("effective stride", field.step),
        ("effective padding", field.padding),
    ]
    return Table("Totals", ("quantity", "value"), ("quantity", "value"), tuple(rows))


def _sum(column: Column, cells: Sequence[Cell]) -> Cell:
    """The sum of a column's cells, of the cells' own kind; None where a sum means nothing."""
    if not column.totals:
        return None
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    return Share(sum(numbers)) if any(isinstance(cell, Share) for cell in numbers) else sum(numbers)
