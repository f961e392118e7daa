"""The table of what stochastic depth drops at once."""

from dataclasses import dataclass

from explorer.model.variants.base import Variant


@dataclass(frozen=True, kw_only=True)
class DropMode(Variant):
    """What is dropped together; `mode` is that of torchvision's StochasticDepth."""

    mode: str


DROP_MODES: dict[str, DropMode] = {
    "row": DropMode(
        label="for each image",
        help="Each image of a batch has its own chance: some skip a block while others pass through it.",
        source="torchvision's StochasticDepth, mode \"row\"; timm's DropPath",
        mode="row",
    ),
    "batch": DropMode(
        label="for the whole batch",
        help="A block is skipped by all images of a batch or by none, as in the paper.",
        source='Huang et al. 2016, section 3; torchvision\'s StochasticDepth, mode "batch"',
        mode="batch",
    ),
}
"""By torchvision's name of the mode."""
