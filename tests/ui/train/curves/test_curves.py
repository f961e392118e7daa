"""Curves from events, and what the chart is sent."""

import json
from dataclasses import replace

from explorer.model import preset
from explorer.outputs.palette import DARK, LIGHT
from explorer.runs.events import Evaluation, Event, Started, Step
from explorer.runs.records import NamedNetwork, StoredEvent
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.common.components import as_json
from explorer.ui.common.run_names import network_names, run_names, same_but_seed
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.train.curves.chart import ChartView, comparison_chart
from explorer.ui.train.curves.curves import Point, TrainingCurves, band
from explorer.ui.train.curves.readings import MOST_POINTS, thinned
from explorer.ui.train.progress import progress_text
from explorer.ui.train.results import curve_table, result_table
from tests.texts import numbers


def step(number: int, loss: float) -> Step:
    return Step(step=number, train_loss=loss, train_error=1.0, learning_rate=0.1, seconds=number / 10)


def started(at: int) -> Started:
    return Started(
        step=at, device="cpu", device_name="A", precision="fp32", steps=20, batch_size=1, parameters=1, train_images=1,
        test_images=1,
    )  # fmt: skip


def gathered(*events: Event) -> TrainingCurves:
    curves = TrainingCurves("race")
    curves.add(StoredEvent(number, "run", event) for number, event in enumerate(events, 1))
    return curves


def test_events_become_points_and_the_last_id_is_kept() -> None:
    curves = gathered(started(0), step(10, 2.0), Evaluation(step=10, test_loss=1.5, test_error=30.0, seconds=1.0))
    assert curves.points("run", "train_loss") == [Point(10, 1.0, 2.0)]
    assert curves.points("run", "test_error") == [Point(10, 1.0, 30.0)]
    assert curves.points("other", "train_loss") == ()
    assert curves.after(["run", "other"]) == {"run": 3, "other": 0}


def test_a_run_that_goes_on_from_a_checkpoint_has_no_step_twice() -> None:
    curves = gathered(started(0), step(10, 2.0), step(20, 1.0), started(10), step(20, 1.1))
    assert [point.value for point in curves.points("run", "train_loss")] == [2.0, 1.1]


def test_a_loss_that_is_no_number_is_no_point() -> None:
    curves = gathered(step(10, 2.0), step(20, float("nan")), step(30, float("inf")))
    assert [point.step for point in curves.points("run", "train_loss")] == [10]


def test_long_curves_are_thinned_and_keep_both_ends() -> None:
    points = [Point(number, number, number) for number in range(10_001)]
    few = thinned(points)
    assert len(few) <= MOST_POINTS + 1
    assert (few[0], few[-1]) == (points[0], points[-1])
    assert thinned(points[:50]) == points[:50]


def comparison(store: Store, seeds: tuple[int, ...] = (0,)):
    named_networks = [NamedNetwork(name, preset(name)) for name in ("cifar_plain20", "cifar_resnet20")]
    return store.create_comparison(
        named_networks, TrainingSettings(steps=20), owner="me", name="a training comparison", seeds=seeds
    )


def test_a_network_keeps_its_colour_over_seeds_and_plain_ones_are_dashed(data_directory) -> None:
    runs = comparison(Store(), (0, 1)).runs
    view = ChartView("train_loss", "step", log=True)
    shown = comparison_chart(runs, TrainingCurves("race"), DARK, view, "plotly.js")
    assert [curve.colour for curve in shown.curves] == [DARK.plain[0], DARK.residual[0]] * 2
    assert [curve.dash for curve in shown.curves] == ["dash", "solid"] * 2
    name = run_names(runs)[runs[3].id]
    assert (name.split(",")[0], numbers(name)) == ("cifar_resnet20", ["1"])
    assert "none yet" in shown.description


def test_a_log_axis_shows_zero_at_its_bottom_and_a_new_view_resets_the_zoom(data_directory) -> None:
    record = comparison(Store())
    curves = TrainingCurves("race")
    curves.add([StoredEvent(1, record.runs[0].id, step(10, 0.0))])
    by_step = comparison_chart(record.runs, curves, LIGHT, ChartView("train_loss", "step", log=True), "")
    linear = comparison_chart(record.runs, curves, LIGHT, ChartView("train_loss", "step"), "")
    assert by_step.curves[0].y == [1e-6]
    assert linear.curves[0].y == [0.0]
    assert by_step.revision != linear.revision


def test_the_queue_and_the_pace_are_said(data_directory) -> None:
    store = Store()
    first, second = comparison(store).runs
    assert not numbers(progress_text(first, [first.id, second.id]))
    assert numbers(progress_text(second, [first.id, second.id])) == ["1"], "ahead"
    store.work.claim("here:1:aa", first.pool)
    store.work.report(first.id, "here:1:aa", [started(0), step(10, 1.0)])
    run = store.run(first.id)
    assert run is not None
    assert numbers(progress_text(run, [])) == ["10", "20", "1.0"], "done, of all, seconds left"


