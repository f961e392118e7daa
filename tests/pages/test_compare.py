"""The Compare page: differences and ratios, links of every kind, equal cost, the way to Build and back."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.measure import MeasuredMemory, MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.protocol import Answer, Progress, Refusal
from explorer.jobs.capacity import usable_cores
from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import PublishedWeights
from explorer.model import CONTROLS, PRESETS, SpecError, assemble, preset
from explorer.model.link import from_link, to_link
from explorer.outputs.tables.choosing import BOUNDS
from explorer.ui.common.networks import network_name
from explorer.ui.compare import scatter, timing
from explorer.ui.compare.charts import FRONTIER, OTHERS, TRAIL
from explorer.ui.compare.choosing import TOGETHER, limit_text
from explorer.ui.compare.page import SETUP
from explorer.ui.compare.setup import ADDRESS, STARTERS, VIEW_LABELS, CompareSetup, suggestions
from explorer.ui.measuring import differences
from explorer.ui.measuring.panel import busy_text
from explorer.ui.measuring.progress import CANCELLED
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.measure_fakes import timing as timed
from tests.texts import numbers

__all__ = ["job_manager"]

WEIGHTS = tuple(
    PublishedWeights(name, "IMAGENET1K_V1", True, 1, 1.0, 1.0, top1, 90.0, "", "", (1, 1))
    for name, top1 in (("resnet18", 69.758), ("resnet50", 76.13), ("resnext50_32x4d", 77.618))
)


@pytest.fixture(autouse=True)
def _without_a_child(monkeypatch: pytest.MonkeyPatch, job_manager: FakeJobManager) -> Iterator[None]:
    monkeypatch.setattr(scatter, "published_weights", lambda: WEIGHTS)
    scatter._weights.clear()
    yield
    scatter._weights.clear()


def table(app: AppTest, column: str, number: int = 0) -> pd.DataFrame:
    """The table that has this column; `number` counts those that have."""
    return [shown.value for shown in app.dataframe if column in shown.value][number]


def address(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in app.query_params.items()}


def named_networks(app: AppTest) -> list[str]:
    return list(app.session_state[SETUP].named_networks)


# Differences ----------------------------------------------------------------------------------------------------


def test_only_what_differs_and_the_ratios(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "resnext50_32x4d"])
    assert not app.exception
    differing = table(app, "field")
    assert differing["field"].tolist() == ["cardinality", "base_width"]
    totals = table(app, "quantity").set_index("quantity")
    assert totals.loc["parameters", "ResNet-50"] == 25_557_032
    assert totals.loc["MACs", "ResNeXt-50 32x4d"] == 4_230_479_872
    assert totals.loc["MACs", "ResNeXt-50 32x4d / ResNet-50"] == pytest.approx(4_230_479_872 / 4_089_184_256)


def test_a_fresh_page_compares_something(bench: Bench) -> None:
    app = bench.open("compare")
    assert not app.exception
    assert named_networks(app) == ["resnet50", "resnext50_32x4d"]
    assert address(app) == {}


@pytest.mark.parametrize("view", VIEW_LABELS)
def test_every_view_opens_from_a_link(bench: Bench, view: str) -> None:
    app = bench.open("compare", net=["resnet50", "plain50", "preact_resnet50"], show=view)
    assert not app.exception
    assert not app.error
    assert address(app).get("show", ["totals"]) == [view]


def test_stage_tables_sum_to_the_whole(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet18", "resnet34"], show="stages")
    stages = table(app, "stage", 1).set_index("stage")
    assert stages.loc["total", "ResNet-34"] == 3_663_761_408
    assert stages["ResNet-34"].drop("total").sum() == 3_663_761_408
    assert stages.loc["stem", "agreement"] == "same"


def test_a_block_op_by_op(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "resnext50_32x4d"], show="block", block="layer1.1")
    ops = table(app, "op").set_index("op")
    assert "32 groups" in ops.loc["conv2", "ResNeXt-50 32x4d"]
    assert "conv3" not in ops.index
    app.selectbox(key="compare.block").set_value("stem").run()
    assert "stem" in app.info[0].value
    assert address(app)["block"] == ["stem"]


# Links ----------------------------------------------------------------------------------------------------------


def test_a_link_brings_everything_back(bench: Bench) -> None:
    own = to_link(replace(preset("resnet50"), stem="deep", stem_width=32))
    wanted = {
        "net": ["resnet50", own],
        "show": "solver",
        "hold": "macs",
        "turn": "depth",
        "to": "24",
        "solve": "width",
        "bars": "params",
    }
    app = bench.open("compare", **wanted)
    assert not app.exception
    assert not app.warning
    assert address(app) == {name: [value] if isinstance(value, str) else value for name, value in wanted.items()}
    assert app.selectbox(key="compare.turn").value == "depth"
    assert app.number_input(key="compare.to").value == 24


def test_a_broken_network_gets_one_sentence_and_the_others_stay(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet18", "1~resnet50~stem.deep~00", "resnet34"])
    assert not app.exception
    assert named_networks(app) == ["resnet18", "resnet34"]
    with pytest.raises(SpecError) as refused:
        from_link("1~resnet50~stem.deep~00")
    (warning,) = app.warning
    assert refused.value.message.rstrip(".") in warning.value


def test_more_than_six_says_so(bench: Bench) -> None:
    names = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnet200", "resnet26"]
    app = bench.open("compare", net=names)
    assert named_networks(app) == names[:6]
    assert "6" in numbers(app.warning[0].value)


@pytest.mark.parametrize(
    ("name", "text"), [("to", "-3"), ("to", "9" * 400), ("turn", "nonsense"), ("y", "<b>"), ("show", ""), ("knob", "²")]
)
def test_a_choice_that_cannot_be_gets_a_sentence(name: str, text: str) -> None:
    setup = CompareSetup.from_query({name: [text]})
    assert setup.choices[name] == ADDRESS.defaults()[name]
    assert len(setup.warnings) == 1
    assert len(setup.warnings[0]) < 180


def test_an_unknown_parameter_is_named() -> None:
    assert "'colour'" in CompareSetup.from_query({"colour": ["red"]}).warnings[0]


def test_the_same_network_twice_stands_once() -> None:
    setup = CompareSetup.from_query({"net": ["resnet50", to_link(preset("resnet50")), "resnet50"]})
    assert setup.named_networks == ["resnet50"]


def test_equal_labels_are_told_apart() -> None:
    base = replace(preset("resnet50"), activation="silu", norm="group", zero_init_residual=True)
    links = [to_link(replace(base, skip_scale=factor, skip="scale")) for factor in (0.5, 0.6)]
    labels = [label for label, _ in CompareSetup.from_query({"net": links}).networks]
    assert len(set(labels)) == 2


# Who is compared ------------------------------------------------------------------------------------------------


def test_one_network_alone_is_an_invitation(bench: Bench) -> None:
    app = bench.open("compare", net="cifar_resnet20")
    assert not app.exception
    assert "CIFAR ResNet-20" in app.markdown[1].value
    app.button(key="compare.suggest.the same without shortcuts").click().run()
    assert named_networks(app) == ["cifar_resnet20", "cifar_plain20"]
    assert table(app, "field")["field"].tolist() == ["shortcut"]
    assert address(app)["net"] == ["cifar_resnet20", "cifar_plain20"]


def test_nobody_at_all_is_an_invitation_too(bench: Bench) -> None:
    app = bench.open("compare", net="")
    app.multiselect(key="compare.nets").set_value([]).run()
    assert not app.exception
    title, names = next(iter(STARTERS.items()))
    next(button for button in app.button if button.label == title).click().run()
    assert named_networks(app) == list(names)


def test_another_network_is_put_first(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet18", "resnet34"])
    app.button(key="compare.lead.1").click().run()
    assert named_networks(app) == ["resnet34", "resnet18"]
    assert "ResNet-18 / ResNet-34" in table(app, "quantity")


@pytest.mark.parametrize("name", ["resnet50", "cifar_plain20", "cifar_preact110", "keras_resnet50"])
def test_suggestions_are_other_networks_that_stand(name: str) -> None:
    found = suggestions(preset(name))
    assert found
    assert preset(name) not in found.values()
    for spec in found.values():
        assemble(spec)


def test_build_takes_its_network_along(bench: Bench) -> None:
    app = bench.open(stage_blocks="3-4-7-3")
    assert app.button(key="compare").label == "Compare"
    assert not app.button(key="compare").disabled


# Equal cost -----------------------------------------------------------------------------------------------------


def test_resnext_table_2_is_solved_and_added(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "resnet18"], show="solver")
    solved = table(app, "ratio").set_index("cardinality")["base_width"]
    assert {key: int(solved[key]) for key in (1, 2, 4, 8, 32)} == {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}
    assert app.metric[0].label.startswith(CONTROLS["base_width"].label)
    assert app.metric[0].value == "4"
    app.button(key="compare.add").click().run()
    assert named_networks(app) == ["resnet50", "resnet18", "resnext50_32x4d"]
    assert app.button(key="compare.add").disabled, "it is there already"


def test_a_value_that_no_network_has_is_refused_in_a_sentence(bench: Bench) -> None:
    app = bench.open("compare", show="solver", turn="depth", to="3", solve="width")
    assert not app.exception
    assert numbers(app.error[0].value) == ["3", "4"]


def test_one_knob_for_both_is_refused_in_a_sentence(bench: Bench) -> None:
    app = bench.open("compare", show="solver", turn="depth", to="20", solve="depth")
    assert not app.exception
    assert len(app.error) == 1
    assert not app.metric


def test_a_sweep_can_be_taken_away(bench: Bench) -> None:
    app = bench.open("compare", show="sweep", knob="cardinality", upto="4")
    swept = table(app, "network")
    assert swept["cardinality"].tolist() == [1, 2, 3, 4] * 2
    assert swept.loc[0, "params"] == 25_557_032


def test_a_sweep_backwards_is_refused_in_a_sentence(bench: Bench) -> None:
    app = bench.open("compare", show="sweep", **{"from": "9", "upto": "4"})
    assert numbers(app.error[0].value) == ["9", "4"]


# Among known networks -------------------------------------------------------------------------------------------


def test_published_errors_keep_to_one_protocol(bench: Bench) -> None:
    app = bench.open("compare", show="field", y="torchvision-imagenet1k_v1")
    assert not app.exception
    known = table(app, "source").set_index("network")
    assert known["error"].to_dict() == {"ResNeXt-50 32x4d": 22.382, "ResNet-50": 23.87, "ResNet-18": 30.242}
    assert known["accuracy"].tolist() == pytest.approx([77.618, 76.13, 69.758]), "the most accurate first"
    assert set(known["frontier"]) == {"yes"}
    assert known.loc["ResNet-50", "macs"] == 4_089_184_256


def test_a_silent_torchvision_leaves_the_papers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> None:
        raise ChildError("no torchvision")

    monkeypatch.setattr(scatter, "published_weights", silent)
    scatter._weights.clear()
    app = bench.open("compare", show="field")
    assert not app.exception
    assert "ResNeXt-50 32x4d" in table(app, "source")["network"].tolist()


def test_cost_against_cost_has_every_known_network(bench: Bench) -> None:
    app = bench.open("compare", show="field", x="params", y="macs")
    assert len(table(app, "source")) > 200


def traces(app: AppTest) -> dict[str, list[str]]:
    """The names in links of the networks of each trace of the chart."""
    (chart,) = app.get("plotly_chart")
    return {trace["name"]: trace.get("customdata", []) for trace in json.loads(chart.proto.spec)["data"]}


V1 = {"show": "field", "y": "torchvision-imagenet1k_v1"}


def test_the_frontier_is_marked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = (*WEIGHTS, replace(WEIGHTS[1], preset="resnet101", top1=70.0))
    monkeypatch.setattr(scatter, "published_weights", lambda: worse)
    scatter._weights.clear()
    app = bench.open("compare", **V1)
    assert traces(app)[FRONTIER] == ["resnet18", "resnet50", "resnext50_32x4d"], "the cheapest first"
    known = table(app, "source").set_index("network")
    assert known.loc["ResNet-101", "frontier"] == "no", "ResNet-50 is cheaper and better"


def test_bounds_leave_what_fits_and_the_address_keeps_them(bench: Bench) -> None:
    app = bench.open("compare", **V1)
    app.number_input(key="compare.most_macs").set_value(4.1).run()
    app.number_input(key="compare.least_top1").set_value(70).run()
    assert not app.exception
    assert address(app)["most_macs"] == ["4.1"]
    assert address(app)["least_top1"] == ["70"]
    assert table(app, "source")["network"].tolist() == ["ResNet-50"]
    assert traces(app)[OTHERS] == ["resnet18", "resnext50_32x4d"]
    again = bench.open("compare", **V1, most_macs="4.1", least_top1="70")
    assert table(again, "source")["network"].tolist() == ["ResNet-50"]


@pytest.mark.parametrize(("name", "text"), [("most_macs", "many"), ("least_top1", "101"), ("recipe", "best")])
def test_a_bound_that_cannot_be_gets_a_sentence(name: str, text: str) -> None:
    setup = CompareSetup.from_query({name: [text]})
    assert setup.choices[name] == ADDRESS.defaults()[name]
    assert len(setup.warnings) == 1


def test_where_nothing_fits_the_bound_that_excludes_most_can_be_removed(bench: Bench) -> None:
    app = bench.open("compare", **V1, most_params="30", most_macs="1")
    (said,) = app.main.info
    assert limit_text(BOUNDS["most_macs"], 1.0) in said.value
    assert numbers(said.value) == ["1", "3", "3", "3", "1.815"], "bound, excluded, all, left, the MACs of ResNet-18"
    assert "ResNet-18" in said.value
    enough = bench.open("compare", **V1, most_params="30", most_macs="1.815")
    assert table(enough, "source")["network"].tolist() == ["ResNet-18"]
    app.button(key="compare.bounds.remove").click().run()
    assert "most_macs" not in address(app)
    assert len(table(app, "source")) == 3


def test_bounds_that_exclude_one_anothers_networks_are_removed_together(bench: Bench) -> None:
    app = bench.open("compare", **V1, most_params="12", least_top1="75", most_macs="1")
    assert app.main.info[0].value.endswith(TOGETHER)
    app.button(key="compare.bounds.remove").click().run()
    assert len(table(app, "source")) == 3


def test_what_has_no_figure_is_explained_and_does_not_pass_its_bound(bench: Bench) -> None:
    app = bench.open("compare", show="field", x="params", y="macs", recipe="torchvision-imagenet1k_v1", least_top1="1")
    shown = table(app, "source")["network"].tolist()
    figures = {"ResNet-18", "ResNet-50", "ResNeXt-50 32x4d"}
    assert figures <= set(shown)
    said = [text.value for text in app.main.caption if "no accuracy" in text.value]
    assert len(said) == 1
    assert [int(number) for number in numbers(said[0])][:2] == [len(PRESETS) - len(shown), len(PRESETS)]


@pytest.mark.usefixtures("kept_times")
def test_measured_time_is_a_bound(bench: Bench) -> None:
    app = bench.open("compare", **V1, most_ms="10")
    assert table(app, "source")[["network", "forward"]].values.tolist() == [["ResNet-18", 8.0]]
    assert any("no time" in text.value for text in app.main.caption)


def test_a_sweeps_networks_stand_among_the_known_ones(bench: Bench) -> None:
    app = bench.open("compare", show="sweep", knob="cardinality", upto="4")
    marks = {
        trace["name"]: trace["marker"]["symbol"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    }
    assert marks["ResNet-50"] == ["diamond", "circle", "circle", "circle"]
    assert "diamond" not in marks["ResNeXt-50 32x4d"], "32 is out of the range"
    app.button(key="compare.sweep.field").click().run()
    assert not app.exception
    assert address(app)["trail"] == ["1"]
    assert traces(app)[TRAIL][:2] == ["resnet50", network_name(replace(preset("resnet50"), cardinality=2))]


# Measured time --------------------------------------------------------------------------------------------------


def measured(label: str, macs: int, median: float) -> MeasuredNetwork:
    timings = tuple(timed(name, factor * median) for name, factor in (("forward", 1.0), ("forward + backward", 3.0)))
    return MeasuredNetwork(label, 1, macs, timings, (), MeasuredMemory("", 1, 1, 1, 1))


def result() -> MeasureResult:
    networks = (measured("1. ResNet-50", 4_089_184_256, 0.02), measured("2. ResNeXt-50 32x4d", 4_230_479_872, 0.03))
    return MeasureResult("cpu", "a processor", "fp32", 1, 1, {"torch": "2.15"}, networks)


def test_measured_times_with_their_spread(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Answer(result(), 1.0)
    app = bench.open("compare", show="time")
    app.button(key="compare.measure").click().run()
    assert not app.exception
    times = table(app, "pass")
    assert times["pass"].tolist() == [timing.name for each in result().networks for timing in each.timings]
    assert times["median_ms"].tolist() == pytest.approx([20, 60, 30, 90])
    assert times["low_ms"][0] == pytest.approx(18)
    assert times["ratio"].tolist() == pytest.approx([1.0, 1.0, 1.5, 1.5])
    assert times["gmacs_per_s"][0] == pytest.approx(4.089184256 / 0.02)
    assert any(numbers(words.value)[:1] == ["1.50"] for words in app.markdown if "ResNeXt-50" in words.value)


def test_a_measurement_can_be_cancelled_and_a_new_one_ends_it(bench: Bench, job_manager: FakeJobManager) -> None:
    progress = Progress(1, 4, "Measuring 1. ResNet-50")
    job_manager.respond = lambda request: progress
    app = bench.open("compare", show="time")
    app.button(key="compare.measure").click().run()
    assert app.get("progress")[0].proto.text.startswith(progress.what)
    app.selectbox(key="compare.batch").set_value("8").run()
    app.button(key="compare.measure").click().run()
    assert [run.cancelled for run in job_manager.runs] == [True, False], "they would make each other's times longer"
    app.button(key="compare.cancel").click().run()
    assert job_manager.runs[1].cancelled
    assert [message.value for message in app.main.info] == [CANCELLED]


def test_an_unfinished_measurement_is_not_drawn(bench: Bench, job_manager: FakeJobManager) -> None:
    whole = result()
    begun = replace(whole, networks=(whole.networks[0], replace(whole.networks[1], timings=())))
    job_manager.respond = lambda request: Progress(3, 4, "Measuring 2. ResNeXt-50 32x4d: forward", begun)
    app = bench.open("compare", show="time")
    app.button(key="compare.measure").click().run()
    assert not app.exception
    assert not app.dataframe
    assert app.button(key="compare.cancel")


@pytest.mark.parametrize("share", [0.35, 1.0])
def test_a_busy_machine_is_said(bench: Bench, job_manager: FakeJobManager, share: float) -> None:
    whole = result()
    busy = replace(whole.networks[0], timings=tuple(timed(t.name, t.median, share=share) for t in whole.timings[:2]))
    found = replace(whole, networks=(busy, whole.networks[1]))
    job_manager.respond = lambda request: Answer(found, 1.0)
    app = bench.open("compare", show="time")
    app.button(key="compare.measure").click().run()
    assert not app.exception
    assert [warning.value for warning in app.main.warning] == ([busy_text(found)] if share < 1 else [])
    assert table(app, "pass")["processor_share"].tolist() == pytest.approx([share, share, 1.0, 1.0])


def test_the_files_of_times_carry_interval_threads_and_load() -> None:
    names = ["ResNet-50", "ResNeXt-50 32x4d"]
    found = timing.time_table(names, result())
    row = dict(zip(found.keys, found.rows[2], strict=True))
    assert [row[key] for key in ("network", "threads", "busy", "processor_share")] == [names[1], 1, "no", 1.0]
    assert [row[key] for key in ("low_ms", "high_ms")] == pytest.approx([27, 36])
    assert [row[key] for key in ("ratio", "ratio_low", "ratio_high")] == pytest.approx([1.5, 1.5, 1.5])
    kept = json.loads(timing.timings_json(names, result()))
    assert (kept["threads"], kept["busy"], kept["confidence_percent"]) == (1, False, 95)
    assert kept["timings"][2]["seconds"] == pytest.approx(result().networks[1].timings[0].seconds)
    assert kept["timings"][2]["low_ms"] == pytest.approx(27)


def test_threads_are_chosen_up_to_all_cores(bench: Bench, job_manager: FakeJobManager) -> None:
    most = usable_cores()
    app = bench.open("compare", show="time", threads=str(most))
    assert not app.warning
    app.button(key="compare.measure").click().run()
    assert job_manager.requests[0].parameters["threads"] == most
    setup = CompareSetup.from_query({"threads": [str(most + 1)]})
    assert setup.choices["threads"] == "1"
    assert len(setup.warnings) == 1


def test_a_difference_is_said_with_its_interval_and_equal_macs_are_pointed_out() -> None:
    (said,) = differences.sentences(["quick", "slow"], result().networks)
    assert said.startswith(differences.EQUAL_COST)
    assert said.index("slow") < said.index("quick")
    assert numbers(said) == ["1.50", "1.50", "1.50", "3.5"]
    other_macs = (measured("a", 100, 0.02), measured("b", 200, 0.03))
    (said,) = differences.sentences(["a", "b"], other_macs)
    assert not said.startswith(differences.EQUAL_COST)
    assert numbers(said) == ["1.50"] * 3


def test_which_is_faster_is_not_said_where_intervals_overlap() -> None:
    near = (measured("a", 100, 0.02), measured("b", 101, 0.0205))
    (said,) = differences.sentences(["a", "b"], near)
    assert said.startswith(differences.OVERLAP.partition("{")[0])
    assert numbers(said) == ["18.5", "24.6", "18", "24"]


def test_a_slow_moment_does_not_turn_the_order_round() -> None:
    """Repeats in sequence under a load that ends half-way would call the slower network the faster one."""
    load = [3.0] * 8 + [1.0] * 8
    one = Timing("forward", 1, tuple(1.0 * each for each in load))
    slower = Timing("forward", 1, tuple(1.1 * each for each in load))
    found = differences.difference("slower", slower, "one", one)
    assert found.ratio.interval.low > 1
    assert not found.shown, "the intervals of the times themselves overlap"
    assert not differences.difference("one", one, "slower", slower).shown


def test_the_widest_pairs_of_equal_macs_come_first() -> None:
    networks = [measured(str(number), 1000 + number, 0.01 * (number + 1)) for number in range(5)]
    said = differences.sentences("abcde", networks)
    assert [numbers(words)[0] for words in said] == ["5.00", "4.00", "3.00", "2.00"]
    assert [words.startswith(differences.EQUAL_COST) for words in said] == [True, True, True, False]


def alone(name: str, median: float, batch: int = 1) -> MeasureResult:
    """One network's measurement, as it is kept."""
    return MeasureResult("cpu", "a processor", "fp32", 1, batch, {}, (measured(name, 1, median),))


