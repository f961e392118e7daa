"""The overview: valid, complete, to scale, nothing over anything else, skip connections marked."""

import dataclasses
import re
from itertools import pairwise
from math import sqrt
from xml.etree import ElementTree

import pytest

from explorer.analysis.network import analyse
from explorer.model import AssemblyError, ModelSpec, assemble, preset
from explorer.outputs.drawing.overview.colouring import METRICS, Colouring, colouring
from explorer.outputs.drawing.overview.layout import MARGIN, WIDTH, lay_out, text_width
from explorer.outputs.drawing.overview.picture import overview_svg, summary
from explorer.outputs.drawing.overview.plan import plan
from explorer.outputs.drawing.skips import STYLES
from explorer.outputs.palette import DARK, LIGHT
from tests.texts import numbers
from tests.variants import name_of, small_variants

VARIANTS = small_variants()
SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    "one stage": ModelSpec(
        block="basic", stage_blocks=(1,), stage_widths=(1,), stem="cifar", image_size=8, stem_width=1
    ),
    "eight stages": ModelSpec(
        stage_blocks=(3,) * 8, stage_widths=(64, 64, 128, 256, 512, 512, 1024, 2048), image_size=2048
    ),
    "eight deep stages": ModelSpec(block="basic", stage_blocks=(150,) * 8, stage_widths=(8,) * 8, image_size=1024),
    "1202 layers": preset("cifar_resnet1202"),
    "wide": ModelSpec(stage_blocks=(2, 2), stage_widths=(8192, 8192), stem_width=2048),
    "each block its own": dataclasses.replace(preset("cifar_resnet1202"), drop_path=0.5),
    "18 blocks": ModelSpec(block="basic", stage_blocks=(9, 9), stage_widths=(16, 32)),
}
NAMED = {
    name: preset(name)
    for name in ("resnet18", "resnet50", "resnext101_32x8d", "cifar_resnet56", "cifar_plain20", "vgg16")
}
ALL = EXTREMES | NAMED

every_network = pytest.mark.parametrize("spec", ALL.values(), ids=ALL)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def of_class(root: ElementTree.Element, word: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if word in element.get("class", "").split()]


@every_network
def test_every_block_is_there_once(spec: ModelSpec):
    root = parsed(overview_svg(assemble(spec)))
    drawn = [block.get("data-path") for block in of_class(root, "block")]
    blocks = [path for path in drawn if path not in {"stem", "head"}]
    assert len(blocks) == len(set(blocks))
    counts = [len(stage.blocks) for stage in assemble(spec).stages if stage.blocks[0].path]
    for number, count in enumerate(counts, 1):
        here = [path for path in blocks if str(path).startswith(f"layer{number}.")]
        hidden = [fold for fold in of_class(root, "fold") if fold.get("data-stage") == f"layer{number}"]
        folded = sum(int(fold.get("data-count", "0")) for fold in hidden)
        if any(fold.get("data-count") for fold in hidden) or not hidden:
            assert len(here) + folded == count
        else:
            # A run of which one block is drawn tells its length above it.
            words = [text.text for fold in hidden for text in fold.iter(f"{SVG}text")]
            assert len(here) - len(words) + sum(int(str(text)[2:].replace(",", "")) for text in words) == count
    assert {"stem", "head"} <= set(drawn)


@pytest.mark.parametrize("spec", [*VARIANTS, *NAMED.values()], ids=name_of)
def test_skip_connections_are_marked_where_there_are_some(spec: ModelSpec):
    graph = assemble(spec)
    svg = overview_svg(graph)
    if spec.shortcut == "none":
        assert "skip" not in svg
        return
    root = parsed(svg)
    arches = [arch for arch in of_class(root, "skip") if "folded" not in arch.get("class", "").split()]
    blocks = [block.get("data-path") for block in of_class(root, "block") if "." in block.get("data-path", "")]
    summed = {placed.path for _, placed in graph.placed_blocks() if placed.block.merge}
    blocks = [path for path in blocks if path in summed]
    assert [arch.get("data-path") for arch in arches] == blocks
    assert len(of_class(root, "addition")) == len(blocks)
    assert all(arch.find(f"{SVG}title") is not None for arch in arches)


def test_kinds_of_skip_look_different():
    looks = [(style.colour, style.dashes) for style in STYLES.values()]
    assert len(set(looks)) == len(looks)
    root = parsed(overview_svg(assemble(preset("resnet18"))))
    strokes = {
        arch.get("class"): (path.get("stroke"), path.get("stroke-dasharray"))
        for arch in of_class(root, "skip")
        if (path := arch.find(f"{SVG}path")) is not None
    }
    assert strokes == {
        "skip identity": (LIGHT.skip_edges["identity"], None),
        "skip projection": (LIGHT.skip_edges["projection"], STYLES["projection"].dashes),
    }


def test_a_skip_on_which_two_things_happen_looks_like_both_and_is_named_for_both():
    spec = dataclasses.replace(preset("resnet50"), skip="exclusive_gate")
    picture = overview_svg(assemble(spec))
    strokes = {
        (arch.get("class"), path.get("stroke"), path.get("stroke-dasharray"))
        for arch in of_class(parsed(picture), "skip")
        if (path := arch.find(f"{SVG}path")) is not None
    }
    gated, projection = STYLES["gated"], STYLES["projection"]
    assert strokes == {
        ("skip gated", LIGHT.skip_edges["gated"], gated.dashes),
        ("skip projection gated", LIGHT.skip_edges["projection"], gated.dashes),
    }
    assert f">{projection.label}, {gated.label}<" in picture
    assert f">{gated.label}<" in picture


