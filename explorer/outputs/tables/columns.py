"""The columns that tables of stages, blocks and layers may have: a heading, a row's entry, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from explorer.analysis.network import Analysis, LayerRow, SumRow
from explorer.language import N_
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


WORDS_OF_GRAPHS = (
    *(N_("single"), N_("basic"), N_("basic_late"), N_("narrow_wide"), N_("bottleneck"), N_("transition")),
    *(N_("identity"), N_("none"), N_("pad"), N_("pad_behind"), N_("pad_average"), N_("subsample")),
    *(N_("projection"), N_("projection_all"), N_("avg_projection")),
    *(N_("branch"), N_("shortcut"), N_("gate"), N_("attention"), N_("merge"), N_("after")),
    *(N_("norm"), N_("activation"), N_("add"), N_("pool")),
)
"""A graph's kinds of block, of shortcut, of role and of element-wise work, which pages translate where they show"
" them."""
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
        N_("field, shortest"),
        _field("shortest"),
        help=N_(
            "Receptive field of a value of the output along the shortest way, over every shortcut: side in image"
            " pixels, not cut at the border."
        ),
    ),
    "field_longest": Column(
        N_("field, longest"),
        _field("longest"),
        help=N_(
            "Receptive field of a value of the output along the longest way, through every branch: the receptive"
            " field in the usual sense, side in image pixels, not cut at the border."
        ),
    ),
    "field_stride": Column(
        N_("effective stride"),
        _field("step"),
        help=N_("Image pixels from one value of the output to its neighbour; 0 after a global pool."),
    ),
    "field_padding": Column(
        N_("effective padding"),
        _field("padding"),
        help=N_(
            "Image pixels by which the first value's field, along the longest way, begins before the image (Araujo et"
            " al. 2019)."
        ),
    ),
}
COUNTS: Mapping[str, Column] = {
    "params": Column(N_("parameters"), _of("params"), totals=True, help=N_("Trainable parameters.")),
    "params_share": Column(
        N_("share of parameters"), _share("params"), totals=True, help=N_("Part of the network's parameters.")
    ),
    "buffers": Column(N_("buffers"), _of("buffers"), totals=True, help=N_("Running means and variances, not trained.")),
    "macs": Column(
        N_("MACs"),
        _of("macs"),
        totals=True,
        help=N_("Multiply-adds of convolutions, blurs among them, and linear layers, for one image."),
    ),
    "macs_share": Column(N_("share of MACs"), _share("macs"), totals=True, help=N_("Part of the network's MACs.")),
    "flops": Column(FLOPS, _of("flops"), totals=True, help=N_("A multiplication and an addition counted apart.")),
    "elementwise": Column(
        N_("element-wise"),
        _of("elementwise"),
        totals=True,
        help=N_("Operations of norms, activations, additions, pools and gates, for one image; in no MACs."),
    ),
    "activations": Column(
        N_("activations"),
        _of("activations"),
        totals=True,
        help=N_("Values in the outputs of the layers that have MACs (Radosavovic et al. 2020, section 3.1)."),
    ),
}
"""What can be counted of any row."""
BYTES: Mapping[str, Column] = {
    "output_bytes": Column(
        N_("outputs, bytes"),
        _over_layers(lambda _, layer: layer.output_bytes),
        totals=True,
        help=N_("Inference: bytes of all outputs, for one image in 32-bit floats. They do not live all at once."),
    ),
    "saved_bytes": Column(
        N_("kept for training, bytes"),
        _over_layers(lambda analysis, layer: analysis.saved[layer.path]),
        totals=True,
        help=N_(
            "Training: bytes that autograd keeps from the forward for the backward pass, for one image in 32-bit"
            " floats, entered where they are made; the image itself is in no row."
        ),
    ),
}

LAYER_COLUMNS: Mapping[str, Column] = {
    "path": Column(N_("layer"), _of("path"), help=N_("As in a state_dict.")),
    "op": Column(N_("op"), _of("op"), help=N_("The class, as torch calls it.")),
    "stage": Column(N_("stage"), _of("stage")),
    "role": Column(
        N_("role"), _of("role"), help=N_("Where it stands: on the branch, on the shortcut, at the sum, ...")
    ),
    "input_shape": Column(N_("input"), _of("input_shape"), help=N_("Channels × height × width.")),
    "output_shape": Column(N_("output"), _of("output_shape"), help=N_("Channels × height × width.")),
    "kernel": Column(N_("kernel"), _of("kernel"), help=N_("Side of the window.")),
    "stride": Column(N_("stride"), _of("stride")),
    "padding": Column(N_("padding"), _of("padding"), help=N_("Rows and columns of zeros on each side.")),
    "dilation": Column(N_("dilation"), _of("dilation"), help=N_("Places from one value of the window to the next.")),
    "groups": Column(N_("groups"), _of("groups"), help=N_("Groups of the convolution.")),
    **COUNTS,
    "ledger": Column(N_("kind"), _of("elementwise_category"), help=N_("The category of the element-wise work.")),
    **BYTES,
    **FIELDS,
}
SUM_COLUMNS: Mapping[str, Column] = {
    "kind": Column(N_("kind"), _of("kind")),
    "shortcut": Column(N_("shortcut"), _of("shortcut"), help=N_("How x goes past the branch.")),
    "input_shape": Column(N_("input"), _of("input_shape"), help=N_("Channels × height × width.")),
    "output_shape": Column(N_("output"), _of("output_shape"), help=N_("Channels × height × width.")),
    "kernel": Column(
        N_("kernels"), _kernels, help=N_("Sides of the windows on the way through the branch, one by one.")
    ),
    "stride": Column(N_("stride"), _stride, help=N_("How many times smaller each side of the map gets.")),
    "groups": Column(N_("groups"), _groups, help=N_("The most groups of a convolution.")),
    **COUNTS,
    **BYTES,
    **FIELDS,
}
STAGE_COLUMNS: Mapping[str, Column] = {
    "name": Column(N_("stage"), _of("path")),
    "blocks": Column(N_("blocks"), _of("blocks"), totals=True, help=N_("Residual blocks, stem and head not counted.")),
    **SUM_COLUMNS,
}
BLOCK_COLUMNS: Mapping[str, Column] = {
    "path": Column(N_("block"), _of("path")),
    "stage": Column(N_("stage"), _of("stage")),
    **SUM_COLUMNS,
}
