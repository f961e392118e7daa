"""One place of several networks, op by op: only the ops that differ."""

from collections.abc import Sequence

from explorer.language import N_, _
from explorer.model import Graph, Node
from explorer.outputs import formatting
from explorer.outputs.drawing.op_labels import op_label
from explorer.outputs.tables.table import Cell, Table

ABSENT = "–"


def op_table(names: Sequence[str], graphs: Sequence[Graph], path: str) -> Table:
    """The ops at `path` (`layer1.0`, `stem`, `head`) that are not the same in all networks, and what the place costs.

    An op that a network lacks is a dash; ops are aligned by their name in the block.
    """
    sides = [_nodes_at(graph, path) for graph in graphs]
    order = list(dict.fromkeys(name for side in sides for name in side))
    rows: list[tuple[Cell, ...]] = []
    for name in order:
        texts = tuple(_op_text(side[name]) if name in side else ABSENT for side in sides)
        if len(set(texts)) > 1:
            rows.append((name, *texts))
    for label, key in ((N_("parameters"), "params"), ("MACs", "macs")):
        rows.append(
            (label, *(sum(getattr(node.cost, key) for node in side.values()) if side else None for side in sides))
        )
    heading = ("op", *names)
    return Table(_("{path}: ops that differ").format(path=path), heading, heading, tuple(rows))


def _nodes_at(graph: Graph, path: str) -> dict[str, Node]:
    for stage, placed in graph.placed_blocks():
        if (placed.path or stage.name) == path:
            return {node.name: node for node in placed.block.nodes}
    return {}


def _op_text(node: Node) -> str:
    """The op, its place and its output: `3 × 3 conv, 64 → 64 × 56 × 56`; and constants it starts at."""
    parts = [_("{op}, on the shortcut").format(op=op_label(node.op)) if node.role == "shortcut" else op_label(node.op)]
    parts.append(formatting.shape(node.shape))
    starts = (_(", {name} starts at {value}").format(name=name, value=f"{value:g}") for name, value in node.init)
    return " → ".join(parts) + "".join(starts)
