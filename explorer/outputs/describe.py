"""A network as plain data: the JSON of the command line, and what `describe` gives in Python."""

from typing import Any

from explorer.analysis.memory import Memory
from explorer.analysis.network import Analysis, LayerRow, SumRow, analyse
from explorer.analysis.verification_claims import proof_to_dict, prove
from explorer.model import ModelSpec, assemble
from explorer.outputs.tables.columns import BLOCK_COLUMNS

OF_SUMS = ("kernel", "stride", "groups", "output_bytes", "saved_bytes", "field_shortest", "field_longest")
"""What a stage's and a block's columns say beyond the row's own fields."""


def describe(spec: ModelSpec) -> dict[str, Any]:
    """The network as JSON values: `spec`, `proof`, `totals`, `stages`, `blocks` and `layers`.

    Counts are for one example. `params` are trainable, `buffers` running means and variances; `macs` are multiply-adds
    and `flops` twice as many; `elementwise` lists norms, activations, adds, pools and gates; `activations` counts
    outputs of convolutions and linear layers; bytes are for 32-bit floats. Shapes are lists, `[C, H, W]` or `[N]`.
    """
    analysis = analyse(assemble(spec))
    return {
        "spec": spec.to_dict(),
        "proof": proof_to_dict(prove(spec)),
        "totals": totals(analysis),
        "stages": [{"name": row.path, **_sum(row, analysis)} for row in analysis.stages],
        "blocks": [{"path": row.path, "stage": row.stage, **_sum(row, analysis)} for row in analysis.blocks],
        "layers": [_layer(row, analysis) for row in analysis.layers],
    }


def totals(analysis: Analysis) -> dict[str, Any]:
    """The whole network's counts."""
    field = analysis.receptive_field
    return {
        **_counts(analysis.total),
        "elementwise": analysis.total.elementwise_counts,
        "memory": _memory(analysis.memory),
        "receptive_field": {"shortest": field.shortest, "longest": field.longest},
        "blocks": analysis.total.blocks,
        "layers": len(analysis.layers),
    }


def _counts(row: SumRow | LayerRow) -> dict[str, int]:
    return {
        "params": row.params,
        "buffers": row.buffers,
        "macs": row.macs,
        "flops": row.flops,
        "activations": row.activations,
    }


def _memory(memory: Memory) -> dict[str, int]:
    """Bytes at batch 1."""
    return {
        "weights": memory.weights,
        "buffers": memory.buffers,
        "gradients": memory.gradients,
        "optimizer": memory.optimizer,
        "saved_activations": memory.saved_activations,
        "training": memory.training,
        "inference_activations": memory.inference_activations,
        "inference": memory.inference,
    }


def _sum(row: SumRow, analysis: Analysis) -> dict[str, Any]:
    """A stage or a block."""
    cells = {name: BLOCK_COLUMNS[name].value(analysis, row) for name in OF_SUMS}
    return {
        "kind": row.kind,
        "blocks": row.blocks,
        "shortcut": row.shortcut,
        "input_shape": list(row.input_shape),
        "output_shape": list(row.output_shape),
        **_counts(row),
        "elementwise": row.elementwise_counts,
        **{name: cells[name] for name in OF_SUMS if not name.startswith("field_")},
        "receptive_field": {"shortest": cells["field_shortest"], "longest": cells["field_longest"]},
        **_shares(row, analysis),
    }


def _shares(row: SumRow | LayerRow, analysis: Analysis) -> dict[str, float]:
    """Parts of the whole network's parameters and MACs, 0 to 1."""
    return {"params_share": analysis.share(row, "params"), "macs_share": analysis.share(row, "macs")}


def _layer(row: LayerRow, analysis: Analysis) -> dict[str, Any]:
    field = analysis.receptive[row.path]
    return {
        "path": row.path,
        "op": row.op,
        "stage": row.stage,
        "role": row.role,
        "input_shape": list(row.input_shape),
        "output_shape": list(row.output_shape),
        "kernel": row.kernel,
        "stride": row.stride,
        "groups": row.groups,
        **_counts(row),
        "elementwise": {row.elementwise_category: row.elementwise} if row.elementwise else {},
        "output_bytes": row.output_bytes,
        "saved_bytes": analysis.saved[row.path],
        "receptive_field": {"shortest": field.shortest, "longest": field.longest},
        **_shares(row, analysis),
    }