KEPT_TIMES = {
    "resnet50": alone("resnet50", 0.02),
    "resnet18": alone("resnet18", 0.008),
    "resnet34": alone("resnet34", 0.012, batch=8),
}


@pytest.fixture
def kept_times(monkeypatch: pytest.MonkeyPatch) -> None:
    by_spec = {preset(name): found for name, found in KEPT_TIMES.items()}
    monkeypatch.setattr("explorer.ui.compare.measured_times.newest_measurement", by_spec.get)


@pytest.mark.usefixtures("kept_times")
def test_measured_time_is_an_axis_and_what_was_not_measured_is_said(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "resnext50_32x4d", "resnet34"], show="field", x="macs", y="forward")
    assert not app.exception
    known = table(app, "source").set_index("network")
    measured_here = known["forward"].dropna().to_dict()
    assert measured_here == {"ResNet-18": 8.0, "ResNet-50": 20.0}, "batch 8 is another condition"
    (said,) = [each.value for each in app.markdown if "a processor" in each.value]
    assert "fp32" in said
    names = ["ResNet-50", "ResNeXt-50 32x4d", "ResNet-34"]
    assert ", ".join(names[1:]) in said, "not measured"
    (chart,) = app.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)["data"]
    assert [trace["name"].partition(" (")[0] for trace in drawn[1:]] == names
    assert drawn[2]["y"] == [None], "never 0"


