"""The ops of one unit, in order, as the papers' figures show them; and the sizes that rules of rounding give."""

from typing import Any

import pytest

from explorer.model import Block, ModelSpec, assemble
from explorer.model.ops import ChannelConv1d, Conv2d, Dropout, GroupNorm, StochasticDepth

NET: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (2, 2),
    "stage_widths": (16, 32),
    "stem": "cifar",
    "stem_width": 16,
    "image_size": 16,
}


def block_at(path: str, **fields: Any) -> Block:
    graph = assemble(ModelSpec(**{**NET, **fields}))
    return next(placed.block for _, placed in graph.placed_blocks() if placed.path == path)


def names(path: str, **fields: Any) -> str:
    return " ".join(node.name for node in block_at(path, **fields).nodes)


def convolutions(path: str, **fields: Any) -> dict[str, Conv2d]:
    return {node.name: node.op for node in block_at(path, **fields).nodes if isinstance(node.op, Conv2d)}


@pytest.mark.parametrize(
    ("order", "basic", "bottleneck", "head"),
    [
        ("post", "conv1 bn1 act1 conv2 bn2 add act2", "conv1 bn1 act1 conv2 bn2 act2 conv3 bn3 add act3", ""),
        ("bn_after_add", "conv1 bn1 act1 conv2 add bn2 act2", "conv1 bn1 act1 conv2 bn2 act2 conv3 add bn3 act3", ""),
        (
            "relu_before_add",
            "conv1 bn1 act1 conv2 bn2 act2 add",
            "conv1 bn1 act1 conv2 bn2 act2 conv3 bn3 act3 add",
            "",
        ),
        (
            "relu_only_preact",
            "act1 conv1 bn1 act2 conv2 bn2 add",
            "act1 conv1 bn1 act2 conv2 bn2 act3 conv3 bn3 add",
            "act ",
        ),
        (
            "preact",
            "bn1 act1 conv1 bn2 act2 conv2 add",
            "bn1 act1 conv1 bn2 act2 conv2 bn3 act3 conv3 add",
            "norm act ",
        ),
    ],
)
def test_orders_of_he_2016_figure_4(order: str, basic: str, bottleneck: str, head: str) -> None:
    assert names("layer1.1", activation_order=order) == basic
    assert names("layer1.1", activation_order=order, block="bottleneck") == bottleneck
    ending = assemble(ModelSpec(**NET, activation_order=order)).stages[-1].blocks[0].block
    assert " ".join(node.name for node in ending.nodes) == f"{head}avgpool flatten fc"


@pytest.mark.parametrize(
    ("skip", "added"),
    [
        ("identity", ""),
        ("scale", "skip_scale "),
        ("exclusive_gate", "gate.0 gate.1 carry carried gated "),
        ("shortcut_gate", "gate.0 gate.1 carry carried "),
        ("conv1x1", "downsample.0 downsample.1 "),
        ("dropout", "skip_dropout "),
    ],
)
def test_skips_of_he_2016_figure_2(skip: str, added: str) -> None:
    assert names("layer1.1", skip=skip) == f"conv1 bn1 act1 conv2 bn2 {added}add act2"
    merge = next(node for node in block_at("layer1.1", skip=skip).nodes if node.name == "add")
    branch, shortcut = merge.inputs
    assert branch == ("gated" if skip == "exclusive_gate" else "bn2")
    ends = {"identity": "x", "scale": "skip_scale", "conv1x1": "downsample.1", "dropout": "skip_dropout"}
    assert shortcut == ends.get(skip, "carried")


@pytest.mark.parametrize(
    ("shortcut", "same", "changed"),
    [
        ("none", (), ()),
        ("pad", (), ("pad",)),
        ("projection", (), ("downsample.0", "downsample.1")),
        ("projection_all", ("downsample.0", "downsample.1"), ("downsample.0", "downsample.1")),
        ("avg_projection", (), ("downsample.0", "downsample.1", "downsample.2")),
    ],
)
def test_shortcuts_are_placed_where_the_shape_changes(shortcut: str, same: Any, changed: Any) -> None:
    for path, expected in (("layer1.0", same), ("layer1.1", same), ("layer2.0", changed), ("layer2.1", same)):
        placed = block_at(path, shortcut=shortcut).nodes
        assert tuple(node.name for node in placed if node.role == "shortcut") == expected
        assert ("add" in {node.name for node in placed}) == (shortcut != "none")


