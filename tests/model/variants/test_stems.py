"""The stems and the head: ops, widths and resolutions."""

from typing import Any

import pytest

from explorer.model import Block, ModelSpec, assemble
from explorer.model.ops import AvgPool2d, BlurPool2d, Conv2d, MaxPool2d


def stem(**fields: Any) -> Block:
    return assemble(ModelSpec(**fields)).stages[0].blocks[0].block


def names(block: Block) -> str:
    return " ".join(node.name for node in block.nodes)


THREE = "conv1.0 conv1.1 conv1.2 conv1.3 conv1.4 conv1.5 conv1.6"


@pytest.mark.parametrize(
    ("kind", "ops", "side"),
    [
        ("imagenet", "conv1 bn1 act1 maxpool", 56),
        ("cifar", "conv1 bn1 act1", 224),
        ("deep", f"{THREE} bn1 act1 maxpool", 56),
        ("deep_tiered", f"{THREE} bn1 act1 maxpool", 56),
        ("keras", "conv1 bn1 act1 maxpool", 55),
    ],
)
def test_ops_and_resolution(kind: str, ops: str, side: int) -> None:
    block = stem(stem=kind)
    assert names(block) == ops
    assert block.output_shape[1:] == (side, side)


def test_the_second_notes_stem_leaves_fifteen_pixels_of_sixty_four() -> None:
    assert stem(stem="keras", image_size=64).output_shape == (64, 15, 15)
    assert stem(stem="imagenet", image_size=64).output_shape == (64, 16, 16)


@pytest.mark.parametrize(
    ("kind", "width", "channels"),
    [
        ("imagenet", 64, (64,)),
        ("cifar", 16, (16,)),
        ("deep", 32, (32, 32, 64)),
        ("deep_tiered", 32, (24, 32, 64)),
        ("deep_tiered", 64, (48, 64, 128)),
        ("deep_tiered", 30, (21, 30, 60)),
        ("deep_tiered", 4, (3, 4, 8)),
    ],
)
def test_widths(kind: str, width: int, channels: tuple[int, ...]) -> None:
    placed = [node.op for node in stem(stem=kind, stem_width=width).nodes if isinstance(node.op, Conv2d)]
    assert tuple(op.out_channels for op in placed) == channels
    assert placed[0].in_channels == 3
    assert [op.stride for op in placed] == ([1] if kind == "cifar" else [2, 1, 1][: len(placed)])
    assert {op.kernel_size for op in placed} == {7 if kind == "imagenet" else 3}


@pytest.mark.parametrize("pool", ["max", "conv"])
@pytest.mark.parametrize("antialias", ["none", "blur", "avg"])
def test_the_pool_after_the_stem(pool: str, antialias: str) -> None:
    ops = [node.op for node in stem(stem_pool=pool, antialias=antialias).nodes][3:]
    expected = {
        ("max", "none"): "MaxPool2d/2",
        ("max", "blur"): "MaxPool2d/1 BlurPool2d/2",
        ("max", "avg"): "AvgPool2d/2",
        ("conv", "none"): "Conv2d/2 BatchNorm2d ReLU",
        ("conv", "blur"): "Conv2d/1 BlurPool2d/2 BatchNorm2d ReLU",
        ("conv", "avg"): "Conv2d/1 AvgPool2d/2 BatchNorm2d ReLU",
    }[pool, antialias]
    strided = (Conv2d, MaxPool2d, AvgPool2d, BlurPool2d)
    shown = (f"{type(op).__name__}/{op.stride}" if isinstance(op, strided) else type(op).__name__ for op in ops)
    assert " ".join(shown) == expected
    assert stem(stem_pool=pool, antialias=antialias).output_shape == (64, 56, 56)


def test_without_a_norm_the_stem_ends_in_its_convolution_and_pool() -> None:
    assert names(stem(stem_norm=False)) == "conv1 maxpool"
    assert names(stem(stem_norm=False, stem="deep")) == f"{THREE} maxpool"
    assert names(stem(norm="none")) == "conv1 act1 maxpool"


def test_the_head_pools_the_map_away() -> None:
    head = assemble(ModelSpec(num_classes=12)).stages[-1].blocks[0].block
    assert [node.shape for node in head.nodes] == [(2048, 1, 1), (2048,), (12,)]
    assert head.nodes[-1].cost.params == 2048 * 12 + 12
    assert head.nodes[0].cost.elementwise == 2048 * 7 * 7
