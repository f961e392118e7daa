"""What a skip connection is called and how it is painted, read from the ops that stand on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from explorer.language import N_, _
from explorer.model import Block, Graph
from explorer.outputs.palette import Palette, SkipKind


@dataclass(frozen=True)
class SkipStyle:
    """How one kind of skip connection looks; told apart by colour and by dashes."""

    label: str
    colour: SkipKind
    """Key of `Palette.skip_edges`."""
    dashes: str
    """SVG's `stroke-dasharray`; empty for a full line."""
    dot_style: str
    """Graphviz's `style`."""


STYLES: Mapping[str, SkipStyle] = {
    "identity": SkipStyle(N_("identity"), "identity", "", "solid"),
    "projection": SkipStyle(N_("projection (1 × 1 convolution)"), "projection", "9 3", "dashed"),
    "pad": SkipStyle(N_("padded with zeros"), "padded", "2.5 3", "dotted"),
    "subsample": SkipStyle(N_("subsampled"), "padded", "6 3 2 3", "dashed"),
    "gated": SkipStyle(N_("gated"), "gated", "10 3 2 3", "dashed"),
    "scaled": SkipStyle(N_("scaled"), "gated", "14 4", "dashed"),
    "dropout": SkipStyle(N_("dropout"), "gated", "2 4", "dotted"),
    "changed": SkipStyle(N_("changed"), "gated", "5 5", "dashed"),
}
"""Every kind of skip connection, by the word that follows `skip` in its class."""

KIND_OF_OP: Mapping[str, str] = {
    "Conv2d": "projection",
    "StandardizedConv2d": "projection",
    "PadShortcut": "pad",
    "PadBehind": "pad",
    "MaxPool2d": "subsample",
    "Multiply": "gated",
    "Scale": "scaled",
    "Dropout": "dropout",
}
"""What an op on the shortcut makes of it."""

ACCOMPANY = frozenset({"AvgPool2d", "BatchNorm2d", "DilatedAvgPool2d", "GroupNorm"})
"""Ops that come with a projection or with zeros, and do not name the shortcut."""


class Skip(NamedTuple):
    """A block's skip connection: everything that happens on it, in order; `("identity",)` where nothing does."""

    kinds: tuple[str, ...]

    @property
    def css(self) -> str:
        """Class of its edges: `skip projection gated`."""
        return " ".join(("skip", *self.kinds))

    @property
    def label(self) -> str:
        """`projection, gated`."""
        return ", ".join(map(_, self.kinds))

    @property
    def style(self) -> SkipStyle:
        """The colour of the first thing that happens on it, the dashes of the last, and the words for all."""
        first, last = STYLES[self.kinds[0]], STYLES[self.kinds[-1]]
        label = ", ".join(_(STYLES[kind].label) for kind in self.kinds)
        return SkipStyle(label, first.colour, last.dashes, last.dot_style)

    def colour(self, theme: Palette) -> str:
        """Its line's colour."""
        return theme.skip_edges[self.style.colour]


def skip_of(block: Block) -> Skip | None:
    """The block's skip connection; None in a plain block, in stem and head."""
    if block.merge is None:
        return None
    on_shortcut = [type(node.op).__name__ for node in block.nodes if node.role == "shortcut"]
    kinds = [KIND_OF_OP.get(name, "changed") for name in on_shortcut if name not in ACCOMPANY]
    return Skip(tuple(dict.fromkeys(kinds)) or ("identity",))


def skips_of(graph: Graph) -> set[Skip]:
    """The skip connections that occur in the network, each once."""
    distinct = {id(placed.block): placed.block for _, placed in graph.placed_blocks()}
    return {skip for block in distinct.values() if (skip := skip_of(block))}


def styles_of(skips: Iterable[Skip]) -> list[SkipStyle]:
    """The looks of skip connections, each once, in the order of `STYLES`."""
    order = list(STYLES)
    ordered = sorted(set(skips), key=lambda skip: [order.index(kind) for kind in skip.kinds])
    return [skip.style for skip in ordered]
