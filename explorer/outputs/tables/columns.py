"""The columns that tables of stages, blocks and layers may have: a heading, a row's entry, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from explorer.analysis.network import Analysis, LayerRow, SumRow
from explorer.outputs.formatting import FLOPS
from explorer.outputs.tables.table import Cell, Share

Row = LayerRow | SumRow


@dataclass(frozen=True)
class Column:
    """One column: its heading, and a row's entry."""

    label: str
    value: Callable[[Analysis, Row], Cell]
    totals: bool = False
    """Whether the last line holds the column's sum."""
    help: str = ""
    """A sentence that explains the column."""


ON_THE_WAY = {"branch", "stem"}
"""Roles of the windows that make up a block's kernel; projections, gates and attention are not on the path."""


def _of(name: str) -> Callable[[Analysis, Row], Cell]:
    """The row's own field."""
    return lambda _, row: getattr(row, name)


def _share(name: str) -> Callable[[Analysis, Row], Cell]:
    return lambda analysis, row: Share(analysis.share(row, name))


def _last(analysis: Analysis, row: Row) -> LayerRow:
    """The layer, or the last one of a sum."""
    return row if isinstance(row, LayerRow) else analysis.layers_inside[row.path][-1]


def _field(name: str) -> Callable[[Analysis, Row], Cell]:
    """A side of the receptive field of the row's output."""
    return lambda analysis, row: getattr(analysis.receptive[_last(analysis, row).path], name)


def _over_layers(value: Callable[[Analysis, LayerRow], int]) -> Callable[[Analysis, Row], Cell]:
    """The sum of a value over the layers inside, or the layer's own."""
    return lambda analysis, row: sum(
        value(analysis, layer) for layer in ((row,) if isinstance(row, LayerRow) else analysis.layers_inside[row.path])
    )


def _kernels(analysis: Analysis, row: Row) -> Cell:
    """Kernels of each distinct block along its branch: `1-3-1`."""
    by_block: dict[str, list[str]] = {}
    for layer in analysis.layers_inside[row.path]:
        if layer.kernel is not None and layer.role in ON_THE_WAY:
            by_block.setdefault(layer.block, []).append(str(layer.kernel))
    return ", ".join(dict.fromkeys("-".join(kernels) for kernels in by_block.values())) or None


def _stride(analysis: Analysis, row: Row) -> Cell:
    """By what factor the block makes each side of the map smaller; None where a global pool ends it."""
    inside = analysis.layers_inside[row.path]
    strides = [layer.stride or 1 for layer in inside if layer.role in ON_THE_WAY]
    return prod(strides) if len(inside[-1].output_shape) > 1 else None


def _groups(analysis: Analysis, row: Row) -> Cell:
    return max((layer.groups for layer in analysis.layers_inside[row.path] if layer.groups), default=None)


FIELDS: Mapping[str, Column] = {
    "field_shortest": Column(
        "field, shortest",
        _field("shortest"),
        help="Receptive field of a value of the output along the shortest way, over every shortcut: side in image"
        " pixels, not cut at the border.",
    ),
    "field_longest": Column(
        "field, longest",
        _field("longest"),
        help="Receptive field of a value of the output along the longest way, through every branch: the receptive"
        " field in the usual sense, side in image pixels, not cut at the border.",
    ),
    "field_stride": Column(
        "effective stride",
        _field("step"),
        help="Image pixels from one value of the output to its neighbour; 0 after a global pool.",
    ),
    "field_padding": Column(
        "effective padding",
        _field("padding"),
        help="Image pixels by which the first value's field, along the longest way, begins before the image (Araujo et"
        " al. 2019).",
    ),
}
COUNTS: Mapping[str, Column] = {
    "params": Column("parameters", _of("params"), totals=True, help="Trainable parameters."),
    "params_share": Column(
        "share of parameters", _share("params"), totals=True, help="Part of the network's parameters."
    ),
    "buffers": Column("buffers", _of("buffers"), totals=True, help="Running means and variances, not trained."),
    "macs": Column(
        "MACs",
        _of("macs"),
        totals=True,
        help="Multiply-adds of convolutions, blurs among them, and linear layers, for one image.",
    ),
    "macs_share": Column("share of MACs", _share("macs"), totals=True, help="Part of the network's MACs."),
    "flops": Column(FLOPS, _of("flops"), totals=True, help="A multiplication and an addition counted apart."),
    "elementwise": Column(
        "element-wise",
        _of("elementwise"),
        totals=True,
        help="Operations of norms, activations, additions, pools and gates, for one image; in no MACs.",
    ),
    "activations": Column(
        "activations",
        _of("activations"),
        totals=True,
        help="Values in the outputs of the layers that have MACs (Radosavovic et al. 2020, section 3.1).",
    ),
}
"""What can be counted of any row."""
BYTES: Mapping[str, Column] = {
    "output_bytes": Column(
        "outputs, bytes",
        _over_layers(lambda _, layer: layer.output_bytes),
        totals=True,
        help="Inference: bytes of all outputs, for one image in 32-bit floats. They do not live all at once.",
    ),
    "saved_bytes": Column(
        "kept for training, bytes",
        _over_layers(lambda analysis, layer: analysis.saved[layer.path]),
        totals=True,
        help="Training: bytes that autograd keeps from the forward for the backward pass, for one image in 32-bit"
        " floats, entered where they are made; the image itself is in no row.",
    ),
}

LAYER_COLUMNS: Mapping[str, Column] = {
    "path": Column("layer", _of("path"), help="As in a state_dict."),
    "op": Column("op", _of("op"), help="The class, as torch calls it."),
    "stage": Column("stage", _of("stage")),
    "role": Column("role", _of("role"), help="Where it stands: on the branch, on the shortcut, at the sum, ..."),
    "input_shape": Column("input", _of("input_shape"), help="Channels × height × width."),
    "output_shape": Column("output", _of("output_shape"), help="Channels × height × width."),
    "kernel": Column("kernel", _of("kernel"), help="Side of the window."),
    "stride": Column("stride", _of("stride")),
    "padding": Column("padding", _of("padding"), help="Rows and columns of zeros on each side."),
    "dilation": Column("dilation", _of("dilation"), help="Places from one value of the window to the next."),
    "groups": Column("groups", _of("groups"), help="Groups of the convolution."),
    **COUNTS,
    "ledger": Column("kind", _of("elementwise_category"), help="The category of the element-wise work."),
    **BYTES,
    **FIELDS,
}
SUM_COLUMNS: Mapping[str, Column] = {
    "kind": Column("kind", _of("kind")),
    "shortcut": Column("shortcut", _of("shortcut"), help="How x goes past the branch."),
    "input_shape": Column("input", _of("input_shape"), help="Channels × height × width."),
    "output_shape": Column("output", _of("output_shape"), help="Channels × height × width."),
    "kernel": Column("kernels", _kernels, help="Sides of the windows on the way through the branch, one by one."),
    "stride": Column("stride", _stride, help="How many times smaller each side of the map gets."),
    "groups": Column("groups", _groups, help="The most groups of a convolution."),
    **COUNTS,
    **BYTES,
    **FIELDS,
}
STAGE_COLUMNS: Mapping[str, Column] = {
    "name": Column("stage", _of("path")),
    "blocks": Column("blocks", _of("blocks"), totals=True, help="Residual blocks, stem and head not counted."),
    **SUM_COLUMNS,
}
BLOCK_COLUMNS: Mapping[str, Column] = {
    "path": Column("block", _of("path")),
    "stage": Column("stage", _of("stage")),
    **SUM_COLUMNS,
}
