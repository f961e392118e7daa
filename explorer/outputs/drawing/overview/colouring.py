"""What the overview's boxes are coloured by: a quantity for every block, and a scale from little to much."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.analysis.network import Analysis, LayerRow
from explorer.language import N_, _
from explorer.outputs import formatting
from explorer.outputs.drawing.overview.plan import drawn_ops
from explorer.outputs.palette import Palette


@dataclass(frozen=True)
class Colouring:
    """A value for each block's path (in stem and head, each op's); what has none keeps its plain colour."""

    label: str
    values: Mapping[str, float]
    format_value: Callable[[float], str]
    """How a value is written: `231.2 M MACs`."""

    @property
    def largest(self) -> float:
        return max(self.values.values(), default=0.0)

    @property
    def summary(self) -> str:
        """A sentence for readers who cannot see the colours: the quantity, and where it is largest."""
        if not self.values:
            return ""
        most = max(self.values, key=self.values.__getitem__)
        return _("Coloured by {quantity}: most in {block}, {value}.").format(
            quantity=self.label, block=most, value=self.format_value(self.largest)
        )

    def colour(self, key: str, theme: Palette) -> str | None:
        """The step of the theme's sequential scale, linear from zero to the largest value."""
        value = self.values.get(key)
        if value is None:
            return None
        steps = theme.sequential
        position = value / self.largest if self.largest else 0.0
        return steps[min(int(position * len(steps)), len(steps) - 1)]


@dataclass(frozen=True)
class Metric:
    """A quantity that every network has."""

    label: str
    value: Callable[[Analysis, list[LayerRow]], float]
    """Of a block, or an op of stem or head, from its layers."""
    format_value: Callable[[float], str]


def _bytes(value: float) -> str:
    return formatting.size(int(value))


METRICS: Mapping[str, Metric] = {
    "params": Metric(N_("parameters"), lambda analysis, rows: sum(row.params for row in rows), formatting.short),
    "macs": Metric("MACs", lambda analysis, rows: sum(row.macs for row in rows), formatting.short),
    "activations": Metric(
        N_("activations kept for training"),
        lambda analysis, rows: sum(analysis.saved[row.path] for row in rows),
        _bytes,
    ),
    "receptive_field": Metric(
        N_("receptive field in pixels"),
        lambda analysis, rows: max(analysis.receptive[row.path].longest for row in rows),
        lambda value: formatting.whole(round(value)),
    ),
}
"""What the overview can be coloured by without measuring anything."""


def colouring(analysis: Analysis, metric: str) -> Colouring:
    """The values of one of `METRICS` for every box of the overview."""
    chosen = METRICS[metric]
    groups: dict[str, list[LayerRow]] = {}
    for row in analysis.layers:
        if row.block:
            groups.setdefault(row.block, []).append(row)
    rows = {row.path: row for row in analysis.layers}
    for stage in analysis.graph.stages:
        if not stage.blocks[0].path:
            groups |= {nodes[0].name: [rows[node.name] for node in nodes] for nodes in drawn_ops(stage)}
    values = {key: chosen.value(analysis, rows) for key, rows in groups.items() if rows}
    return Colouring(_(chosen.label), values, chosen.format_value)
