"""The controls of the body: its blocks, widths, strides and dilations."""

from explorer.language import N_
from explorer.model.controls.control import MOST_STAGES, Control
from explorer.model.field_types import Choice, Whole, WholeList
from explorer.model.variants import BLOCKS, PADDINGS, STRIDE_BLOCKS, STRIDES, TRANSITIONS

BODY: dict[str, Control] = {
    "block": Control(Choice(BLOCKS), N_("Block"), N_("The convolutions of one residual branch."), N_("Most used")),
    "stage_blocks": Control(
        WholeList(0, 1000, MOST_STAGES),
        N_("Blocks per stage"),
        N_("The number of blocks in each stage; their sum sets the depth."),
        N_("Most used"),
        short=N_("Blocks"),
    ),
    "stage_widths": Control(
        WholeList(1, 8192, MOST_STAGES),
        N_("Widths per stage"),
        N_("Channels of each stage before the block's expansion."),
        N_("Body"),
        short=N_("Widths"),
    ),
    "cardinality": Control(
        Whole(1, 1024), N_("Cardinality"), N_("Groups of the 3x3 convolution (Xie et al. 2017)."), N_("Most used")
    ),
    "base_width": Control(
        Whole(1, 1024),
        N_("Base width"),
        N_("Channels per group at a stage width of 64: inner width = int(width x base width / 64) x cardinality."),
        N_("Body"),
        lambda values: "base_width" in BLOCKS[values.block].uses,
    ),
    "expansion": Control(
        Whole(1, 64, usual=4),
        N_("Expansion"),
        N_(
            "Output channels of a block per channel of its stage's width; without a number the block's own: 1 for"
            " basic, 4 for bottleneck blocks."
        ),
        N_("Body"),
    ),
    "stride_on": Control(
        Choice(STRIDES),
        N_("Stride in the bottleneck"),
        N_("Which convolution of a bottleneck halves the resolution."),
        N_("Body"),
        lambda values: "stride_on" in BLOCKS[values.block].uses,
    ),
    "stride_block": Control(
        Choice(STRIDE_BLOCKS), N_("Stride in the stage"), N_("Which block halves the resolution."), N_("Body")
    ),
    "stage_strides": Control(
        WholeList(1, 4, MOST_STAGES, optional=True, usual=2),
        N_("Strides per stage"),
        N_(
            "By how much each stage divides the map's sides. Without them 1, 2, 2, ...; a last stage of 1 keeps the map"
            " larger for re-identification (Luo et al. 2019, last stride)."
        ),
        N_("Body"),
        short=N_("Strides"),
    ),
    "padding": Control(
        Choice(PADDINGS), N_("Padding"), N_("How a strided convolution, the stem's included, pads its map."), N_("Body")
    ),
    "transition": Control(
        Choice(TRANSITIONS), N_("Transition"), N_("What changes the shape before the units of each stage."), N_("Body")
    ),
    "dilations": Control(
        WholeList(1, 16, MOST_STAGES, optional=True),
        N_("Dilations per stage"),
        N_(
            "A stage whose dilation is larger than the one before keeps its resolution instead of striding; where"
            " strides per stage are given, it has the stride 1."
        ),
        N_("Body"),
        short=N_("Dilations"),
    ),
    "multi_grid": Control(
        WholeList(1, 16, MOST_STAGES, optional=True, entry="block"),
        N_("Multi-grid"),
        N_(
            "Factors on the dilation of the last stage's blocks, in turn: 1, 2, 4 (Chen et al. 2017, DeepLabv3, section"
            " 4.2.1); a short list is repeated."
        ),
        N_("Body"),
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
