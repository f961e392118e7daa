"""The job manager: equal requests share one run, and the number of runs is limited."""

from pathlib import Path

import pytest

from explorer.experiments import ExperimentRequest, Progress, Refusal, ResultCache, Subject, small_network
from explorer.ui.measuring import jobs


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