@pytest.mark.usefixtures("kept_times")
def test_published_errors_against_measured_time(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "resnet34"], show="field", x="step", y="torchvision-imagenet1k_v1")
    assert not app.exception
    known = table(app, "source").set_index("network")
    assert known[["step", "error"]].loc["ResNet-50"].tolist() == [60.0, 23.87]
    names = list(traces(app))
    assert names[1:] == ["ResNet-50", FRONTIER], "a network without a time has no place across"


def test_nothing_measured_is_said_and_can_be_measured(bench: Bench, started: list[ExperimentRequest]) -> None:
    app = bench.open("compare", show="field", x="macs", y="forward")
    (chart,) = app.get("plotly_chart")
    assert {value for trace in json.loads(chart.proto.spec)["data"] for value in trace["y"]} == {None}
    app.button(key="compare.field.measure.0").click().run()
    assert [subject.spec for subject in started[0].networks] == [preset("resnet50"), preset("resnext50_32x4d")]
    app.button(key="compare.field.measure.1").click().run()
    names = [subject.label for subject in started[1].networks]
    assert len(names) == 6
    macs = [assemble(preset(name)).cost.macs for name in names]
    assert all(3.9e9 < each < 4.5e9 for each in macs), "those nearest in cost"


@pytest.fixture
def started(job_manager: FakeJobManager) -> list[ExperimentRequest]:
    """The measurements that were asked for; none is made."""
    job_manager.respond = lambda request: Refusal("not in this test")
    return job_manager.requests


