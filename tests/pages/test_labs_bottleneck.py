"""Lab 6: the text's weights against assembled blocks, equal MACs, the versions' difference, and times as measured."""

import json

import pytest

from explorer.analysis.network import analyse
from explorer.experiments import Answer, ExperimentRequest, Refusal
from explorer.experiments.catalogue.layer_times import LayerTime, LayerTimesResult, TimedLayers
from explorer.experiments.catalogue.measure import BlockTime, MeasuredMemory, MeasuredNetwork, MeasureResult
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.ops import Conv2d
from explorer.ui.labs import bottleneck
from explorer.ui.labs.shared import text, timing_experiment
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.measure_fakes import timing as timed
from tests.texts import numbers

__all__ = ["job_manager"]
SPATIAL, POINTWISE, *_ = timing_experiment.KINDS
REFUSAL = Refusal("There is not enough memory for this.")


def measured(request: ExperimentRequest) -> MeasureResult:
    """The first network takes 1 s, the second 2 s; every block 10 ms."""
    networks = []
    for place, subject in enumerate(request.networks, 1):
        graph = assemble(subject.spec)
        blocks = tuple(BlockTime(each.path or stage.name, 0.01) for stage, each in graph.placed_blocks())
        timing = timed("forward", float(place))
        memory = MeasuredMemory("counted", 0, 0, 0, 0)
        networks.append(MeasuredNetwork(subject.label, graph.cost.params, graph.cost.macs, (timing,), blocks, memory))
    return MeasureResult("cpu", "a processor", "fp32", 1, 1, {"torch": "2"}, tuple(networks))


def weights_of_a_block(spec: ModelSpec) -> int:
    """Of the convolutions of the second block, which changes no shape."""
    block = assemble(spec).stages[1].blocks[1].block
    return sum(node.cost.params for node in block.nodes if isinstance(node.op, Conv2d))


def test_the_numbers_of_the_text_are_those_of_assembled_blocks() -> None:
    section = text.sections("bottleneck")["blocks_count"]
    assert r"= 18\,w^2" in section
    assert r"= 17\,w^2" in section
    assert weights_of_a_block(preset("resnet34")) == 18 * 64**2 == 73_728
    assert weights_of_a_block(preset("resnet50")) == 17 * 64**2 == 69_632
    assert numbers(str(bottleneck.blocks_question(64).reveal))[:2] == ["73,728", "69,632"]


@pytest.mark.parametrize(("solved", "kept"), [("width", "stage_blocks"), ("depth", "stage_widths")])
def test_macs_are_equal_up_to_whole_numbers(solved: str, kept: str) -> None:
    found = bottleneck.basic_and_bottleneck(preset("resnet34"), solved)
    basic, narrow = (assemble(spec).cost.macs for spec in found.values())
    assert abs(narrow / basic - 1) < 0.03
    assert getattr(found["basic"], kept) == getattr(found["bottleneck"], kept)
    assert found["basic"] == preset("resnet34")


def test_costs_by_kind_add_up_to_the_whole() -> None:
    for name in ("resnet34", "resnet50"):
        graph = assemble(preset(name))
        for count in ("params", "macs"):
            assert sum(timing_experiment.cost_by_kind(analyse(graph), count).values()) == getattr(graph.cost, count)
    assert timing_experiment.cost_by_kind(analyse(assemble(preset("resnet34"))), "macs")[POINTWISE] == 0


@pytest.mark.parametrize("name", ["resnet50", "resnet101", "resnet152"])
def test_the_versions_differ_by_as_much_in_every_depth(name: str) -> None:
    versions = bottleneck.both_versions(preset(name))
    table = bottleneck.differences(versions)
    assert list(table["Block"]) == ["layer2.0", "layer3.0", "layer4.0", "network"]
    assert table["More"].iloc[-1] == "231,211,008"
    assert "231,211,008" in str(bottleneck.versions_question(versions).reveal)


def test_a_basic_network_has_no_versions() -> None:
    with pytest.raises(SpecError, match="block"):
        bottleneck.both_versions(preset("resnet18"))


def test_counts_are_shown_and_times_are_measured_on_demand(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Answer(measured(request), 3.0)
    app = bench.open("labs", lab="bottleneck", size="64")
    app.button(key="predict.bottleneck.skip").click().run()
    assert not app.exception
    assert job_manager.requests == []
    assert list(app.dataframe[0].value["Layers"]) == [34, 50]
    app.button(key="time-blocks.run").click().run()
    assert not app.exception
    assert [each.spec.image_size for each in job_manager.requests[0].networks] == [64, 64]
    assert list(app.dataframe[1].value["Median, ms"]) == ["1000.00", "2000.00"]
    drawn = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]
    assert list(drawn[0]["x"]) == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert drawn[0]["y"][1] == pytest.approx(30)


def layered(request: ExperimentRequest) -> LayerTimesResult:
    """Every layer of every network takes 1 ms, a whole pass 2 s."""
    networks = []
    for subject in request.networks:
        layers = tuple(LayerTime(row.path, 0.001) for row in analyse(assemble(subject.spec)).layers)
        networks.append(TimedLayers(subject.label, layers, 2.0))
    return LayerTimesResult("cpu", "a processor", 1, tuple(networks))


def test_time_by_kind_of_layer_is_shown_beside_the_share_of_macs(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Answer(layered(request), 3.0)
    app = bench.open("labs", lab="bottleneck", size="32")
    app.button(key="predict.bottleneck.skip").click().run()
    app.button(key="layers-blocks.run").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert (request.experiment, [each.spec.image_size for each in request.networks]) == ("layer_times", [32, 32])
    (table,) = (each.value for each in app.dataframe if "Kind" in each.value.columns)
    rows = table.set_index("Kind")
    # 16 blocks of two convolutions and two norms, and three shortcuts with a norm; every layer takes 1 ms here.
    assert (rows.loc[SPATIAL, "basic, ms"], rows.loc["norms", "basic, ms"]) == ("32.00", "35.00")
    assert rows.loc[SPATIAL, "basic, MACs"] == "96%"
    assert rows.loc["norms", "basic, MACs"] == "0%"
    assert rows.loc[timing_experiment.CLOCK_OUTSIDE, "basic, ms"] == "2000.00"
    frame = timing_experiment.layer_frame(request, layered(request))
    assert set(frame["kind"]) <= set(timing_experiment.KINDS)
    assert len(frame) == sum(len(network.layers) for network in layered(request).networks)


def test_versions_are_shown_after_the_answer_and_a_refusal_leaves_them(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    job_manager.respond = lambda request: REFUSAL
    app = bench.open("labs", lab="bottleneck", part="versions")
    assert not app.dataframe
    app.button(key="predict.versions.skip").click().run()
    app.button(key="time-versions.run").click().run()
    assert not app.exception
    assert [each.value for each in app.error] == [REFUSAL.message]
    assert list(app.dataframe[0].value["Parameters"]) == ["25,557,032"] * 2


def test_the_receptive_fields_of_both_versions_stand_side_by_side() -> None:
    """In v1 three 3x3 convolutions come after the stride: each adds two steps of the coarser map."""
    table = bottleneck.counts(bottleneck.both_versions(preset("resnet50"))).set_index("Network")
    assert list(table.loc[["v1", "v1.5"], bottleneck.FIELD]) == ["483", "427"]
    assert 483 - 427 == 2 * ((8 - 4) + (16 - 8) + (32 - 16))