@every_network
def test_nothing_overlaps_and_nothing_is_cut(spec: ModelSpec):
    columns = plan(assemble(spec))
    layout = lay_out(columns)
    boxes = layout.boxes
    for before, after in pairwise(boxes):
        assert before.right < after.leaves or after.glyph.skip is None
        assert before.right + 2 < after.x
        if before.glyph.skip and after.glyph.skip:
            assert before.arrives < after.leaves
    edges = [
        (place.middle - half, place.middle + half)
        for place in layout.columns
        for half in [max(text_width(line, 13) for line in place.column.lines) / 2]
    ]
    assert edges[0][0] >= 0
    assert edges[-1][1] <= layout.width
    assert all(left[1] <= right[0] for left, right in pairwise(edges))
    assert boxes[0].x >= MARGIN / 2
    assert boxes[-1].right <= layout.width - MARGIN / 2


@pytest.mark.parametrize("spec", [spec for name, spec in ALL.items() if not name.startswith("eight")])
def test_ordinary_networks_fit_the_width(spec: ModelSpec):
    assert lay_out(plan(assemble(spec))).width == WIDTH


def test_boxes_are_to_scale():
    boxes = {box.glyph.path: box for box in lay_out(plan(assemble(preset("resnet50")))).boxes}
    one, two, four = boxes["layer1.1"], boxes["layer2.1"], boxes["layer4.1"]
    assert one.height / two.height == pytest.approx(sqrt(56 / 28))
    assert four.width / two.width == pytest.approx(sqrt(2048 / 512))
    assert one.height / four.height == pytest.approx(sqrt(56 / 7))


def test_an_opened_stage_shows_every_block():
    graph = assemble(preset("cifar_resnet110"))
    closed, opened = (parsed(overview_svg(graph, opened=names)) for names in ((), ("layer2",)))

    def drawn(root: ElementTree.Element, stage: str) -> int:
        return sum(block.get("data-stage") == stage for block in of_class(root, "block"))

    assert drawn(closed, "layer2") < 18 == drawn(opened, "layer2")
    assert drawn(opened, "layer1") == drawn(closed, "layer1")


def test_the_largest_stage_can_be_opened():
    root = parsed(overview_svg(assemble(preset("cifar_resnet1202")), opened=("layer1",)))
    assert sum(block.get("data-stage") == "layer1" for block in of_class(root, "block")) == 200


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colours_follow_the_values(metric: str, theme: object):
    palette = DARK if theme is DARK else LIGHT
    graph = assemble(preset("resnet50"))
    values = colouring(analyse(graph), metric)
    root = parsed(overview_svg(graph, palette, metric))
    fills = {}
    for block in of_class(root, "block"):
        front = block.find(f"{SVG}rect")
        assert front is not None
        fills[block.get("data-path")] = front.get("fill")
    ranks = {path: palette.sequential.index(str(fill)) for path, fill in fills.items() if "." in str(path)}
    order = sorted(ranks, key=lambda path: values.values[str(path)])
    assert [ranks[path] for path in order] == sorted(ranks.values())
    assert max(ranks.values()) > min(ranks.values())
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert values.format_value(values.largest) in words


def test_metrics_of_all_boxes_sum_to_the_network():
    analysis = analyse(assemble(preset("resnet50")))
    assert sum(colouring(analysis, "params").values.values()) == 25_557_032
    assert sum(colouring(analysis, "macs").values.values()) == 4_089_184_256


def test_values_of_ones_own():
    graph = assemble(preset("resnet18"))
    measured = Colouring("time", {"layer1.0": 0.5, "layer4.1": 2.0}, lambda value: f"{value:g} ms")
    svg = overview_svg(graph, LIGHT, measured)
    assert "time: 2 ms" in svg
    fills = {
        block.get("data-path"): rect.get("fill")
        for block in of_class(parsed(svg), "block")
        if (rect := block.find(f"{SVG}rect")) is not None
    }
    assert fills["layer4.1"] == LIGHT.sequential[-1]
    assert fills["layer1.0"] == LIGHT.sequential[2]


def test_a_network_that_fails_is_drawn_up_to_there():
    with pytest.raises(AssemblyError) as caught:
        ModelSpec(stage_blocks=(2, 2), stage_widths=(64, 60), shortcut="pad", block="basic")
    svg = overview_svg(caught.value.partial, failure=str(caught.value))
    root = parsed(svg)
    assert [block.get("data-path") for block in of_class(root, "block")] == ["stem", "stem", "layer1.0", "layer1.1"]
    words = " ".join(str(text.text) for text in root.iter(f"{SVG}text"))
    assert f"{caught.value.field}: " in words
    assert "layer2.0" in words, "the place"


def test_a_network_that_fails_at_once_shows_its_image():
    nothing = dataclasses.replace(assemble(preset("resnet18")), stages=())
    root = parsed(overview_svg(nothing, failure='image_size: too <small> & "quoted"'))
    assert len(of_class(root, "image")) == 1
    assert of_class(root, "block") == []


@every_network
def test_it_is_told_in_words_and_fetches_nothing(spec: ModelSpec):
    svg = overview_svg(assemble(spec), DARK)
    root = parsed(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    description = root.find(f"{SVG}desc")
    assert description is not None
    assert description.text == summary(assemble(spec))
    assert f"layer{len(spec.stage_blocks)}: " in str(description.text)
    assert "url(" not in svg
    assert "href" not in svg
    assert DARK.background in svg
    assert len(svg) < 150_000


def test_summary_counts_shortcuts():
    (said,) = re.findall(r"layer2: [^.]*", summary(assemble(preset("resnet50"))))
    assert numbers(said) == ["4", "256", "56", "56", "512", "28", "28", "1", "3"]
    assert said.index("projection") < said.index("identity")