def test_equal_cost_is_measured_at_one_click(bench: Bench, started: list[ExperimentRequest]) -> None:
    app = bench.open("compare", net=["resnet50", "resnet18"], show="solver")
    app.button(key="compare.trades.measure").click().run()
    assert not app.exception
    assert address(app)["show"] == ["time"]
    names = ["resnet50", "resnext50_2x40d", "resnext50_4x24d", "resnext50_8x14d"]
    assert named_networks(app)[:4] == names
    assert named_networks(app)[-1] == "resnext50_32x4d"
    assert len(named_networks(app)) == 6
    (request,) = started
    assert [subject.spec for subject in request.networks[:4]] == [preset(name) for name in names]


def test_a_solution_is_measured_beside_what_it_was_made_from(bench: Bench, started: list[ExperimentRequest]) -> None:
    app = bench.open("compare", net=["resnet50", "resnet18"], show="solver")
    app.button(key="compare.solution.measure").click().run()
    assert named_networks(app) == ["resnet50", "resnext50_32x4d"]
    assert len(started) == 1


def test_a_batch_beyond_this_machine_is_refused_in_a_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.experiments.request.memory_bytes", lambda: 2**20)
    app = bench.open("compare", show="time", batch="128")
    assert not app.exception
    assert "GiB" in app.error[0].value


def test_names_in_addresses_are_short(bench: Bench) -> None:
    assert network_name(preset("resnet50")) == "resnet50"


def test_tables_write_networks_as_they_are_called(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet50", "seresnet50"])
    headings = [column["label"] for column in json.loads(app.dataframe[0].proto.columns).values() if "label" in column]
    assert headings == ["Field", "ResNet-50", "SE-ResNet-50"]
