"""Blocks as equations: the right form for every shortcut, skip and order, and every op written exactly once."""

import dataclasses
import re
from collections import Counter

import pytest

from explorer.analysis.block_equations import WEIGHTED, aligned, equations, weight_letters
from explorer.model import PRESETS, Block, ModelSpec, assemble, preset
from explorer.outputs.drawing.dot import find_block
from tests.failures import failures
from tests.toys import TOYS, toy_variant
from tests.variants import name_of, small_variants

CIFAR = preset("cifar_resnet20")
BARE = {
    "BatchNorm2d": "BN",
    "GroupNorm": "GN",
    "AdaptiveAvgPool2d": "mean",
    "PadShortcut": "pad",
    "Sigmoid": "sigmoid",
}
SAME_WORD = {"BatchNorm1d": "BatchNorm2d", "DilatedAvgPool2d": "AvgPool2d", "PadBehind": "PadShortcut"}
BARE |= {"ReLU": "ReLU", "SiLU": "SiLU", "GELU": "GELU", "LeakyReLU": "LeakyReLU", "BlurPool2d": "blur"}
BARE |= {"AvgPool2d": "avgpool", "Flatten": "flatten", "StochasticDepth": "droppath", "Dropout": "dropout"}


def written(path: str, **changes: object) -> dict[str, str]:
    """The equations of a block by their left sides, without the type of letter."""
    block = find_block(assemble(dataclasses.replace(CIFAR, **changes)), path).block
    return {row.left: row.right.replace(r"\mathrm", "").replace(r"\,", " ") for row in equations(block)}


@pytest.mark.parametrize(
    ("path", "changes", "sum_"),
    [
        ("layer2.1", {}, "{ReLU}(F(x) + x)"),
        ("layer2.0", {"shortcut": "pad"}, "{ReLU}(F(x) + {pad}(x))"),
        ("layer2.0", {"shortcut": "projection"}, "{ReLU}(F(x) + {BN}(W_{s} x))"),
        ("layer2.0", {"shortcut": "projection", "shortcut_norm": False}, "{ReLU}(F(x) + W_{s} x)"),
        ("layer2.0", {"shortcut": "projection", "shortcut_bias": True}, "{ReLU}(F(x) + {BN}(W_{s} x + b_{s}))"),
        ("layer2.0", {"shortcut": "avg_projection"}, "{ReLU}(F(x) + {BN}(W_{s} {avgpool}(x)))"),
        ("layer2.1", {"shortcut": "projection_all"}, "{ReLU}(F(x) + {BN}(W_{s} x))"),
        ("layer2.1", {"skip": "scale", "skip_scale": 0.5}, r"{ReLU}(F(x) + \underbrace{0.5}_{\lambda} x)"),
        ("layer2.1", {"residual_scale": 0.5}, "{ReLU}(0.5 F(x) + x)"),
        ("layer2.1", {"skip": "exclusive_gate"}, r"{ReLU}(g(x) \odot F(x) + (1 - g(x)) \odot x)"),
        ("layer2.1", {"skip": "shortcut_gate"}, r"{ReLU}(F(x) + (1 - g(x)) \odot x)"),
        ("layer2.1", {"skip": "conv1x1"}, "{ReLU}(F(x) + {BN}(W_{s} x))"),
        ("layer2.1", {"skip": "dropout", "skip_dropout": 0.5}, "{ReLU}(F(x) + {dropout}_{0.5}(x))"),
        ("layer2.1", {"activation_order": "bn_after_add"}, "{ReLU}({BN}(F(x) + x))"),
        ("layer2.1", {"activation_order": "relu_before_add"}, "F(x) + x"),
        ("layer2.1", {"activation_order": "relu_only_preact"}, "F(x) + x"),
        ("layer2.1", {"activation_order": "preact"}, "F(x) + x"),
        (
            "layer2.0",
            {"activation_order": "preact", "shortcut": "projection"},
            r"F(\hat{x}) + W_{s} \hat{x}",
        ),
    ],
)
def test_the_sum_has_the_form_of_its_shortcut_and_order(path: str, changes: dict[str, object], sum_: str) -> None:
    assert written(path, **changes)["y"] == sum_


@pytest.mark.parametrize(
    ("order", "branch", "step"),
    [
        ("post", "{BN}(W_{2} z_{1})", "{ReLU}({BN}(W_{1} x))"),
        ("bn_after_add", "W_{2} z_{1}", "{ReLU}({BN}(W_{1} x))"),
        ("relu_before_add", "{ReLU}({BN}(W_{2} z_{1}))", "{ReLU}({BN}(W_{1} x))"),
        ("relu_only_preact", "{BN}(W_{2} z_{1})", "{ReLU}({BN}(W_{1} {ReLU}(x)))"),
        ("preact", "W_{2} z_{1}", "{ReLU}({BN}(W_{1} {ReLU}({BN}(x))))"),
    ],
)
def test_the_branch_has_the_form_of_its_order(order: str, branch: str, step: str) -> None:
    found = written("layer2.1", activation_order=order)
    assert (found["F(x)"], found["z_{1}"]) == (branch, step)