def test_conv1x1_replaces_padding_too() -> None:
    assert "pad" not in names("layer2.0", skip="conv1x1", shortcut="pad")
    assert convolutions("layer2.0", skip="conv1x1", shortcut="pad")["downsample.0"].stride == 2


@pytest.mark.parametrize(("stride_on", "strides"), [("3x3", (1, 2, 1)), ("1x1", (2, 1, 1))])
def test_v1_5_and_v1_stride_in_another_convolution(stride_on: str, strides: tuple[int, ...]) -> None:
    placed = convolutions("layer2.0", block="bottleneck", stride_on=stride_on)
    assert tuple(placed[f"conv{number}"].stride for number in (1, 2, 3)) == strides
    assert tuple(placed[f"conv{number}"].kernel_size for number in (1, 2, 3)) == (1, 3, 1)
    assert placed["downsample.0"].stride == 2
    assert placed["conv3"].out_channels == 4 * 32


@pytest.mark.parametrize(
    ("stride_block", "strides"), [("first", ((1, 1), (2, 1), (2, 1))), ("last", ((1, 2), (1, 2), (1, 1)))]
)
def test_the_block_that_strides(stride_block: str, strides: Any) -> None:
    fields = {"stage_blocks": (2, 2, 2), "stage_widths": (16, 32, 64), "stride_block": stride_block}
    for stage, row in enumerate(strides, 1):
        for position, stride in enumerate(row):
            assert convolutions(f"layer{stage}.{position}", **fields)["conv1"].stride == stride
    graph = assemble(ModelSpec(**{**NET, **fields}))
    assert graph.stages[-2].output_shape == (64, 4, 4)
    kinds = [placed.block.shortcut for _, placed in graph.placed_blocks() if placed.path]
    if stride_block == "last":
        assert kinds == ["identity", "subsample", "projection", "subsample", "projection", "identity"]


@pytest.mark.parametrize(
    ("dilations", "entries", "strides"),
    [
        (None, ((1, 1), (1, 1), (1, 1)), (1, 2, 2)),
        ((1, 1, 2), ((1, 1), (1, 1), (1, 2)), (1, 2, 1)),
        ((1, 2, 4), ((1, 1), (1, 2), (2, 4)), (1, 1, 1)),
        ((2, 2, 2), ((2, 2), (2, 2), (2, 2)), (1, 2, 2)),
    ],
)
def test_dilations_replace_strides(dilations: Any, entries: Any, strides: Any) -> None:
    fields = {"stage_blocks": (2, 2, 2), "stage_widths": (16, 32, 64), "dilations": dilations}
    for stage in range(3):
        first, second = (convolutions(f"layer{stage + 1}.{n}", **fields)["conv1"] for n in (0, 1))
        assert (first.dilation, second.dilation) == entries[stage]
        assert first.stride == strides[stage]
        assert (first.padding, second.padding) == entries[stage]


def test_stochastic_depths_rate_grows_linearly_to_the_last() -> None:
    graph = assemble(ModelSpec(**NET, drop_path=0.4))
    rates = [node.op.p for _, node in graph.nodes() if isinstance(node.op, StochasticDepth)]
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert names("layer1.1", drop_path=0.4) == "conv1 bn1 act1 conv2 bn2 drop_path add act2"


def test_dropout_stands_before_the_last_convolution() -> None:
    """Zagoruyko & Komodakis 2016, section 2.4: between the convolutions, after the ReLU."""
    placed = names("layer1.1", block_dropout=0.3, activation_order="preact")
    assert placed == "bn1 act1 conv1 bn2 act2 dropout conv2 add"
    rates = [node.op.p for node in block_at("layer1.1", block_dropout=0.3).nodes if isinstance(node.op, Dropout)]
    assert rates == [0.3]


