"""Exact integers of published networks, built from fields alone; MACs are multiply-adds at the size given."""

from dataclasses import replace
from typing import Any

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.model.ops import AdaptiveAvgPool2d, Conv2d, Linear, MaxPool2d

BASIC_18: dict[str, Any] = {"block": "basic", "stage_blocks": (2, 2, 2, 2)}
BASIC_34: dict[str, Any] = {"block": "basic"}
DEEP_101: dict[str, Any] = {"stage_blocks": (3, 4, 23, 3)}
DEEP_152: dict[str, Any] = {"stage_blocks": (3, 8, 36, 3)}
PREACT: dict[str, Any] = {"activation_order": "preact"}
CIFAR: dict[str, Any] = {
    "stage_widths": (16, 32, 64),
    "stem": "cifar",
    "stem_width": 16,
    "image_size": 32,
    "num_classes": 10,
}
BASIC_110: dict[str, Any] = CIFAR | {"block": "basic", "stage_blocks": (18, 18, 18), "shortcut": "pad"}
BOTTLENECK_164: dict[str, Any] = CIFAR | {"stage_blocks": (18, 18, 18), "stride_on": "1x1"}
KERAS: dict[str, Any] = {"stem": "imagenet", "conv_bias": True, "stride_on": "1x1"}
WIDE_28_10: dict[str, Any] = (
    CIFAR
    | PREACT
    | {
        "block": "basic",
        "stage_blocks": (4, 4, 4),
        "stage_widths": (160, 320, 640),
        "stem_norm": False,
    }
)


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("resnet18", 11_689_512, 1_814_073_344),
        ("resnet34", 21_797_672, 3_663_761_408),
        ("resnet50", 25_557_032, 4_089_184_256),
        ("resnet101", 44_549_160, 7_801_405_440),
        ("resnet152", 60_192_808, 11_513_626_624),
        ("resnext50_32x4d", 25_028_904, 4_230_479_872),
        ("resnext101_32x8d", 88_791_336, 16_414_015_488),
        ("resnext101_64x4d", 83_455_272, 15_460_270_080),
        ("wide_resnet50_2", 68_883_240, 11_398_021_120),
        ("wide_resnet101_2", 126_886_696, 22_753_050_624),
        ("cifar_resnet20", 269_722, 40_551_040),
        ("cifar_resnet32", 464_154, 68_862_592),
        ("cifar_resnet44", 658_586, 97_174_144),
        ("cifar_resnet56", 853_018, 125_485_696),
        ("cifar_resnet110", 1_727_962, 252_887_680),
        ("cifar_resnet1202", 19_421_274, 2_829_238_912),
        ("cifar_plain20", 269_722, 40_551_040),
        ("cifar_plain32", 464_154, 68_862_592),
        ("cifar_plain44", 658_586, 97_174_144),
        ("cifar_plain56", 853_018, 125_485_696),
        ("cifar_plain110", 1_727_962, 252_887_680),
    ],
)
def test_networks_by_name(name: str, params: int, macs: int) -> None:
    cost = assemble(preset(name)).cost
    assert (cost.params, cost.macs) == (params, macs)


@pytest.mark.parametrize(
    ("fields", "params", "macs"),
    [
        (BASIC_18 | {"shortcut": "none"}, 11_515_688, 1_794_805_760),
        (BASIC_18 | {"shortcut": "pad"}, 11_515_688, 1_794_805_760),
        (BASIC_18 | {"shortcut": "projection_all"}, 12_043_816, 1_878_298_624),
        (BASIC_34 | {"shortcut": "pad"}, 21_623_848, 3_644_493_824),
        (BASIC_34 | {"shortcut": "projection_all"}, 22_716_840, 3_830_747_136),
        ({"stride_on": "1x1"}, 25_557_032, 3_857_973_248),
        (DEEP_101 | {"stride_on": "1x1"}, 44_549_160, 7_570_194_432),
        (DEEP_152 | {"stride_on": "1x1"}, 60_192_808, 11_282_415_616),
        ({"stage_blocks": (3, 24, 36, 3)}, 64_673_832, 15_007_481_856),
        (PREACT | {"stage_blocks": (3, 24, 36, 3)}, 64_666_280, 15_007_481_856),
        (PREACT, 25_549_480, 4_089_184_256),
        (PREACT | {"stem_norm": False}, 25_549_352, 4_089_184_256),
        (PREACT | {"first_preact": False}, 25_549_352, 4_089_184_256),
        (PREACT | BASIC_18, 11_687_848, 1_814_073_344),
        ({"cardinality": 2, "base_width": 40}, 25_425_000, 4_124_508_160),
        ({"cardinality": 4, "base_width": 24}, 25_292_968, 4_159_832_064),
        ({"cardinality": 8, "base_width": 14}, 25_603_016, 4_267_409_408),
        (DEEP_101 | {"base_width": 100}, 85_611_336, 15_272_862_720),
        (DEEP_101 | {"cardinality": 2, "base_width": 64}, 84_198_184, 15_123_087_360),
        (BASIC_18 | {"stage_widths": (96, 192, 384, 768)}, 25_875_816, 3_866_327_040),
        (BASIC_34 | {"stage_widths": (128, 256, 512, 1024)}, 86_036_008, 14_094_458_880),
        (CIFAR | {"block": "basic", "stage_blocks": (3, 3, 3)}, 272_474, 40_813_184),
        (BASIC_110 | {"skip": "conv1x1"}, 1_826_202, 266_781_312),
        (BASIC_110 | {"skip": "scale", "skip_scale": 0.5}, 1_727_962, 252_887_680),
        (BASIC_110 | {"activation_order": "bn_after_add"}, 1_727_962, 252_887_680),
        (BASIC_110 | {"activation_order": "relu_before_add"}, 1_727_962, 252_887_680),
        (BASIC_110 | {"activation_order": "relu_only_preact"}, 1_727_962, 252_887_680),
        (BOTTLENECK_164, 1_704_154, 244_500_992),
        (BOTTLENECK_164 | PREACT | {"stem_norm": False}, 1_703_258, 244_500_992),
        (WIDE_28_10, 36_479_194, 5_243_328_768),
        (WIDE_28_10 | {"num_classes": 100}, 36_536_884, 5_243_386_368),
    ],
    ids=lambda value: str(value)[:60],
)
def test_networks_by_fields(fields: dict[str, Any], params: int, macs: int) -> None:
    cost = assemble(ModelSpec(**fields)).cost
    assert (cost.params, cost.macs) == (params, macs)