def test_gates_attention_and_openings_are_explained_below() -> None:
    assert written("layer2.1", skip="exclusive_gate")["g(x)"] == "{sigmoid}(W_{g} x + b_{g})"
    attentive = written("layer2.1", attention="se")
    assert attentive["F(x)"] == r"s \odot u"
    assert attentive["s"] == "{sigmoid}(U_{2} {ReLU}(U_{1} {mean}(u) + c_{1}) + c_{2})"
    assert written("layer2.0", activation_order="preact", shortcut="projection")[r"\hat{x}"] == "{ReLU}({BN}(x))"


def test_a_plain_block_has_no_sum() -> None:
    found = written("layer2.1", shortcut="none")
    assert found["y"] == "{ReLU}({BN}(W_{2} z_{1}))"
    assert not any("F(" in right or "+ x" in right for right in found.values())


def test_shapes_are_filled_in() -> None:
    block = find_block(assemble(preset("resnet50")), "layer2.0").block
    text = aligned(equations(block))
    assert text.startswith("\\begin{aligned}\ny &= ")
    assert r"&&\in \mathbb{R}^{512 \times 28 \times 28} \\" in text
    assert r"z_{1} &= \mathrm{ReLU}(\mathrm{BN}(W_{1}\,x)) &&\in \mathbb{R}^{128 \times 56 \times 56}" in text
    assert weight_letters(block) == {
        "conv1": "W_{1}", "conv2": "W_{2}", "conv3": "W_{3}", "downsample.0": "W_{s}"
    }  # fmt: skip


def distinct_blocks(spec: ModelSpec) -> list[Block]:
    return list({id(placed.block): placed.block for _, placed in assemble(spec).placed_blocks()}.values())


def is_written_once(block: Block) -> bool:
    """Every letter that is used is explained, every op stands exactly once on the right sides."""
    rows = equations(block)
    right = " ".join(row.right for row in rows)
    kinds = [type(node.op).__name__.removeprefix("Dilated") for node in block.nodes]
    ops = Counter(name.replace("PadBehind", "PadShortcut").replace("Norm1d", "Norm2d") for name in kinds)
    for name, word in BARE.items():
        assert len(re.findall(rf"\\mathrm\{{{word}\}}", right)) == ops[name], (name, right)
    for letter in weight_letters(block).values():
        assert right.count(f"{letter}\\,") == 1, (letter, right)
    assert sum(ops[name] for name in WEIGHTED) == len(weight_letters(block))
    for letter in set(re.findall(r"z_\{\d\}|g\(x\)|\\hat\{x\}|(?<![\w{])[su](?![\w}])|F\(", right)):
        assert any(row.left.startswith(letter) for row in rows), (letter, right)
    assert right.count(" + ") - right.count(" + b_") - right.count(" + c_") == ops["Add"]
    return rows[0].left == "y" and rows[0].shape == block.output_shape


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_every_op_of_every_variant_is_written_once(spec: ModelSpec) -> None:
    assert all(is_written_once(block) for block in distinct_blocks(spec))


def test_every_op_of_every_known_network_is_written_once() -> None:
    def check(name: str) -> None:
        assert all(is_written_once(block) for block in distinct_blocks(preset(name)))

    assert failures(PRESETS, check) == {}


@pytest.mark.parametrize("name", TOYS)
def test_an_op_that_no_table_knows_goes_by_its_name(name: str) -> None:
    with toy_variant(name) as spec:
        assert all(is_written_once(block) for block in distinct_blocks(spec))


def test_a_sum_in_the_attention_is_no_residual_sum() -> None:
    rows = {}
    for shortcut in ("none", "projection"):
        with toy_variant("attention", shortcut=shortcut) as spec:
            rows[shortcut] = {row.left: row.right for row in equations(find_block(assemble(spec), "layer1.1").block)}
    assert rows["none"]["y"] == r"\mathrm{ReLU}(s \odot u)"
    assert "F(x)" not in rows["none"]
    assert rows["projection"]["y"] == r"\mathrm{ReLU}(F(x) + x)"
    assert rows["projection"]["F(x)"] == r"s \odot u"


def test_nothing_to_write_for_a_block_without_ops() -> None:
    assert equations(Block("stem", "none", (3, 8, 8), ())) == ()
