"""The controls of the body: its blocks, widths, strides and dilations."""

from explorer.model.controls.control import MOST_STAGES, Control
from explorer.model.field_types import Choice, Whole, WholeList
from explorer.model.variants import BLOCKS, PADDINGS, STRIDE_BLOCKS, STRIDES, TRANSITIONS

BODY: dict[str, Control] = {
    "block": Control(Choice(BLOCKS), "Block", "The convolutions of one residual branch.", "Most used"),
    "stage_blocks": Control(
        WholeList(0, 1000, MOST_STAGES),
        "Blocks per stage",
        "The number of blocks in each stage; their sum sets the depth.",
        "Most used",
    ),
    "stage_widths": Control(
        WholeList(1, 8192, MOST_STAGES),
        "Widths per stage",
        "Channels of each stage before the block's expansion.",
        "Body",
    ),
    "cardinality": Control(
        Whole(1, 1024), "Cardinality", "Groups of the 3x3 convolution (Xie et al. 2017).", "Most used"
    ),
    "base_width": Control(
        Whole(1, 1024),
        "Base width",
        "Channels per group at a stage width of 64: inner width = int(width x base width / 64) x cardinality.",
        "Body",
        lambda values: "base_width" in BLOCKS[values.block].uses,
    ),
    "expansion": Control(
        Whole(1, 64, usual=4),
        "Expansion",
        "Output channels of a block per channel of its stage's width; without a number the block's own: 1 for basic, 4"
        " for bottleneck blocks.",
        "Body",
    ),
    "stride_on": Control(
        Choice(STRIDES),
        "Stride in the bottleneck",
        "Which convolution of a bottleneck halves the resolution.",
        "Body",
        lambda values: "stride_on" in BLOCKS[values.block].uses,
    ),
    "stride_block": Control(Choice(STRIDE_BLOCKS), "Stride in the stage", "Which block halves the resolution.", "Body"),
    "stage_strides": Control(
        WholeList(1, 4, MOST_STAGES, optional=True, usual=2),
        "Strides per stage",
        "By how much each stage divides the map's sides. Without them 1, 2, 2, ...; a last stage of 1 keeps the map"
        " larger for re-identification (Luo et al. 2019, last stride).",
        "Body",
    ),
    "padding": Control(
        Choice(PADDINGS), "Padding", "How a strided convolution, the stem's included, pads its map.", "Body"
    ),
    "transition": Control(
        Choice(TRANSITIONS), "Transition", "What changes the shape before the units of each stage.", "Body"
    ),
    "dilations": Control(
        WholeList(1, 16, MOST_STAGES, optional=True),
        "Dilations per stage",
        "A stage whose dilation is larger than the one before keeps its resolution instead of striding; where strides"
        " per stage are given, it has the stride 1.",
        "Body",
    ),
    "multi_grid": Control(
        WholeList(1, 16, MOST_STAGES, optional=True, entry="block"),
        "Multi-grid",
        "Factors on the dilation of the last stage's blocks, in turn: 1, 2, 4 (Chen et al. 2017, DeepLabv3, section"
        " 4.2.1); a short list is repeated.",
        "Body",
    ),
}
"""By the fields' names, in the order of `SpecValues`."""
