"""DOT at three levels: what is drawn, and that every skip connection is marked at each."""

import dataclasses
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable

import pytest

from explorer.analysis.network import analyse
from explorer.model import Graph, ModelSpec, assemble, preset
from explorer.model.variants import SHORTCUTS, SKIPS
from explorer.outputs.diff import plan_diff
from explorer.outputs.drawing.dot import LEVELS, DrawingError, block_dot, dot_source, find_block
from explorer.outputs.drawing.dot_writer import DotWriter
from explorer.outputs.drawing.overview.picture import summary
from explorer.outputs.drawing.skips import skip_of
from explorer.outputs.palette import DARK, LIGHT
from tests.texts import numbers
from tests.variants import name_of, small_variants

VARIANTS = small_variants()
RESIDUAL = [spec for spec in VARIANTS if spec.shortcut != "none"]
PLAIN = [spec for spec in VARIANTS if spec.shortcut == "none"]
ITEM = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s\]]+))')
NAME = r'(?:"((?:[^"\\]|\\.)*)"|(\w+))'
EDGE = re.compile(rf"^\s*{NAME} -> {NAME} \[(.*)\]$")
NODE = re.compile(rf"^\s*{NAME} \[(.*)\]$")

Edges = list[tuple[str, str, dict[str, str]]]
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def look_of(items: str) -> dict[str, str]:
    return {key: quoted or bare for key, quoted, bare in ITEM.findall(items)}


def edges_of(source: str) -> Edges:
    found = [match for line in source.splitlines() if (match := EDGE.match(line))]
    return [(match[1] or match[2], match[3] or match[4], look_of(match[5])) for match in found]


def nodes_of(source: str) -> dict[str, dict[str, str]]:
    found = [match for line in source.splitlines() if (match := NODE.match(line))]
    return {match[1] or match[2]: look_of(match[3]) for match in found}


def skips_of(source: str) -> Edges:
    return [edge for edge in edges_of(source) if "skip" in edge[2].get("class", "").split()]


def graph_of(name: str) -> Graph:
    return assemble(preset(name))


