"""Where and with how many threads a worker trains, as the environment says."""

import pytest

from explorer.jobs.capacity import WORKERS_VARIABLE, worker_limit
from explorer.jobs.errors import SettingsError
from explorer.jobs.worker_settings import (
    DEVICE_VARIABLE,
    THREADS_VARIABLE,
    VISIBLE_VARIABLE,
    gpu_environment,
    thread_count,
    usual_device,
)


@pytest.mark.parametrize(
    ("chosen", "visible", "worker", "gpus", "seen"),
    [
        ("", "", 3, 1, None),
        ("", "", 3, 2, "1"),
        ("", "4,6", 3, 8, "6"),
        ("cuda:1", "", 0, 2, "1"),
        ("cuda:1", "4,6", 0, 8, "6"),
        ("cuda:0", "GPU-8a,GPU-9b", 0, 2, "GPU-8a"),
        ("cuda:2", "4,6", 0, 8, ""),
        ("cpu", "", 0, 0, None),
    ],
)
def test_a_worker_sees_the_gpu_that_was_chosen_or_its_own(
    chosen: str, visible: str, worker: int, gpus: int, seen: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE_VARIABLE, chosen)
    monkeypatch.setenv(VISIBLE_VARIABLE, visible)
    assert gpu_environment(worker, gpus) == ({} if seen is None else {VISIBLE_VARIABLE: seen})
    assert usual_device() == (chosen.partition(":")[0] or "auto")


@pytest.mark.parametrize("value", ["gpu", "cuda:", "cuda:x", "CPU", "cuda:100"])
def test_a_device_that_is_none_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEVICE_VARIABLE, value)
    with pytest.raises(SettingsError, match=DEVICE_VARIABLE):
        usual_device()


@pytest.mark.parametrize("value", ["", "0", "257", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, value)
    with pytest.raises(SettingsError, match=THREADS_VARIABLE):
        thread_count()


def test_a_server_may_have_no_worker_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS_VARIABLE, "0")
    assert worker_limit() == 0
    monkeypatch.setenv(WORKERS_VARIABLE, "-1")
    with pytest.raises(SettingsError, match=WORKERS_VARIABLE):
        worker_limit()
