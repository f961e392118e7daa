"""Folded runs of the overview, opened in place: every block there once, at the same scale, nothing over anything."""

import dataclasses
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from explorer.analysis.network import analyse
from explorer.model import Graph, ModelSpec, assemble, preset
from explorer.outputs.drawing.overview.colouring import colouring
from explorer.outputs.drawing.overview.layout import WIDTH, Box, lay_out
from explorer.outputs.drawing.overview.picture import overview_svg
from explorer.outputs.drawing.overview.plan import plan
from explorer.outputs.palette import LIGHT

LONG = {
    "152 layers": (preset("resnet152"), ("layer3",)),
    "152 layers, two": (preset("resnet152"), ("layer2", "layer3")),
    "1,202 layers": (preset("cifar_resnet1202"), ("layer1",)),
    "1,202 layers, all": (preset("cifar_resnet1202"), ("layer1", "layer2", "layer3")),
    "own drop rates": (dataclasses.replace(preset("cifar_resnet110"), drop_path=0.5), ("layer2",)),
    "stride in the last block": (dataclasses.replace(preset("resnet152"), stride_block="last"), ("layer3",)),
    "a plain network": (ModelSpec(block="basic", stage_blocks=(30, 30, 30, 30), shortcut="none"), ("layer4",)),
}
opened_networks = pytest.mark.parametrize(("spec", "opened"), LONG.values(), ids=LONG)


def parsed(graph: Graph, opened: tuple[str, ...] = (), colour_by: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(overview_svg(graph, LIGHT, colour_by, opened=opened))


def of_class(root: ElementTree.Element, word: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if word in element.get("class", "").split()]


def boxes(graph: Graph, opened: tuple[str, ...]) -> list[Box]:
    return lay_out(plan(graph, opened), folded=plan(graph)).boxes


@opened_networks
def test_an_opened_stage_has_every_block_once_and_its_skip(spec: ModelSpec, opened: tuple[str, ...]) -> None:
    graph = assemble(spec)
    root = parsed(graph, opened)
    drawn = [block.get("data-path") for block in of_class(root, "block")]
    arches = [arch.get("data-path") for arch in of_class(root, "skip") if "folded" not in arch.get("class", "").split()]
    for stage in graph.stages:
        if stage.name in opened:
            paths = [placed.path for placed in stage.blocks]
            assert [path for path in drawn if path in paths] == paths
            assert [path for path in arches if path in paths] == ([] if spec.shortcut == "none" else paths)


@opened_networks
def test_opening_moves_what_follows_and_changes_no_size(spec: ModelSpec, opened: tuple[str, ...]) -> None:
    graph = assemble(spec)
    closed = {box.glyph.path: box for box in boxes(graph, ())}
    after = {box.glyph.path: box for box in boxes(graph, opened)}
    assert set(closed) < set(after)
    for path, box in closed.items():
        assert (after[path].width, after[path].height) == (box.width, box.height)
    stages = [stage for stage in graph.stages if stage.name in opened]
    for stage in stages:
        here = [after[placed.path] for placed in stage.blocks]
        gaps = {round(right.x - left.right, 6) for left, right in pairwise(here)}
        assert len(gaps) == 1, "an opened run stands at one pitch"
    ordered = boxes(graph, opened)
    assert all(left.right + 2 < right.x for left, right in pairwise(ordered))
    assert all(left.arrives < right.leaves for left, right in pairwise(ordered) if left.glyph.skip and right.glyph.skip)


@opened_networks
def test_what_opens_a_run_also_folds_it(spec: ModelSpec, opened: tuple[str, ...]) -> None:
    graph = assemble(spec)
    closed, after = parsed(graph), parsed(graph, opened)
    for name in opened:
        folds = [each for each in of_class(closed, "fold") if each.get("data-fold") == name]
        unfolded = [each for each in of_class(after, "unfolded") if each.get("data-fold") == name]
        assert len(folds) == 1
        assert unfolded
        assert not [each for each in of_class(after, "fold") if each.get("data-stage") == name]
        (first,) = {each.get("data-first") for each in (*folds, *unfolded)}
        assert first in {block.get("data-path") for block in of_class(closed, "block")}
        titles = [each[0].text or "" for each in (*folds, *unfolded)]
        assert titles[0].endswith(", folded: open them in place")
        assert titles[1].endswith(", opened: fold them")


def test_a_picture_that_stands_still_hides_what_only_a_page_can_do() -> None:
    for root in (parsed(assemble(preset("resnet152"))), parsed(assemble(preset("resnet152")), ("layer3",))):
        handles = of_class(root, "handle")
        assert handles
        assert {handle.get("display") for handle in handles} == {"none"}


def test_an_opened_picture_says_how_wide_it_was() -> None:
    graph = assemble(preset("resnet152"))
    assert parsed(graph).get("data-home") is None
    root = parsed(graph, ("layer3",))
    assert float(str(root.get("data-home"))) == WIDTH < float(str(root.get("viewBox")).split()[2])


def test_numbers_stand_under_the_blocks_of_an_opened_run() -> None:
    root = parsed(assemble(preset("cifar_resnet1202")), ("layer2",))
    words = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"10", "100", "190"} <= words
    assert "× 199" in words


def test_hidden_blocks_have_colours_of_their_own_when_opened() -> None:
    graph = assemble(preset("resnet152"))
    values = colouring(analyse(graph), "receptive_field").values
    root = parsed(graph, ("layer3",), "receptive_field")
    fills = {
        str(block.get("data-path")): LIGHT.sequential.index(str(rect.get("fill")))
        for block in of_class(root, "block")
        if (rect := block.find("{http://www.w3.org/2000/svg}rect")) is not None
    }
    run = [f"layer3.{number}" for number in range(36)]
    assert [fills[path] for path in run] == sorted(fills[path] for path in run)
    assert fills["layer3.0"] < fills["layer3.35"]
    assert values["layer3.0"] < values["layer3.35"]


@pytest.mark.parametrize("opened", [(), ("layer1",), ("layer9",)])
def test_where_nothing_is_folded_nothing_opens(opened: tuple[str, ...]) -> None:
    eight = dataclasses.replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1))
    svg = overview_svg(assemble(eight), opened=opened)
    assert "data-fold" not in svg
    assert "data-home" not in svg
