"""The table of what stochastic depth drops at once."""

from explorer.model.variants.base import Variant

DROP_MODES: dict[str, Variant] = {
    "row": Variant(
        label="for each image",
        help="Each image of a batch has its own chance: some skip a block while others pass through it.",
        source="torchvision's StochasticDepth, mode \"row\"; timm's DropPath",
    ),
    "batch": Variant(
        label="for the whole batch",
        help="A block is skipped by all images of a batch or by none, as in the paper.",
        source='Huang et al. 2016, section 3; torchvision\'s StochasticDepth, mode "batch"',
    ),
}
"""By torchvision's name of the mode."""
