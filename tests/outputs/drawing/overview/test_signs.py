"""The signs of kinds of block: read from the ops, different for different blocks, named, and explained in the key."""

import dataclasses
from itertools import combinations
from xml.etree import ElementTree

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.model.variants.attention import ATTENTIONS
from explorer.model.variants.blocks import BLOCKS
from explorer.model.variants.orders import ORDERS
from explorer.outputs.drawing.overview.picture import overview_svg, summary
from explorer.outputs.drawing.overview.signs import MARKS, Sign, key_of, signs_in
from explorer.outputs.palette import DARK, LIGHT, Palette

SVG = "{http://www.w3.org/2000/svg}"
RESNET50 = preset("resnet50")


def first_sign(spec: ModelSpec) -> Sign:
    return signs_in(assemble(spec))[-1]


def kinds(sign: Sign) -> list[str]:
    return [mark.kind for mark in sign.marks]


DIFFERENT = {
    "bottleneck": RESNET50,
    "basic": dataclasses.replace(RESNET50, block="basic"),
    "grouped": preset("resnext50_32x4d"),
    "depthwise": dataclasses.replace(RESNET50, cardinality=64, base_width=1, stage_widths=(64, 64, 64, 64)),
    "wide": preset("wide_resnet50_2"),
    "plain": dataclasses.replace(RESNET50, shortcut="none"),
    "dropout": dataclasses.replace(RESNET50, block_dropout=0.1),
    **{f"order {name}": dataclasses.replace(RESNET50, activation_order=name) for name in ORDERS if name != "post"},
    "attention": preset("seresnet50"),
}


@pytest.mark.parametrize(("one", "other"), list(combinations(DIFFERENT, 2)))
def test_two_kinds_of_block_have_different_signs(one: str, other: str) -> None:
    shapes = [
        [(mark.kind, mark.width, round(mark.height)) for mark in first_sign(DIFFERENT[name]).marks]
        for name in (one, other)
    ]
    assert shapes[0] != shapes[1]


def test_a_sign_has_the_ops_in_the_order_in_which_they_run() -> None:
    post = ["conv", "norm", "activation"]
    assert kinds(first_sign(preset("cifar_resnet20"))) == [*post, "conv", "norm", "sum", "activation"]
    preact = dataclasses.replace(preset("cifar_resnet20"), activation_order="preact")
    assert kinds(first_sign(preact)) == ["norm", "activation", "conv"] * 2 + ["sum"]
    assert kinds(first_sign(preset("cifar_plain20"))) == [*post, "conv", "norm", "activation"]
    assert kinds(first_sign(preset("seresnet50")))[-3:] == ["attention", "sum", "activation"]


@pytest.mark.parametrize("name", [name for name in ATTENTIONS if name != "none"])
def test_an_attention_is_one_mark_however_many_ops_it_has(name: str) -> None:
    sign = first_sign(dataclasses.replace(RESNET50, attention=name))
    assert kinds(sign).count("attention") == 1


@pytest.mark.parametrize("name", BLOCKS)
def test_every_convolution_of_the_branch_is_as_wide_as_its_kernel(name: str) -> None:
    graph = assemble(dataclasses.replace(RESNET50, block=name))
    block = graph.stages[1].blocks[-1].block
    convolutions = [mark for mark in signs_in(graph)[-1].marks if mark.kind == "conv"]
    assert len(convolutions) == block.branch_convolutions == BLOCKS[name].layers
    widths = {mark.label: mark.width for mark in convolutions}
    assert widths.get("1 × 1 conv", 0.0) < widths["3 × 3 conv"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_picture_has_a_sign_for_each_stage_and_the_key_explains_every_mark(theme: Palette) -> None:
    graph = assemble(preset("resnext50_32x4d"))
    root = ElementTree.fromstring(overview_svg(graph, theme))
    signs = [element for element in root.iter(f"{SVG}g") if element.get("class") == "sign"]
    assert len(signs) == 4
    assert {element[0].text for element in signs} == {sign.text for sign in signs_in(graph)}
    words = {text.text for text in root.iter(f"{SVG}text")}
    marks = {mark.label for sign in signs_in(graph) for mark in sign.marks if mark.kind != "sum"}
    assert marks == {"1 × 1 conv", "3 × 3 conv, grouped", "batch norm", "ReLU"}
    assert marks < words
    assert signs_in(graph)[0].text.capitalize().split(":")[0] in summary(graph)


def test_blocks_of_one_stage_that_differ_have_a_sign_each() -> None:
    root = ElementTree.fromstring(overview_svg(assemble(dataclasses.replace(preset("resnet18"), antialias="blur"))))
    found = [element[0].text or "" for element in root.iter(f"{SVG}g") if element.get("class") == "sign"]
    assert ["blur pool" in text for text in found] == [False, True, False, True, False, True, False]


def test_every_mark_of_the_key_has_a_look() -> None:
    signs = [sign for spec in DIFFERENT.values() for sign in signs_in(assemble(spec))]
    assert {mark.kind for mark in key_of(signs)} <= set(MARKS)
    assert len({look.path(0, 10, 10) for look in MARKS.values()} | {"norm"}) == len(MARKS)