def test_both_kinds_of_network_are_among_the_variants():
    assert RESIDUAL
    assert PLAIN


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("spec", PLAIN, ids=name_of)
def test_a_plain_network_has_no_skip_at_any_level(spec: ModelSpec, level: str):
    assert "skip" not in dot_source(assemble(spec), level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("spec", RESIDUAL, ids=name_of)
def test_every_skip_connection_leads_round_something(spec: ModelSpec, level: str):
    source = dot_source(assemble(spec), level)
    skips = skips_of(source)
    assert skips
    main = [(start, end) for start, end, look in edges_of(source) if look["class"] == "main"]
    colours = {look.get("color", LIGHT.main_edge) for _, _, look in skips}
    assert LIGHT.main_edge not in colours
    assert all(float(look["penwidth"]) > 2 for _, _, look in skips)
    # No skip edge lies on an edge of the main way.
    assert not {(start, end) for start, end, _ in skips} & set(main)
    names = nodes_of(source)
    assert all(start in names and end in names for start, end, _ in edges_of(source))


def test_stage_level_has_one_skip_for_each_stage():
    source = dot_source(graph_of("resnet50"), "stage")
    skips = skips_of(source)
    assert [numbers(look["label"]) for _, _, look in skips] == [["1", n] for n in ("2", "3", "5", "2")]
    assert {look["class"] for _, _, look in skips} == {"skip projection identity"}
    assert {"stem", "layer1", "layer2", "layer3", "layer4", "head"} <= set(nodes_of(source))


def test_block_level_folds_repeats():
    source = dot_source(graph_of("resnet101"), "block")
    nodes = nodes_of(source)
    assert nodes["layer3.1"]["label"].startswith("layer3.1 × 22\\n")
    assert "layer3.2" not in nodes
    labels = [look["label"].strip() for _, _, look in skips_of(source)]
    assert labels == [part for n in (2, 3, 22, 2) for part in ("projection", f"identity × {n}")]
    # The folded node tells the cost of all its blocks.
    assert "22" not in nodes["layer3.0"]["label"]
    assert f"{22 * 1_117_184:,} parameters" in nodes["layer3.1"]["tooltip"]


def test_blocks_fold_though_each_has_its_own_drop_rate():
    spec = dataclasses.replace(preset("cifar_resnet110"), drop_path=0.5)
    nodes = nodes_of(dot_source(assemble(spec), "block"))
    assert nodes["layer2.1"]["label"].startswith("layer2.1 × 17\\n")


@pytest.mark.parametrize("name", ["resnet18", "cifar_resnet56", "cifar_plain20"])
def test_op_level_is_the_graph(name: str):
    graph = graph_of(name)
    source = dot_source(graph, "op")
    assert set(nodes_of(source)) - {"node", "edge", "graph"} == {"input"} | {path for path, _ in graph.nodes()}
    handed_over = sum(len(node.inputs) for _, node in graph.nodes())
    assert len(edges_of(source)) == handed_over
    marked = sum(edge.skip for _, placed in graph.placed_blocks() for edge in placed.block.edges)
    assert len(skips_of(source)) == marked


def test_op_level_follows_the_shortcut_through_its_ops():
    skips = skips_of(dot_source(graph_of("resnet18"), "op"))
    at = [(start, end) for start, end, _ in skips if "layer2.0." in end]
    assert at == [
        ("layer1.1.act2", "layer2.0.downsample.0"),
        ("layer2.0.downsample.0", "layer2.0.downsample.1"),
        ("layer2.0.downsample.1", "layer2.0.add"),
    ]
    assert ("layer1.0.act2", "layer1.1.add") in [(start, end) for start, end, _ in skips]
    assert Counter(look["class"] for _, _, look in skips) == {"skip projection": 9, "skip identity": 5}


@pytest.mark.parametrize(
    ("changes", "css"),
    [
        ({"shortcut": "pad"}, "skip pad"),
        ({"shortcut": "projection"}, "skip projection"),
        ({"shortcut": "avg_projection"}, "skip projection"),
        ({"skip": "exclusive_gate"}, "skip projection gated"),
        ({"skip": "shortcut_gate", "shortcut": "pad"}, "skip pad gated"),
        ({"skip": "scale"}, "skip projection scaled"),
        ({"skip": "dropout"}, "skip projection dropout"),
        ({"skip": "conv1x1"}, "skip projection"),
    ],
)
def test_classes_name_what_happens_on_the_way(changes: dict[str, str], css: str):
    graph = assemble(dataclasses.replace(preset("cifar_resnet20"), **({"shortcut": "projection"} | changes)))
    skip = skip_of(find_block(graph, "layer2.0").block)
    assert skip is not None
    assert skip.css == css
    assert {look["class"] for _, _, look in skips_of(block_dot(find_block(graph, "layer2.0")))} == {css}


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("shortcut", [name for name in SHORTCUTS if name != "none"])
def test_every_kind_of_skip_is_marked_and_typed_at_every_level(shortcut: str, skip: str):
    graph = assemble(dataclasses.replace(preset("cifar_resnet20"), shortcut=shortcut, skip=skip))
    for stage in graph.stages:
        kinds = [found for placed in stage.blocks if (found := skip_of(placed.block))]
        assert len(kinds) == (len(stage.blocks) if stage.blocks[0].path else 0)
        wanted = {kind for found in kinds for kind in found.kinds}
        at_stage = [look for start, end, look in skips_of(dot_source(graph, "stage")) if end == f"{stage.name}.out"]
        assert [set(look["class"].split()) - {"skip"} for look in at_stage] == ([wanted] if wanted else [])
        for level in ("block", "op"):
            here = [look for _, end, look in skips_of(dot_source(graph, level)) if end.startswith(f"{stage.name}.")]
            assert {kind for look in here for kind in look["class"].split()} - {"skip"} == wanted


def test_a_block_alone_runs_from_x_to_y():
    placed = find_block(graph_of("resnet50"), "layer1.1")
    source = block_dot(placed)
    edges = [(start, end) for start, end, _ in edges_of(source)]
    assert ("x", "conv1") in edges
    assert ("act3", "y") in edges
    assert [(start, end) for start, end, _ in skips_of(source)] == [("x", "add")]


@pytest.mark.parametrize("path", ["stem", "head"])
def test_stem_and_head_are_blocks_too(path: str):
    assert "skip" not in block_dot(find_block(graph_of("resnet50"), path))


def test_colours_are_the_themes():
    source = dot_source(graph_of("resnet18"), "block", DARK)
    assert f'bgcolor="{DARK.background}"' in source
    assert DARK.skip_edges["identity"] in source
    assert LIGHT.background not in source


def test_tooltips_tell_shape_and_cost():
    tooltip = nodes_of(dot_source(graph_of("resnet50"), "op"))["conv1"]["tooltip"]
    assert tooltip.startswith("conv1: ")
    assert numbers(tooltip) == ["64", "112", "112", "9,408", "118,013,952"], "shape, parameters, MACs"


def test_strings_are_escaped():
    writer = DotWriter(LIGHT, "TB", "a title")
    writer.node("n", 'a "b" \\N\nc', "plain", "")
    assert nodes_of(writer.text())["n"]["label"] == 'a \\"b\\" \\\\N\\nc'


def test_a_pool_between_stages_has_the_colour_and_the_words_of_a_pool():
    nodes = nodes_of(dot_source(graph_of("vgg16"), "block"))
    pool, unit = nodes["layer2.0"], nodes["layer2.1"]
    assert "max pool, stride 2" in pool["label"]
    assert pool["fillcolor"] == LIGHT.fills["pool"] != unit["fillcolor"]
    assert nodes_of(dot_source(graph_of("yolov3_darknet53"), "block"))["layer1.0"]["fillcolor"] == unit["fillcolor"]


def test_a_pool_is_named_apart_from_the_blocks_of_its_stage_and_no_path_counts_it():
    graph = assemble(preset("vgg16"))
    assert "pool, 3 blocks, single" in nodes_of(dot_source(graph, "stage"))["layer3"]["label"]
    assert "layer3: pool, 3 single blocks," in summary(graph)
    sides = [stage.sides[0] for stage in plan_diff(["VGG-16"], [graph]).stages]
    assert [side.blocks for side in sides if side] == ["", "1 block", "pool, 2 blocks", *3 * ["pool, 3 blocks"], ""]
    found = analyse(graph)
    assert [(row.kind, row.blocks) for row in found.stages[2:4]] == [("single", 2), ("single", 3)]
    assert found.total.blocks == sum(row.blocks for row in found.blocks) == 12
    assert found.path_lengths == (*12 * (0,), 1)


def test_too_many_nodes_says_by_how_many_and_the_way_out():
    with pytest.raises(DrawingError, match=r"`stage` .*`block`") as caught:
        dot_source(graph_of("cifar_resnet1202"), "op")
    assert numbers(caught.value.message) == ["4,209", "209", "4,000"]
    assert caught.value.field == "level"
    assert len(nodes_of(dot_source(graph_of("cifar_resnet1202"), "block"))) < 30


@pytest.mark.parametrize(("draw", "name", "field"), [(dot_source, "atom", "level"), (find_block, "layer9.9", "block")])
def test_unknown_names_are_errors(draw: Callable[[Graph, str], object], name: str, field: str):
    with pytest.raises(DrawingError) as caught:
        draw(graph_of("resnet18"), name)
    assert caught.value.field == field


@needs_dot
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("spec", [*VARIANTS[::6], preset("resnet50")], ids=name_of)
def test_graphviz_accepts_it_and_keeps_the_classes(spec: ModelSpec, level: str):
    source = dot_source(assemble(spec), level)
    done = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(re.findall(r'class="edge skip', done.stdout)) == len(skips_of(source))
