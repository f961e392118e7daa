"""The desk: equal requests share one run, and there is an end to how many run; how long it will take."""

from pathlib import Path

import pytest

from explorer.experiments import ExperimentRequest, Progress, Refusal, ResultCache, Subject, small_network
from explorer.ui.measuring import estimates, jobs
from explorer.ui.measuring.estimates import expected_seconds, words


class Run:
    def __init__(self, request: ExperimentRequest, kept: ResultCache) -> None:
        self.latest = Progress(0, 1, "")
        self.is_over = False


def request(depth: int = 20, **parameters: object) -> ExperimentRequest:
    return ExperimentRequest("short_race", (Subject("network", small_network(depth)),), parameters=parameters)


@pytest.fixture
def shared(tmp_path: Path) -> jobs.JobManager:
    return jobs.JobManager(ResultCache(tmp_path), Run)  # type: ignore[arg-type]


def test_equal_requests_share_a_run(shared: jobs.JobManager) -> None:
    assert shared.start(request(), "ada") == ""
    first = shared.job(request())
    assert shared.start(request(), "bob") == ""
    assert shared.job(request()) is first
    assert first is not None
    assert first.owner == "ada"
    assert shared.job(request(56)) is None


def test_what_is_over_can_be_started_again(shared: jobs.JobManager) -> None:
    shared.start(request(), "ada")
    first = shared.job(request())
    assert first is not None
    first.run.is_over = True  # type: ignore[misc]
    first.run.latest = Refusal("Cancelled.")
    shared.start(request(), "bob")
    second = shared.job(request())
    assert second is not first
    assert second is not None
    assert second.owner == "bob"


def test_a_full_desk_refuses_and_forgets_what_is_over(shared: jobs.JobManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_WORK", 2)
    monkeypatch.setattr(jobs, "MOST_REMEMBERED", 2)
    for depth in (8, 14):
        assert shared.start(request(depth), "ada") == ""
    assert "Too many" in shared.start(request(20), "ada")
    assert shared.job(request(20)) is None
    job = shared.job(request(8))
    assert job is not None
    job.run.is_over = True  # type: ignore[misc]
    assert shared.start(request(20), "ada") == ""
    assert shared.job(request(8)) is None
    assert shared.job(request(14)) is not None


def test_more_work_is_expected_to_take_longer() -> None:
    assert expected_seconds(request(20)) < expected_seconds(request(56)) < expected_seconds(request(56, seeds=3))
    sweep = ExperimentRequest("depth_sweep", request().networks, parameters={"blocks": [1]})
    longer = ExperimentRequest("depth_sweep", request().networks, parameters={"blocks": [1, 3]})
    assert expected_seconds(sweep) < expected_seconds(longer)
    assert (words(0.3), words(5.4), words(600.0)) == ("under 1 s", "5 s", "10.0 min")


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
    assert alone < expected_seconds(both) < 1.3 * alone
    monkeypatch.setattr(estimates, "usable_cores", lambda: 1)
    assert expected_seconds(both) > 1.5 * alone
