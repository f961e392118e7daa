"""Tables of stages, blocks and layers as values, with the columns of one's choice and a total that sums.

Text is made of them in `table_formats`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.model.ops import Shape
from explorer.outputs.analysis import Analysis, LayerRow, SumRow

Row = LayerRow | SumRow


class Share(float):
    """A part of a whole, 0 to 1, shown in per cent."""


class Ratio(float):
    """How many times another number, shown as `× 1.35`."""


Cell = int | float | str | Shape | None
"""A count, a share, a word, a shape, or nothing."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, and a row's entry."""

    label: str
    value: Callable[[Analysis, Row], Cell]
    totals: bool = False
    """Whether the last line holds the column's sum."""


@dataclass(frozen=True)
class Table:
    """Headings, rows, and a last line with the sums; columns go by the keys that the command line knows."""

    title: str
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None


def _of(name: str) -> Callable[[Analysis, Row], Cell]:
    """The row's own field."""

    def value(_: Analysis, row: Row) -> Cell:
        cell: Cell = getattr(row, name)
        return cell

    return value


def _share(name: str) -> Callable[[Analysis, Row], Cell]:
    return lambda analysis, row: Share(analysis.share(row, name))


COUNTS: Mapping[str, Column] = {
    "params": Column("parameters", _of("params"), totals=True),
    "params_share": Column("share of parameters", _share("params"), totals=True),
    "buffers": Column("buffers", _of("buffers"), totals=True),
    "macs": Column("MACs", _of("macs"), totals=True),
    "macs_share": Column("share of MACs", _share("macs"), totals=True),
    "flops": Column("FLOPs (2 × MACs)", _of("flops"), totals=True),
    "elementwise": Column("element-wise", _of("elementwise"), totals=True),
    "activations": Column("activations", _of("activations"), totals=True),
}
"""What can be counted of any row."""

LAYER_COLUMNS: Mapping[str, Column] = {
    "path": Column("layer", _of("path")),
    "op": Column("op", _of("op")),
    "stage": Column("stage", _of("stage")),
    "role": Column("role", _of("role")),
    "input_shape": Column("input", _of("input_shape")),
    "output_shape": Column("output", _of("output_shape")),
    "kernel": Column("kernel", _of("kernel")),
    "stride": Column("stride", _of("stride")),
    "groups": Column("groups", _of("groups")),
    **COUNTS,
    "ledger": Column("kind", _of("ledger")),
    "output_bytes": Column("output, bytes", _of("output_bytes"), totals=True),
    "saved_bytes": Column("kept for training, bytes", lambda a, row: a.saved[row.path], totals=True),
    "field_shortest": Column("field, shortest", lambda a, row: a.receptive[row.path].shortest),
    "field_longest": Column("field, longest", lambda a, row: a.receptive[row.path].longest),
}
SUM_COLUMNS: Mapping[str, Column] = {
    "kind": Column("kind", _of("kind")),
    "shortcut": Column("shortcut", _of("shortcut")),
    "input_shape": Column("input", _of("input_shape")),
    "output_shape": Column("output", _of("output_shape")),
    **COUNTS,
}
STAGE_COLUMNS: Mapping[str, Column] = {
    "name": Column("stage", _of("path")),
    "blocks": Column("blocks", _of("blocks"), totals=True),
    **SUM_COLUMNS,
}
BLOCK_COLUMNS: Mapping[str, Column] = {"path": Column("block", _of("path")), **SUM_COLUMNS}


@dataclass(frozen=True)
class TableKind:
    """Which rows a table has, the columns there are, and those shown unless one chooses."""

    title: str
    rows: Callable[[Analysis], Sequence[Row]]
    columns: Mapping[str, Column]
    usual: tuple[str, ...]


KINDS: Mapping[str, TableKind] = {
    "stages": TableKind(
        "Stages",
        lambda analysis: analysis.stages,
        STAGE_COLUMNS,
        ("name", "blocks", "shortcut", "output_shape", "params", "buffers", "macs", "macs_share", "elementwise"),
    ),
    "blocks": TableKind(
        "Blocks",
        lambda analysis: analysis.blocks,
        BLOCK_COLUMNS,
        ("path", "kind", "shortcut", "output_shape", "params", "buffers", "macs", "macs_share", "elementwise"),
    ),
    "layers": TableKind(
        "Layers",
        lambda analysis: analysis.layers,
        LAYER_COLUMNS,
        (
            "path",
            "op",
            "output_shape",
            "kernel",
            "stride",
            "groups",
            "params",
            "buffers",
            "macs",
            "macs_share",
            "elementwise",
            "saved_bytes",
            "field_longest",
        ),
    ),
}
"""The tables there are."""


def make_table(analysis: Analysis, kind: str, columns: Sequence[str] = ()) -> Table:
    """The table of `kind` (`stages`, `blocks` or `layers`) with the given columns, or the usual ones."""
    chosen = KINDS[kind]
    keys = tuple(columns) or chosen.usual
    shown = [chosen.columns[key] for key in keys]
    rows = tuple(tuple(column.value(analysis, row) for column in shown) for row in chosen.rows(analysis))
    totals = [_sum(column, [row[place] for row in rows]) for place, column in enumerate(shown)]
    totals[0] = "total"
    return Table(chosen.title, keys, tuple(column.label for column in shown), rows, tuple(totals))


def totals_table(analysis: Analysis) -> Table:
    """The whole network's counts, one a line."""
    total, memory, field = analysis.total, analysis.memory, analysis.receptive_field
    rows: list[tuple[Cell, ...]] = [
        ("parameters", total.params),
        ("buffers", total.buffers),
        ("MACs", total.macs),
        ("FLOPs (2 × MACs)", total.flops),
        *((f"element-wise: {ledger}", amount) for ledger, amount in total.ledger.items()),
        ("activations", total.activations),
        ("memory to run one image, bytes", memory.inference),
        ("memory to train on one image, bytes", memory.training),
        ("of which kept for the backward pass", memory.saved_activations),
        ("receptive field, shortest way", field.shortest),
        ("receptive field, longest way", field.longest),
    ]
    return Table("Totals", ("quantity", "value"), ("quantity", "value"), tuple(rows))


def _sum(column: Column, cells: Sequence[Cell]) -> Cell:
    """The sum of a column's cells, of the cells' own kind; None where a sum means nothing."""
    if not column.totals:
        return None
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    return Share(sum(numbers)) if any(isinstance(cell, Share) for cell in numbers) else sum(numbers)
