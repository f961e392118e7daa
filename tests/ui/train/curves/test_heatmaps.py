"""Readings by depth: what is kept, what the heat maps are sent, and what is said of them."""

import json
import math

from explorer.model import preset
from explorer.outputs.palette import LIGHT
from explorer.runs.events import Diagnostics, Event, Interrupted, Started, Step
from explorer.runs.records import NamedNetwork, RunRecord, StoredEvent
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.common.components import as_json
from explorer.ui.train.curves.curves import Pace, TrainingCurves
from explorer.ui.train.curves.heatmaps import depth_maps, growth_texts
from explorer.ui.train.curves.readings import MOST_COLUMNS, MOST_ROWS, Readings, backward_growth
from tests.texts import numbers

LAYERS = ("conv1", "layer1.0.conv1", "layer1.0.conv2", "fc")


def started(at: int = 0, layers: tuple[str, ...] = LAYERS, blocks: tuple[str, ...] = ()) -> Started:
    return Started(
        step=at, device="cpu", device_name="A", precision="fp32", steps=20, batch_size=8, parameters=1,
        train_images=80, test_images=1, layers=layers, blocks=blocks,
    )  # fmt: skip


def reading(step: int, *norms: float, ratios: tuple[float, ...] = ()) -> Diagnostics:
    return Diagnostics(step=step, gradient_norms=norms, branch_ratios=ratios)


def runs_of(*names: str) -> tuple[RunRecord, ...]:
    named_networks = [NamedNetwork(name, preset(name)) for name in names]
    return Store().create_comparison(named_networks, TrainingSettings(steps=20), owner="me", name="r").runs


def told(events: dict[str, list[Event]]) -> TrainingCurves:
    curves = TrainingCurves("race")
    for run_id, each in events.items():
        curves.add(StoredEvent(number, run_id, event) for number, event in enumerate(each, 1))
    return curves


def test_a_reading_is_a_column_and_a_second_start_drops_what_is_told_again() -> None:
    readings = Readings()
    readings.begin(LAYERS, 0)
    readings.add(1, (1.0, 2.0, 3.0, 4.0))
    readings.add(11, (5.0, 6.0, 7.0, 8.0))
    readings.add(12, (1.0,))
    assert readings.steps == [1, 11]
    assert readings.rows() == [[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]
    readings.begin(LAYERS, 10)
    readings.add(11, (9.0, 9.0, 9.0, 9.0))
    assert readings.rows()[0] == [1.0, 9.0]


def test_deep_networks_and_long_runs_are_thinned_with_their_places_kept() -> None:
    readings = Readings()
    readings.begin([f"layer1.{number}" for number in range(1202)], 0)
    for step in range(1, 5_000):
        readings.add(step, [float(place) for place in range(1202)])
    assert len(readings.names) <= MOST_ROWS + 1
    assert len(readings.steps) <= MOST_COLUMNS
    assert (readings.positions[0], readings.positions[-1], readings.total) == (1, 1202, 1202)
    assert [row[0] for row in readings.rows()] == [place - 1 for place in readings.positions]
    gaps = {after - before for before, after in zip(readings.steps, readings.steps[1:], strict=False)}
    assert len(gaps) == 1, "evenly spaced"


def test_the_growth_is_measured_between_the_blocks_alone() -> None:
    readings = Readings()
    readings.begin(LAYERS, 0)
    assert backward_growth(readings) is None
    readings.add(1, (500.0, 12.0, 3.0, 0.1))
    readings.add(11, (500.0, 1.0, 2.0, 0.1))
    assert (backward_growth(readings), backward_growth(readings, -1)) == (4.0, 0.5)
    silent = Readings()
    silent.begin(LAYERS, 0)
    silent.add(1, (1.0, 1.0, 0.0, 1.0))
    assert backward_growth(silent) is None


def test_one_scale_for_all_maps_and_none_for_a_plain_networks_branches(data_directory) -> None:
    plain, residual = runs_of("cifar_plain20", "cifar_resnet20")
    assert depth_maps([plain, residual], TrainingCurves("race"), LIGHT, "gradient_norms", "") is None
    curves = told(
        {
            plain.id: [started(), reading(1, 100.0, 10.0, 1.0, 0.0)],
            residual.id: [started(blocks=("layer1.0",)), reading(1, 1.0, 1.0, 0.1, math.nan, ratios=(0.5,))],
        }
    )
    data = depth_maps([plain, residual], curves, LIGHT, "gradient_norms", "")
    assert data is not None
    assert (data.low, data.high) == (-1.0, 2.0)
    assert [each.z for each in data.maps] == [[[2.0], [1.0], [0.0], [None]], [[0.0], [0.0], [-1.0], [None]]]
    assert data.maps[0].rows == list(LAYERS)
    sent = as_json(data)
    assert (sent["yTitle"], sent["colourScale"]) == (data.y_title, list(LIGHT.sequential))
    assert sent["maps"][1]["z"] == data.maps[1].z
    assert json.loads(json.dumps(sent)) == sent
    ratios = depth_maps([plain, residual], curves, LIGHT, "branch_ratios", "")
    assert ratios is not None
    assert [each.name for each in ratios.maps] == ["cifar_resnet20"]
    growth = growth_texts([plain, residual], curves)
    assert [text.split()[0] for text in growth] == ["cifar_plain20", "cifar_resnet20"]
    assert [numbers(text) for text in growth] == [["10", "1"]] * 2, "ratio, step"


def test_a_vanished_gradient_does_not_stretch_the_scale(data_directory) -> None:
    (run,) = runs_of("cifar_plain20")
    events = [started(), reading(1, 1.0, 1e-30, 1e-3, 1.0)]
    data = depth_maps([run], told({run.id: events}), LIGHT, "gradient_norms", "")
    assert data is not None
    assert (data.low, data.high) == (-8.0, 0.0)


def test_the_pace_leaves_out_the_test_images_and_what_came_before_a_pause() -> None:
    pace = Pace(batch_size=8)
    pace.note(1, 1.0, stepped=True)
    assert pace.images_a_second is None
    pace.note(11, 2.0, stepped=True)
    assert pace.images_a_second == 80.0
    pace.note(11, 102.0, stepped=False)
    pace.note(21, 103.0, stepped=True)
    assert pace.seconds_a_step == 0.1
    curves = told({"run": [started(), Step(10, 1.0, 1.0, 0.1, 5.0), started(10), Step(20, 1.0, 1.0, 0.1, 99.0)]})
    assert curves.of("run").pace.images_a_second is None


def test_a_lost_worker_and_the_memory_are_remembered() -> None:
    lost = Interrupted(step=10, reason="Killed.")
    step = Step(10, 1.0, 1.0, 0.1, 5.0, peak_memory_bytes=7)
    known = told({"run": [started(), step, lost, started(10), Step(20, 1.0, 1.0, 0.1, 6.0)]}).of("run")
    assert (known.lost, known.resumed) == (lost, True)
    assert not told({"run": [started(), step, lost]}).of("run").resumed
    assert known.memory_bytes == 7
    assert known.opening == started(10)
