"""The estimated time of an experiment grows with its work, and falls where shares run side by side."""

import pytest

from explorer.experiments import ExperimentRequest, Subject, estimates, small_network
from explorer.experiments.estimates import expected_range, expected_seconds
from explorer.jobs.machine_speed import Slowdown


def request(depth: int = 20, **parameters: object) -> ExperimentRequest:
    return ExperimentRequest("short_race", (Subject("network", small_network(depth)),), parameters=parameters)


def test_more_work_is_expected_to_take_longer() -> None:
    assert expected_seconds(request(20)) < expected_seconds(request(56)) < expected_seconds(request(56, seeds=3))
    sweep = ExperimentRequest("depth_sweep", request().networks, parameters={"blocks": [1]})
    longer = ExperimentRequest("depth_sweep", request().networks, parameters={"blocks": [1, 3]})
    assert expected_seconds(sweep) < expected_seconds(longer)


def asked(experiment: str, run: str = "", **parameters: object) -> ExperimentRequest:
    return ExperimentRequest(experiment, (Subject("network", small_network(20), run=run),), parameters=parameters)


def test_what_is_looked_at_after_training_takes_its_time_too() -> None:
    trained = expected_seconds(asked("short_race"))
    assert expected_seconds(asked("lesion", draws=1)) < expected_seconds(asked("lesion", draws=10))
    assert trained < expected_seconds(asked("lesion", draws=1))
    assert expected_seconds(asked("gradient_paths", samples=5)) < expected_seconds(asked("gradient_paths", samples=50))
    assert expected_seconds(asked("landscape", seconds=20)) - expected_seconds(asked("landscape", seconds=4)) == 16
    assert expected_seconds(asked("look_inside", seeds=3)) > 2 * expected_seconds(asked("look_inside")) - 2


def test_the_weights_of_a_run_or_of_the_start_need_no_training() -> None:
    assert expected_seconds(asked("lesion", run="r1")) < expected_seconds(asked("lesion"))
    assert expected_seconds(asked("look_inside", trained=False)) < expected_seconds(asked("look_inside"))


def test_only_parts_that_run_side_by_side_save_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "usable_cores", lambda: 2)
    alone = expected_seconds(request(56))
    both = ExperimentRequest("short_race", tuple(Subject(name, small_network(56)) for name in "ab"))
    assert expected_seconds(both) == alone
    monkeypatch.setattr(estimates, "usable_cores", lambda: 1)
    assert expected_seconds(both) > 1.5 * alone


def test_a_slower_machine_takes_longer_but_not_for_the_time_that_is_allowed() -> None:
    trained, timed = asked("short_race"), asked("landscape", seconds=20)
    usual, slow = (expected_range(trained, Slowdown(factor, 2 * factor)) for factor in (1.0, 3.0))
    assert slow == pytest.approx((3 * usual.low, 3 * usual.high))
    assert usual.high == pytest.approx(2 * usual.low)
    allowed, slower = (expected_range(timed, Slowdown(factor, factor)).high for factor in (1.0, 3.0))
    assert slower - 20 == pytest.approx(3 * (allowed - 20))


def test_a_measurement_may_end_before_its_time_is_spent() -> None:
    short, long = (expected_range(asked("measure", seconds=seconds), Slowdown(1.0, 1.0)) for seconds in (10, 60))
    assert short.low == long.low < 10
    assert long.high - short.high == pytest.approx(50)