@pytest.mark.parametrize("skip", ["exclusive_gate", "shortcut_gate"])
def test_gates_are_one_biased_1x1_convolution_a_unit(skip: str) -> None:
    """He 2016 does not print the size of its gated networks; 54 units of C_in * C_out + C_out weights."""
    assert assemble(ModelSpec(**BASIC_110, skip=skip)).cost.params == 1_824_186


@pytest.mark.parametrize(
    ("fields", "params", "buffers"),
    [
        (KERAS, 25_583_592, 53_120),
        (KERAS | DEEP_101, 44_601_832, 105_344),
        (KERAS | DEEP_152, 60_268_520, 151_424),
        # The second note's network: unpadded pool, 64 pixels, six classes; 23,600,006 in all.
        (KERAS | {"stem": "keras", "image_size": 64, "num_classes": 6}, 23_546_886, 53_120),
        (PREACT | {"stride_block": "last", "stem_norm": False, "conv_bias": True}, 25_568_360, 45_440),
    ],
)
def test_keras_totals_are_parameters_and_running_statistics(fields: dict[str, Any], params: int, buffers: int) -> None:
    cost = assemble(ModelSpec(**fields)).cost
    assert (cost.params, cost.buffers) == (params, buffers)


def test_stages_of_resnet50_have_the_papers_shapes() -> None:
    """He et al. 2015, Table 1."""
    graph = assemble(preset("resnet50"))
    assert [(stage.name, stage.output_shape) for stage in graph.stages] == [
        ("stem", (64, 56, 56)),
        ("layer1", (256, 56, 56)),
        ("layer2", (512, 28, 28)),
        ("layer3", (1024, 14, 14)),
        ("layer4", (2048, 7, 7)),
        ("head", (1000,)),
    ]
    assert [stage.cost.params for stage in graph.stages] == [
        9_536,
        215_808,
        1_219_584,
        7_098_368,
        14_964_736,
        2_049_000,
    ]


def test_stages_of_vgg16_have_the_papers_layers() -> None:
    """Simonyan & Zisserman 2015, Table 1, D: pools between the stages, three linear layers."""
    graph = assemble(preset("vgg16"))
    layers = {
        stage.name: [type(node.op).__name__ for placed in stage.blocks for node in placed.block.nodes]
        for stage in graph.stages
    }
    unit = ["Conv2d", "ReLU"]
    assert layers["stem"] == layers["layer1"] == unit
    assert [layers[f"layer{number}"] for number in (2, 3, 4, 5)] == [
        ["MaxPool2d", *unit * count] for count in (2, 3, 3, 3)
    ]
    hidden = ["Linear", "ReLU", "Dropout"]
    assert layers["head"] == ["MaxPool2d", "AdaptiveAvgPool2d", "Flatten", *hidden, *hidden, "Linear"]
    assert [stage.output_shape for stage in graph.stages] == [
        *((64, 224, 224), (64, 224, 224), (128, 112, 112), (256, 56, 56), (512, 28, 28), (512, 14, 14), (1000,)),
    ]
    assert sum(node.cost.params for _, node in graph.nodes() if isinstance(node.op, Linear)) == 123_642_856


def test_a_pool_between_stages_keeps_the_channels_and_follows_the_strides() -> None:
    spec = replace(preset("vgg16"), stage_strides=(1, 2, 1, 3, 2))
    shapes = {placed.path: placed.block.output_shape for _, placed in assemble(spec).placed_blocks() if placed.path}
    assert shapes["layer2.0"] == (64, 112, 112)
    assert shapes["layer3.0"] == (256, 112, 112)
    assert shapes["layer4.0"] == (256, 37, 37)
    dilated = assemble(replace(preset("vgg16"), dilations=(1, 1, 1, 1, 2)))
    assert not any(isinstance(node.op, MaxPool2d) for path, node in dilated.nodes() if path.startswith("layer5"))
    rates = {node.op.dilation for path, node in dilated.nodes() if isinstance(node.op, Conv2d) and "layer5" in path}
    assert rates == {2}


def test_work_of_an_average_pool_to_seven_counts_each_window() -> None:
    """Windows of 2 or 3 places where 15 become 7, one of each place where 7 do, copies where 2 do."""
    pool = AdaptiveAvgPool2d(7)
    assert [pool.work(((4, side, side),), (4, 7, 7)) for side in (15, 7, 2, 14)] == [
        4 * 21 * 21,
        4 * 7 * 7,
        4 * 8 * 8,
        4 * 14 * 14,
    ]
