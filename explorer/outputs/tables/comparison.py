"""Two or more networks side by side: what differs in the specification, in totals, stage by stage, block by block."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from explorer.analysis.network import Analysis, SumRow, analyse
from explorer.language import N_, sentence
from explorer.model import ModelSpec, assemble
from explorer.outputs.formatting import FLOPS
from explorer.outputs.tables.columns import COUNTS
from explorer.outputs.tables.table import Cell, Ratio, Table

Status = Literal["same", "changed", "missing"]
"""A stage or block against the first network's: equal, different, or there in only some of the networks."""


class FieldDifference(NamedTuple):
    """A field of the specification in which the networks differ; JSON values, one for each network."""

    field: str
    values: tuple[Any, ...]


class Quantity(NamedTuple):
    """A total, one value for each network."""

    key: str
    label: str
    values: tuple[int, ...]

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """Each value against the first network's; None where that is zero."""
        base = self.values[0]
        return tuple(value / base if base else None for value in self.values)


class Place(NamedTuple):
    """A stage or a block at the same place in every network; None where a network has none there."""

    name: str
    rows: tuple[SumRow | None, ...]

    @property
    def status(self) -> Status:
        """How the networks agree here."""
        if None in self.rows:
            return "missing"
        return "same" if len({_look(row) for row in self.rows if row}) == 1 else "changed"


def _look(row: SumRow) -> tuple[object, ...]:
    """What makes two rows the same to a reader."""
    shapes = (row.input_shape, row.output_shape)
    return row.kind, row.shortcut, *shapes, row.blocks, row.params, row.buffers, row.macs, row.elementwise


@dataclass(frozen=True)
class Comparison:
    """Networks side by side, in the order given; the first is the one the others are measured against."""

    names: tuple[str, ...]
    specs: tuple[ModelSpec, ...]
    analyses: tuple[Analysis, ...]

    @cached_property
    def fields(self) -> tuple[FieldDifference, ...]:
        """Only the fields that differ, in the specification's order."""
        columns = [spec.to_dict() for spec in self.specs]
        rows = (FieldDifference(name, tuple(column[name] for column in columns)) for name in columns[0])
        return tuple(row for row in rows if any(value != row.values[0] for value in row.values))

    @cached_property
    def totals(self) -> tuple[Quantity, ...]:
        """Parameters, buffers, MACs, FLOPs, element-wise work, memory, depth."""
        return tuple(
            Quantity(key, label, tuple(value(analysis) for analysis in self.analyses)) for key, label, value in TOTALS
        )

    @cached_property
    def stages(self) -> tuple[Place, ...]:
        """Stem, the stages in order, head."""
        return self._align([{row.path: row for row in analysis.stages} for analysis in self.analyses])

    @cached_property
    def blocks(self) -> tuple[Place, ...]:
        """Every block, aligned by stage and by its number in the stage."""
        return self._align([{row.path: row for row in analysis.blocks} for analysis in self.analyses])

    def _align(self, columns: Sequence[dict[str, SumRow]]) -> tuple[Place, ...]:
        names = sorted({name for column in columns for name in column}, key=running_order)
        return tuple(Place(name, tuple(column.get(name) for column in columns)) for name in names)


TOTALS: tuple[tuple[str, str, Any], ...] = (
    ("params", N_("parameters"), lambda analysis: analysis.total.params),
    ("buffers", N_("buffers"), lambda analysis: analysis.total.buffers),
    ("macs", "MACs", lambda analysis: analysis.total.macs),
    ("flops", FLOPS, lambda analysis: analysis.total.flops),
    ("elementwise", N_("element-wise operations"), lambda analysis: analysis.total.elementwise),
    ("activations", N_("activations"), lambda analysis: analysis.total.activations),
    ("inference_bytes", N_("memory to run one image, bytes"), lambda analysis: analysis.memory.inference),
    ("training_bytes", N_("memory to train on one image, bytes"), lambda analysis: analysis.memory.training),
    ("receptive_field", N_("receptive field, pixels"), lambda analysis: analysis.receptive_field.longest),
    ("depth", N_("layers with weights"), lambda analysis: analysis.graph.depth),
)


def compare(models: Sequence[tuple[str, ModelSpec]]) -> Comparison:
    """The networks of `(name, spec)` pairs side by side; at least one."""
    names, specs = zip(*models, strict=True)
    return Comparison(names, specs, tuple(analyse(assemble(spec)) for spec in specs))


def running_order(name: str) -> tuple[int, ...]:
    """Running order: stem, layer1.0, layer1.1, ..., head."""
    ends = {"stem": (0,), "head": (1_000_000,)}
    return ends[name] if name in ends else tuple(int(part) for part in name.removeprefix("layer").split("."))


def to_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON values."""
    return {
        "models": list(comparison.names),
        "fields": {row.field: list(row.values) for row in comparison.fields},
        "totals": {row.key: {"values": list(row.values), "ratios": list(row.ratios)} for row in comparison.totals},
        "stages": [
            {
                "name": place.name,
                "status": place.status,
                "params": [row.params if row else None for row in place.rows],
                "macs": [row.macs if row else None for row in place.rows],
                "output_shape": [list(row.output_shape) if row else None for row in place.rows],
            }
            for place in comparison.stages
        ],
    }


def difference_tables(comparison: Comparison) -> list[Table]:
    """What differs in the specification, the totals with their ratios to the first, and the stages."""
    heading = (N_("field"), *comparison.names)
    fields = tuple((row.field, *(_field_text(value) for value in row.values)) for row in comparison.fields)
    specification = Table(N_("Specification: what differs"), heading, heading, fields, networks=comparison.names)
    return [specification, _totals_table(comparison), *(_stage_table(comparison, key) for key in ("params", "macs"))]


def _field_text(value: object) -> str:
    """A field's value as JSON writes it, strings without quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def _totals_table(comparison: Comparison) -> Table:
    first, *others = comparison.names
    heading = (N_("quantity"), first, *(part for name in others for part in (name, N_("ratio"))))
    keys = ("quantity", first, *(part for name in others for part in (name, f"{name} / {first}")))
    rows = tuple((row.label, row.values[0], *_with_ratios(row.values[1:], row.ratios[1:])) for row in comparison.totals)
    return Table("Totals", keys, heading, rows, networks=comparison.names)


def _with_ratios(values: Sequence[int], ratios: Sequence[float | None]) -> list[Cell]:
    cells: list[Cell] = []
    for value, ratio in zip(values, ratios, strict=True):
        cells += [value, None if ratio is None else Ratio(ratio)]
    return cells


def _stage_table(comparison: Comparison, key: str) -> Table:
    """One quantity of every stage, and where the networks differ."""
    heading = (N_("stage"), *comparison.names, N_("agreement"))
    rows = tuple(
        (place.name, *(getattr(row, key) if row else None for row in place.rows), place.status)
        for place in comparison.stages
    )
    totals = ("total", *(getattr(analysis.total, key) for analysis in comparison.analyses), None)
    title = sentence("{quantity} by stage", quantity=sentence(COUNTS[key].label))
    return Table(title, heading, heading, rows, totals, networks=comparison.names)