@pytest.mark.parametrize(
    ("channels", "reduction", "squeezed"),
    [(64, 16, 8), (256, 16, 16), (512, 16, 32), (96, 16, 8), (192, 16, 16), (320, 16, 24), (64, 4, 16), (64, 256, 8)],
)
def test_squeezed_width_is_rounded_to_a_multiple_of_eight(channels: int, reduction: int, squeezed: int) -> None:
    fields = {"attention": "se", "attention_reduction": reduction, "stage_widths": (channels, channels)}
    placed = convolutions("layer1.1", **fields)
    assert (placed["se.fc1"].in_channels, placed["se.fc1"].out_channels) == (channels, squeezed)
    assert (placed["se.fc2"].in_channels, placed["se.fc2"].out_channels) == (squeezed, channels)
    assert placed["se.fc1"].bias
    assert placed["se.fc2"].bias


@pytest.mark.parametrize(("channels", "size"), [(16, 3), (64, 3), (128, 5), (256, 5), (512, 5), (1024, 5), (2048, 7)])
def test_kernel_of_efficient_channel_attention(channels: int, size: int) -> None:
    """|log2(C) + 1| / 2, to the odd number above when even (Wang et al. 2020, Eqn. 12, and their code)."""
    placed = block_at("layer1.1", attention="eca", stage_widths=(channels, channels)).nodes
    assert [node.op.kernel_size for node in placed if isinstance(node.op, ChannelConv1d)] == [size]


@pytest.mark.parametrize("attention", ["se", "eca"])
def test_attention_follows_the_last_norm_and_precedes_the_sum(attention: str) -> None:
    placed = names("layer1.1", attention=attention).split()
    assert placed.index("bn2") < placed.index(f"{attention}.pool") < placed.index(f"{attention}.scale")
    assert placed[placed.index(f"{attention}.scale") + 1] == "add"


def test_inner_width_is_torchvisions() -> None:
    placed = convolutions("layer2.1", block="bottleneck", cardinality=8, base_width=14, stage_widths=(64, 128))
    assert placed["conv1"].out_channels == 28 * 8
    assert (placed["conv2"].groups, placed["conv2"].in_channels) == (8, 224)
    assert placed["conv1"].groups == placed["conv3"].groups == 1
    # int(100 * 3 / 64) is 4: torchvision truncates, and before it multiplies by the groups.
    truncated = {"block": "bottleneck", "base_width": 3, "stage_widths": (100, 100)}
    assert convolutions("layer1.0", **truncated)["conv2"].in_channels == 4
    assert convolutions("layer1.0", **truncated, cardinality=8)["conv2"].in_channels == 32


def test_a_basic_block_groups_both_convolutions() -> None:
    placed = convolutions("layer1.1", cardinality=4)
    assert (placed["conv1"].groups, placed["conv2"].groups) == (4, 4)
    assert (placed["conv1"].in_channels, placed["conv1"].out_channels, placed["conv2"].out_channels) == (16, 64, 16)


@pytest.mark.parametrize(("channels", "groups"), [(16, 16), (32, 32), (64, 32), (48, 16), (100, 4), (7, 1)])
def test_groups_of_group_norm(channels: int, groups: int) -> None:
    placed = block_at("layer1.1", norm="group", stage_widths=(channels, channels)).nodes
    assert {node.op for node in placed if isinstance(node.op, GroupNorm)} == {GroupNorm(groups, channels)}


@pytest.mark.parametrize("order", ["post", "preact"])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_which_convolutions_carry_biases(order: str, norm: str) -> None:
    """Keras V1: all; Keras V2: those that no norm follows."""
    assert not any(conv.bias for conv in convolutions("layer2.0").values())
    biased = {
        n for n, c in convolutions("layer2.0", conv_bias=True, activation_order=order, norm=norm).items() if c.bias
    }
    everywhere = {"conv1", "conv2", "downsample.0"}
    assert biased == (everywhere - {"conv1"} if (order, norm) == ("preact", "batch") else everywhere)
