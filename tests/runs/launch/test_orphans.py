"""A worker is judged by its process where that can be seen, and elsewhere by its heartbeat alone."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.jobs.process_identity import Identity
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.launch.orphans import MOST_PAUSE_SECONDS, STALE_SECONDS, OrphanWatch
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store
from tests.runs.conftest import QueueComparison


@pytest.fixture
def dead() -> Identity:
    """A process of this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return Identity.of(ended.pid)


def held_by(store: Store, worker: Identity) -> RunRecord:
    run = store.work.claim(str(worker), "server")
    assert run is not None
    return run


def test_a_process_that_has_ended_here_is_gone_and_this_one_is_not(dead: Identity) -> None:
    assert dead.gone
    assert Identity.parse(str(dead)) == dead
    assert not Identity.of(os.getpid()).gone


def test_a_number_that_counts_elsewhere_says_nothing(dead: Identity) -> None:
    """Another machine, one of the same name or a container, and what an earlier version wrote."""
    assert not dead._replace(host=f"not-{socket.gethostname()}").gone
    elsewhere = dead._replace(token=f"00000000-{dead.token[-8:]}")
    assert not elsewhere.gone
    assert elsewhere.missing
    assert dead._replace(token=dead.token[-8:]).gone


def test_a_remote_run_is_lost_when_its_heartbeat_stands_still_by_our_own_clock(
    store: Store, queue_comparison: QueueComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_comparison()
    far = Identity("far-away", 4711, "00000000-abcdef12")
    run = held_by(store, far)
    hours_behind, watch, second = time.time() - 5 * 3600, OrphanWatch(), 0
    for second in range(0, 3 * int(STALE_SECONDS), 5):
        with monkeypatch.context() as far_clock:
            far_clock.setattr("explorer.runs.store.work_queue.time.time", lambda now=hours_behind + second: now)
            store.work.report(run.id, str(far), ())
        assert watch.orphaned(store.work.held(), now=1000.0 + second) == []
    held, still = store.work.held(), 1000.0 + second
    lost_after = [moment for moment in range(5, 100, 5) if watch.orphaned(held, now=still + moment)]
    assert lost_after[0] == STALE_SECONDS + 5


def test_after_a_pause_all_silence_counts_from_anew(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    held_by(store, Identity("far-away", 4711, "00000000-abcdef12"))
    watch, held = OrphanWatch(), store.work.held()
    assert watch.orphaned(held, now=0.0) == []
    after = STALE_SECONDS + MOST_PAUSE_SECONDS + 1
    assert watch.orphaned(held, now=after) == []
    assert watch.orphaned(held, now=after + MOST_PAUSE_SECONDS) == []


def test_a_launcher_without_workers_settles_what_was_lost_and_leaves_the_rest(
    store: Store, queue_comparison: QueueComparison, dead: Identity, data_directory: Path
) -> None:
    lost, far, contained = (run.id for run in queue_comparison(count=3).runs)
    assert held_by(store, dead).id == lost
    held_by(store, Identity("far-away", dead.pid, dead.token))
    held_by(store, dead._replace(token=f"00000000-{dead.token[-8:]}"))
    launcher = LocalLauncher(store, pool="another", limit=0)
    launcher.tick()
    assert launcher.status().limit == launcher.status().starting == 0
    assert store.states([lost, far, contained]) == {lost: "queued", far: "running", contained: "running"}
