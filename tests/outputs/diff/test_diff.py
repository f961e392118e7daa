"""The diff picture: places one below the other in every row, statuses that add up, skip connections as they are."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.diff import Diff, diff_summary, diff_svg, op_table, plan_diff
from explorer.outputs.diff.legend import STATUS_STYLES
from explorer.outputs.diff.picture import SKIP_CHANGED
from explorer.outputs.palette import PALETTES
from explorer.outputs.tables.table import to_latex
from tests.texts import numbers

SVG = "{http://www.w3.org/2000/svg}"
SETS = [
    ("resnet50", "resnext50_32x4d"),
    ("resnet50", "resnet101", "seresnet50"),
    ("cifar_resnet20", "cifar_plain20", "cifar_resnet56", "cifar_resnet1202", "resnet18", "cifar_preact110"),
]


def diff_of(*specs: ModelSpec) -> Diff:
    return plan_diff([str(number) for number in range(len(specs))], [assemble(spec) for spec in specs])


def known(*names: str) -> Diff:
    return diff_of(*map(preset, names))


def drawn(diff: Diff, theme: str = "light") -> ElementTree.Element:
    return ElementTree.fromstring(diff_svg(diff, PALETTES[theme]))


def blocks(root: ElementTree.Element, row: int) -> dict[str, ElementTree.Element]:
    """The boxes of a network by path."""
    found = [group for group in root.iter(f"{SVG}g") if group.get("class", "").startswith("block")]
    return {group.get("data-path", ""): group for group in found if group.get("data-row") == str(row)}


def skips(group: ElementTree.Element) -> list[str]:
    return [part.get("class", "") for part in group.iter(f"{SVG}g") if part.get("class", "").startswith("skip")]


@pytest.mark.parametrize("names", SETS)
def test_a_place_stands_at_one_x_in_every_row(names: tuple[str, ...]) -> None:
    root = drawn(known(*names))
    edges: dict[str, set[tuple[str | None, str | None]]] = {}
    for row in range(len(names)):
        found = blocks(root, row)
        for path, group in found.items():
            (box,) = group.findall(f"{SVG}rect")
            edges.setdefault(path, set()).add((box.get("x"), box.get("width")))
    assert {path for path, places in edges.items() if len(places) > 1} == set()


@pytest.mark.parametrize("names", SETS)
def test_boxes_stand_apart_and_inside_the_picture(names: tuple[str, ...]) -> None:
    root = drawn(known(*names))
    width = float(root.get("viewBox", "").split()[2])
    for row in range(len(names)):
        boxes = [group.findall(f"{SVG}rect")[0] for group in blocks(root, row).values()]
        spans = sorted((float(box.get("x", "")), float(box.get("width", ""))) for box in boxes)
        assert all(x + wide < other for (x, wide), (other, _) in pairwise(spans))
        assert spans[-1][0] + spans[-1][1] < width


@pytest.mark.parametrize("names", SETS)
def test_every_block_of_every_network_is_counted_once(names: tuple[str, ...]) -> None:
    diff = known(*names)
    for row, name in enumerate(names):
        standing = sum(diff.count(row, status) for status in ("same", "changed", "added"))
        assert standing == sum(preset(name).stage_blocks) + 2
    first = sum(preset(names[0]).stage_blocks) + 2
    for row in range(1, len(names)):
        assert sum(diff.count(row, status) for status in ("same", "changed", "removed")) == first


def test_the_first_row_is_the_measure_and_equal_networks_do_not_differ() -> None:
    diff = known("resnet50", "resnet50")
    assert diff.count(0, "same") == diff.count(1, "same") == 18
    assert not any(cell.skip_changed for stage in diff.stages for slot in stage.slots for cell in slot.cells if cell)


def test_a_deeper_network_adds_where_it_is_deeper() -> None:
    diff = known("resnet50", "resnet101")
    added = [slot for stage in diff.stages for slot in stage.slots if slot.cells[1] and slot.cells[1].status == "added"]
    (slot,) = added
    assert (slot.path, slot.blocks, numbers(slot.name)) == ("layer3.6", 17, ["22"]), "the last one's number"
    shallower = known("resnet101", "resnet50")
    assert shallower.count(1, "removed") == 17
    assert skips(blocks(drawn(shallower), 1)["layer3.6"]) == []


def test_a_plain_network_has_no_skip_and_a_faint_arch_where_the_first_has_one() -> None:
    root = drawn(known("cifar_resnet20", "cifar_plain20"))
    residual, plain = blocks(root, 0), blocks(root, 1)
    assert {path: skips(group) for path, group in residual.items() if "." in path} == {
        f"layer{stage}.{number}": ["skip pad" if stage > 1 and number == 0 else "skip identity"]
        for stage in (1, 2, 3)
        for number in (0, 1, 2)
    }
    assert all(skips(group) == [] for group in plain.values())
    assert sum(part.get("class") == "gone" for group in plain.values() for part in group) == 9
    alone = known("cifar_plain20", "cifar_plain56")
    assert "skip " not in "".join(part.get("class", "") for part in drawn(alone).iter())


@pytest.mark.parametrize(
    ("change", "kinds"),
    [({"shortcut": "projection"}, "skip projection"), ({"skip": "exclusive_gate"}, "skip gated")],
)
def test_a_changed_kind_of_skip_is_named_and_marked(change: dict[str, str], kinds: str) -> None:
    base = preset("cifar_resnet20")
    diff = diff_of(base, replace(base, **change))
    path = "layer2.0" if "shortcut" in change else "layer1.1"
    group = blocks(drawn(diff), 1)[path]
    assert skips(group) == [kinds]
    assert group.get("class") == "block changed"
    assert (group.findtext(f"{SVG}title") or "").endswith(SKIP_CHANGED)


def test_a_stage_that_only_one_network_has() -> None:
    diff = known("cifar_resnet20", "resnet18")
    assert [stage.name for stage in diff.stages] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert diff.stages[4].sides[0] is None
    assert [slot.cells[0] for slot in diff.stages[4].slots] == [None, None]


@pytest.mark.parametrize("theme", PALETTES)
def test_names_are_text_and_nothing_else(theme: str) -> None:
    graphs = [assemble(preset("resnet18"))] * 2
    svg = diff_svg(plan_diff(["<script>alert(1)</script>", "b & c"], graphs), PALETTES[theme])
    root = ElementTree.fromstring(svg)
    assert not [part for part in root.iter() if part.tag.endswith("script")]
    assert root.get("viewBox")


def test_words_say_what_is_drawn() -> None:
    words = diff_summary(known("resnet50", "resnet101"))
    same, added = (STATUS_STYLES[status].word for status in ("same", "added"))
    assert f"1: 18 {same}, 17 {added}." in words
    assert numbers(words) == ["0", "1", "18", "17"], "the first network, and the second with its parts"


def test_ops_that_differ_in_a_block() -> None:
    graphs = [assemble(preset(name)) for name in ("resnet50", "resnext50_32x4d")]
    table = op_table(["a", "b"], graphs, "layer1.1")
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["conv2"] == ("3 × 3 conv, 64 → 64 × 56 × 56", "3 × 3 conv, 128, 32 groups → 128 × 56 × 56")
    assert "conv3" not in rows, "its output is the same in both"
    assert rows["parameters"] == (70_400, 71_168)
    assert r"64 $\times$ 56" in to_latex(table)
    assert "→" not in to_latex(table)
    missing = op_table(["a", "b"], graphs, "layer3.6")
    assert [row[1:] for row in missing.rows] == [(None, None), (None, None)]
