"""Wide ResNets for CIFAR and SVHN (Zagoruyko & Komodakis 2016)."""

from explorer.language import N_, sentence
from explorer.model.presets.tables.rows import CIFAR_COMMON, PREACT, Row, Table, thirds, with_hundred_classes


def _wide(depth: int, k: int, dropout: float = 0.0) -> Row:
    """WRN-depth-k: depth counts the convolutions, those of the three projections too, so n = (depth - 4) / 6.

    Zagoruyko & Komodakis 2016, section 3; the linear layer is not counted.
    """
    name, title = f"cifar_wrn{depth}_{k}", f"WRN-{depth}-{k}"
    fields = {"stage_blocks": thirds(depth, 2, offset=4), "stage_widths": (16 * k, 32 * k, 64 * k)}
    if dropout:
        return Row(
            f"{name}_dropout",
            sentence("{network} with dropout", network=title),
            fields | {"block_dropout": dropout},
            depth=depth,
        )
    return Row(name, title, fields, depth=depth)


def _on_svhn(depth: int, k: int) -> Row:
    """Street View House Numbers: stronger dropout (Zagoruyko & Komodakis 2016, section 3)."""
    fields = _wide(depth, k).fields | {"block_dropout": 0.4}
    return Row(
        f"svhn_wrn{depth}_{k}_dropout",
        sentence("{network} with dropout, SVHN", network=f"WRN-{depth}-{k}"),
        fields,
        depth=depth,
    )


WIDE_SHAPES = (
    *((40, 1), (40, 2), (40, 4), (40, 8), (28, 10), (28, 12), (22, 8), (22, 10), (16, 8), (16, 10)),
    *((16, 4), (52, 1)),
)
DROPPED_SHAPES = ((16, 4), (28, 10), (52, 1), (40, 10))
WIDE_ROWS = (
    *(_wide(depth, k) for depth, k in WIDE_SHAPES),
    *(_wide(depth, k, dropout=0.3) for depth, k in DROPPED_SHAPES),
)

WIDE = Table(
    N_("CIFAR wide"),
    N_("Zagoruyko & Komodakis 2016, Tables 3 to 6 and 9"),
    CIFAR_COMMON | PREACT,
    (
        *WIDE_ROWS,
        *map(with_hundred_classes, WIDE_ROWS),
        _wide(28, 2),
        Row(
            "cifar_wrn40_2_1conv",
            N_("WRN-40-2, one convolution a block"),
            {"block": "single", "stage_blocks": thirds(40, 1, offset=4), "stage_widths": (32, 64, 128)},
            depth=40,
        ),
        *(_on_svhn(*shape) for shape in ((16, 4), (16, 8), (52, 1))),
    ),
)
