"""The table of what stochastic depth drops at once."""

from dataclasses import dataclass

from explorer.language import N_
from explorer.model.variants.base import Variant


@dataclass(frozen=True, kw_only=True)
class DropMode(Variant):
    """What is dropped together; `mode` is that of torchvision's StochasticDepth."""

    mode: str


DROP_MODES: dict[str, DropMode] = {
    "row": DropMode(
        label=N_("for each image"),
        help=N_("Each image of a batch has its own chance: some skip a block while others pass through it."),
        source=N_("torchvision's StochasticDepth, mode \"row\"; timm's DropPath"),
        mode="row",
    ),
    "batch": DropMode(
        label=N_("for the whole batch"),
        help=N_("A block is skipped by all images of a batch or by none, as in the paper."),
        source=N_('Huang et al. 2016, section 3; torchvision\'s StochasticDepth, mode "batch"'),
        mode="batch",
    ),
}
"""By torchvision's name of the mode."""
