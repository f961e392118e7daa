"""What every graph keeps: an order that can be run, sums that add up, shared blocks, and a shortcut that shows."""

from itertools import groupby, pairwise
from operator import add

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.model import Block, Cost, Graph, ModelSpec, assemble, preset
from explorer.model.graph import BLOCK_INPUT, TRANSITION
from explorer.model.ops import Add, total
from tests.strategies import specs
from tests.variants import name_of, small_variants

FEW = settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much])


def units(graph: Graph) -> list[Block]:
    return [placed.block for _, placed in graph.placed_blocks() if placed.path]


@FEW
@given(specs())
def test_running_order_names_and_shapes(spec: ModelSpec) -> None:
    graph = assemble(spec)
    shape = graph.input_shape
    assert shape == (spec.in_channels, spec.image_size, spec.image_width or spec.image_size)
    for _, placed in graph.placed_blocks():
        assert placed.block.input_shape == shape
        known = {BLOCK_INPUT: shape}
        for node in placed.block.nodes:
            assert node.name not in known
            inputs = tuple(known[source] for source in node.inputs)
            assert node.shape == node.op.output_shape(*inputs)
            assert min(node.shape) >= 1
            assert node.cost == node.op.cost(inputs, node.shape)
            if isinstance(node.op, Add):
                assert inputs[0] == inputs[1]
            known[node.name] = node.shape
        shape = placed.block.output_shape
        read = {source for node in placed.block.nodes for source in node.inputs}
        assert read == set(known) - {placed.block.nodes[-1].name}
    paths = [path for path, _ in graph.nodes()]
    assert len(paths) == len(set(paths))


@FEW
@given(specs())
def test_costs_add_up(spec: ModelSpec) -> None:
    graph = assemble(spec)
    nodes = [node.cost for _, node in graph.nodes()]
    for position, name in enumerate(Cost._fields):
        assert getattr(graph.cost, name) == sum(cost[position] for cost in nodes), name
        for stage in graph.stages:
            assert getattr(stage.cost, name) == sum(getattr(placed.block.cost, name) for placed in stage.blocks)
    assert graph.cost.params == sum(
        total_of(shape) for _, node in graph.nodes() for shape in node.op.parameters().values()
    )
    assert graph.cost.buffers == sum(total_of(s) for _, node in graph.nodes() for s in node.op.buffers().values())


def total_of(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def test_the_sum_of_nothing_is_nothing() -> None:
    assert total([]) == Cost()
    assert total([Cost(1, 2, 3, 4, 5), Cost(10, 20, 30, 40, 50)]) == Cost(
        *map(add, (1, 2, 3, 4, 5), (10, 20, 30, 40, 50))
    )


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_the_shortcut_is_a_way_of_skip_edges(spec: ModelSpec) -> None:
    """From x, or from the pre-activation that opens both ways, to the sum; nothing of the branch is on it."""
    graph = assemble(spec)
    for block in units(graph):
        skips = {edge.target: edge.source for edge in block.edges if edge.skip}
        sums = [node.name for node in block.nodes if isinstance(node.op, Add)]
        if spec.shortcut == "none" or block.kind == TRANSITION:
            assert not skips
            assert not sums
            assert block.shortcut == "none"
            continue
        assert len(sums) == 1
        way = [sums[0]]
        while way[-1] in skips:
            way.append(skips[way[-1]])
        before = {node.name: node.inputs for node in block.nodes}
        opening = {BLOCK_INPUT, *(f"{kind}1" for kind in ("bn", "act") if (BLOCK_INPUT,) in before.values())}
        assert way[-1] in opening
        assert len(way) == len(skips) + 1, "every skip edge lies on the way"
        assert not any(name.startswith(("conv", "se.", "eca.", "gate.")) for name in way)
    for block in (graph.stages[0].blocks[0].block, graph.stages[-1].blocks[0].block):
        assert not any(edge.skip for edge in block.edges)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20", "resnext50_32x4d"])
def test_in_post_activation_the_way_starts_at_x(name: str) -> None:
    for block in units(assemble(preset(name))):
        assert any(edge.skip and edge.source == BLOCK_INPUT for edge in block.edges)


def test_repeated_blocks_are_one_object() -> None:
    graph = assemble(preset("cifar_resnet1202"))
    assert len(units(graph)) == 600
    assert len({id(block) for block in units(graph)}) == 5  # one a stage, and the two that change the shape
    assert len({id(block) for block in units(assemble(preset("resnet152")))}) == 8


@FEW
@given(specs())
def test_equal_blocks_are_one_object(spec: ModelSpec) -> None:
    for stage in assemble(spec).stages:
        units = [placed.block for placed in stage.blocks if placed.block.kind != TRANSITION]
        for before, after in pairwise(units):
            opens = before is units[0] and stage.name == "layer1"
            if before == after and not (opens and "preact" in spec.activation_order):
                assert before is after


@FEW
@given(specs())
def test_runs_fold_neighbours_and_lose_none(spec: ModelSpec) -> None:
    for stage in assemble(spec).stages:
        runs = list(stage.runs())
        assert [count for _, count in runs] == [
            len(list(same)) for _, same in groupby(id(p.block) for p in stage.blocks)
        ]
        assert runs[0][0] is stage.blocks[0]
        assert sum(count for _, count in runs) == len(stage.blocks)


def test_runs_of_resnet50() -> None:
    layer3 = assemble(preset("resnet50")).stages[3]
    assert [(placed.path, count) for placed, count in layer3.runs()] == [("layer3.0", 1), ("layer3.1", 5)]
    assert [placed.path for placed in layer3.blocks] == [f"layer3.{number}" for number in range(6)]


def test_paths_are_torchs() -> None:
    paths = [path for path, _ in assemble(preset("resnet18")).nodes()]
    assert paths[:4] == ["conv1", "bn1", "act1", "maxpool"]
    assert "layer2.0.downsample.1" in paths
    assert paths[-3:] == ["avgpool", "flatten", "fc"]


def test_kinds_and_shortcuts_of_blocks() -> None:
    kinds = [(block.kind, block.shortcut) for block in units(assemble(preset("resnet18")))]
    assert kinds == [("basic", s) for s in ("identity", "identity", *("projection", "identity") * 3)]
    plain = units(assemble(preset("cifar_plain20")))
    assert {block.shortcut for block in plain} == {"none"}
    padded = [block.shortcut for block in units(assemble(preset("cifar_resnet20")))]
    assert padded == ["identity"] * 3 + ["pad", "identity", "identity"] * 2


def test_assembling_twice_gives_the_same_graph() -> None:
    assert assemble(ModelSpec()) is assemble(ModelSpec())
