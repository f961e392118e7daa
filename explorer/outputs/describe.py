"""A network as plain data: the JSON of the command line, and what `describe` gives in Python."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from explorer.analysis.lookup import count_tensors
from explorer.analysis.network import Analysis, LayerRow, SumRow, analyse
from explorer.analysis.verification_claims import proof_to_dict, prove
from explorer.model import ModelSpec, assemble
from explorer.outputs.tables.columns import BLOCK_COLUMNS, LAYER_COLUMNS, Column, Row

COUNTS = ("params", "buffers", "macs", "flops", "activations")
MEMORY = (
    "weights",
    "buffers",
    "gradients",
    "optimizer",
    "saved_activations",
    "training",
    "inference_activations",
    "inference",
)
"""Bytes at batch 1."""
SHAPES = ("input_shape", "output_shape")
WINDOW = ("kernel", "stride", "groups")
FIELD = ("shortest", "longest", "stride", "padding")
"""Of the receptive field, in image pixels; `stride` and `padding` are the effective ones."""


def describe(spec: ModelSpec) -> dict[str, Any]:
    """The network as JSON values: `spec`, `proof`, `totals`, `stages`, `blocks` and `layers`.

    Counts are for one example. `params` are trainable, in `tensors` tensors; `buffers` are running means and variances;
    `macs` are multiply-adds and `flops` twice as many; `elementwise` lists norms, activations, adds, pools and gates;
    `activations` counts outputs of the layers that have MACs; bytes are for 32-bit floats. Shapes are lists,
    `[C, H, W]` or `[N]`.
    """
    graph = assemble(spec)
    analysis = analyse(graph)
    return {
        "spec": spec.to_dict(),
        "proof": proof_to_dict(prove(spec)),
        "totals": totals(analysis) | {"tensors": count_tensors(graph)},
        "stages": [{"name": row.path, **_sum(row, analysis)} for row in analysis.stages],
        "blocks": [{"path": row.path, "stage": row.stage, **_sum(row, analysis)} for row in analysis.blocks],
        "layers": [_layer(row, analysis) for row in analysis.layers],
    }


def totals(analysis: Analysis) -> dict[str, Any]:
    """The whole network's counts."""
    field = analysis.receptive_field
    return {
        **_attributes(analysis.total, *COUNTS),
        "elementwise": analysis.total.elementwise_counts,
        "memory": _attributes(analysis.memory, *MEMORY),
        "receptive_field": dict(zip(FIELD, (field.shortest, field.longest, field.step, field.padding), strict=True)),
        "blocks": analysis.total.blocks,
        "layers": len(analysis.layers),
    }


def _attributes(found: object, *names: str) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}


def _sum(row: SumRow, analysis: Analysis) -> dict[str, Any]:
    """A stage or a block."""
    cells = partial(_cells, BLOCK_COLUMNS, row, analysis)
    return {
        **cells("kind"),
        "blocks": row.blocks,
        **cells("shortcut", *SHAPES, *COUNTS),
        "elementwise": row.elementwise_counts,
        **cells(*WINDOW),
        **_end(cells),
    }


def _layer(row: LayerRow, analysis: Analysis) -> dict[str, Any]:
    cells = partial(_cells, LAYER_COLUMNS, row, analysis)
    elementwise = {row.elementwise_category: row.elementwise} if row.elementwise else {}
    names = ("path", "op", "stage", "role", *SHAPES, *WINDOW, "padding", "dilation", *COUNTS)
    return {**cells(*names), "elementwise": elementwise, **_end(cells)}


def _end(cells: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Bytes, receptive field, and the parts of the whole network's parameters and MACs, 0 to 1."""
    field = {name: cells(f"field_{name}")[f"field_{name}"] for name in FIELD}
    return {**cells("output_bytes", "saved_bytes"), "receptive_field": field, **cells("params_share", "macs_share")}


def _cells(columns: Mapping[str, Column], row: Row, analysis: Analysis, *names: str) -> dict[str, Any]:
    """Some of the row's columns as JSON values: shapes are lists."""
    values = {name: columns[name].value(analysis, row) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