def test_tables_hold_every_point_and_the_newest_loss(data_directory) -> None:
    record = comparison(Store())
    curves = TrainingCurves("race")
    curves.add([StoredEvent(n, record.runs[0].id, step(10 * n, 1 / n)) for n in (1, 2)])
    table = result_table(record, curves)
    assert table["train_loss"].iloc[0] == 0.5
    assert table["train_loss"].isna().iloc[1]
    points = curve_table(record, curves)
    assert set(points["quantity"]) == {"train_loss", "train_error"}
    assert list(points.columns) == ["network", "seed", "quantity", "step", "seconds", "value"]
    assert len(points) == 4


def test_a_band_has_mean_and_extremes_at_every_abscissa_of_any_curve() -> None:
    found = band([[(0, 1.0), (10, 3.0)], [(0, 3.0), (5, 4.0), (10, 1.0)]])
    assert found.x == [0, 5, 10]
    assert found.mean == [2.0, 3.0, 2.0]
    assert found.low == [1.0, 2.0, 1.0]
    assert found.high == [3.0, 4.0, 3.0]


def test_where_a_curve_has_not_come_the_others_make_the_band() -> None:
    found = band([[(0, 1.0), (10, 2.0), (20, 5.0)], [(10, 4.0)], []])
    assert found.x == [0, 10, 20]
    assert found.mean == [1.0, 3.0, 5.0]
    assert (found.low, found.high) == ([1.0, 2.0, 5.0], [1.0, 4.0, 5.0])
    assert band([]) == ([], [], [], [])


def test_a_band_holds_no_more_points_than_a_curve() -> None:
    curves = [[(number + shift, 1.0) for number in range(5_000)] for shift in (0.0, 0.5)]
    assert len(band(curves).x) <= MOST_POINTS + 1


def test_bands_are_one_entry_a_network_and_lines_one_a_run(data_directory) -> None:
    runs = comparison(Store(), (0, 1)).runs
    curves = TrainingCurves("race")
    losses = {runs[0].id: 1.0, runs[2].id: 3.0, runs[1].id: 7.0}
    curves.add([StoredEvent(n, run_id, step(10, loss)) for n, (run_id, loss) in enumerate(losses.items(), 1)])
    view = ChartView("train_loss", "step")
    plain, residual = comparison_chart(runs, curves, LIGHT, replace(view, bands=True), "").curves
    assert (plain.name.split(",")[0], numbers(plain.name)) == ("cifar_plain20", ["2"])
    assert (plain.y, plain.low, plain.high) == ([2.0], [1.0], [3.0])
    assert (residual.y, residual.low, residual.dash) == ([7.0], [7.0], "solid")
    lines = comparison_chart(runs, curves, LIGHT, view, "").curves
    assert [line.y for line in lines] == [[1.0], [7.0], [3.0], []]
    assert {line.low for line in lines} == {None}


def test_runs_that_differ_in_more_than_the_seed_are_not_one_network(data_directory) -> None:
    store, network = Store(), NamedNetwork("net", preset("cifar_resnet20"))
    rates = [(0.1, 0), (0.1, 1), (0.2, 0)]
    runs = [
        store.create_comparison([network], TrainingSettings(learning_rate=rate, seed=seed), owner="me", name="r").runs[
            0
        ]
        for rate, seed in rates
    ]
    groups = same_but_seed(runs)
    assert groups == [runs[:2], runs[2:]]
    rate = setting_label("learning_rate").lower()
    assert network_names(groups) == [f"net, {rate} 0.1", f"net, {rate} 0.2"]


def test_two_networks_under_one_name_are_told_apart(data_directory) -> None:
    named_networks = [NamedNetwork("mine", preset(name)) for name in ("cifar_plain20", "cifar_resnet20")]
    runs = Store().create_comparison(named_networks, TrainingSettings(), owner="me", name="r").runs
    assert list(run_names(runs).values()) == ["mine", "mine (2)"]


def test_curves_that_are_drawn_no_more_are_forgotten() -> None:
    curves = gathered(step(10, 1.0))
    curves.keep(["run"])
    assert curves.points("run", "train_loss")
    curves.keep([])
    assert curves.points("run", "train_loss") == ()
    assert curves.after(["run"]) == {"run": 0}


def test_the_browser_is_sent_an_object_with_camel_case_names(data_directory) -> None:
    runs = comparison(Store()).runs
    chart = comparison_chart(runs, TrainingCurves("c"), LIGHT, ChartView("train_loss", "step"), "plotly.js")
    sent = as_json(chart)
    assert sent["xRange"] == [0, 20]
    assert sent["colours"]["border"] == LIGHT.border
    assert sent["curves"][0] | {"endX": [], "low": None, "dash": "dash"} == sent["curves"][0]
    assert json.loads(json.dumps(sent)) == sent
