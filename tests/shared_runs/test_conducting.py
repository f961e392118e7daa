"""Shared runs over real stores: starting, fair turns, stopping, leaving, the end of a class, restarts, the file."""

import csv
import io
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.classes.errors import ClassError
from explorer.classes.store.store import ClassStore
from explorer.jobs.errors import StoreError
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.records import NamedNetwork
from explorer.runs.store.store import SERVER_POOL, Store
from explorer.shared_runs.band import count
from explorer.shared_runs.bounds import LEFT_AFTER_SECONDS, UNSTARTED_SECONDS
from explorer.shared_runs.conducting import Conductor
from explorer.shared_runs.csv_export import curves_as_csv
from explorer.shared_runs.plan import Varied
from explorer.shared_runs.records import CLASS_OVER, LEFT, LOST, STOPPED_BY_SEAT, STOPPED_BY_TEACHER, seat_of
from explorer.shared_runs.store import store as store_module
from explorer.shared_runs.store.store import SharedRunStore
from explorer.ui.common import services
from tests.shared_runs.conftest import NETWORK, PLAN, STARTED, TINY, Lab, step

SEVERAL = replace(PLAN, networks=tuple(NamedNetwork(name, TINY) for name in ("A", "B", "C")))


def reasons(lab: Lab) -> list[str]:
    return [each.stopped for each, _ in lab.newest().seat_runs]


def test_each_seat_trains_its_own_seed(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, replace(PLAN, per_seat=2))
    for seat in range(3):
        lab.start(seat)
        with pytest.raises(ClassError, match="one at a time"):
            lab.start(seat)
    assert [run.seed for run in lab.newest().runs] == [5, 6, 7]
    lab.train_next()
    assert lab.start(0).number == 3
    assert count(lab.newest().runs) == (1, 0, 3, 0, 0)


def test_seats_with_several_runs_each_get_fair_turns(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, SEVERAL)
    for seat in range(3):
        lab.start(seat)
    stranger = lab.runs.create_comparison([NETWORK] * 2, PLAN.settings, owner="stranger", name="race")
    served = []
    for _ in range(11):
        found = seat_of(lab.train_next().owner)
        served.append(found[1] if found else 0)
    first, second, third = (seat.id for seat in lab.seats)
    assert served == [first, second, third, 0, first, second, third, 0, first, second, third]
    assert len(stranger.runs) == 2


def test_no_number_is_dealt_twice_however_many_press_at_once(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    seats = [lab.classes.join(lab.room.code, f"press {number // 2}") for number in range(16)]
    shared_id = lab.newest().shared.id

    def press(seat_number: int) -> int | None:
        try:
            return lab.conductor.start(seats[seat_number], shared_id, SERVER_POOL).number
        except ClassError:
            return None

    with ThreadPoolExecutor(8) as threads:
        dealt = [number for number in threads.map(press, range(16)) if number is not None]
    assert sorted(dealt) == list(range(8)), "one for each of 8 seats, each of which presses twice"


def test_the_teacher_stops_one_or_all_and_lets_the_class_go_on(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    first, *_ = (lab.start(seat) for seat in range(1))
    lab.start(1)
    running = lab.claim()
    assert running is not None
    lab.conductor.stop(lab.teacher, [first.id])
    assert (lab.states(), reasons(lab)) == (["cancelling", "queued"], [STOPPED_BY_TEACHER, ""])
    assert lab.start(0).number == 0, "its share is dealt again"
    lab.conductor.stop(lab.teacher)
    assert lab.states() == ["cancelling", "cancelled", "cancelled"]
    with pytest.raises(ClassError, match="closed"):
        lab.start(2)
    lab.conductor.reopen(lab.teacher)
    assert lab.start(2).number == 0
    lab.conductor.stop_own(lab.seats[2])
    assert reasons(lab) == [STOPPED_BY_TEACHER] * 3 + [STOPPED_BY_SEAT]


def test_a_finished_run_stays_what_it_is(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    lab.start(0)
    lab.train_next()
    lab.conductor.stop(lab.teacher)
    assert (lab.states(), reasons(lab)) == (["finished"], [""])


def test_another_class_reaches_nothing(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    started = lab.start(0)
    room, key = lab.classes.open_class()
    other = lab.classes.teaching(key)
    assert other is not None
    lab.conductor.stop(other, [started.id])
    lab.conductor.stop(other)
    lab.shared.close(other, lab.newest().shared.id)
    stranger = lab.classes.join(room.code, "mine")
    with pytest.raises(ClassError, match="gone"):
        lab.conductor.start(stranger, lab.newest().shared.id, SERVER_POOL)
    lab.conductor.stop_own(stranger)
    lab.conductor.stop_own(lab.seats[1])
    assert (lab.newest().shared.is_open, lab.states()) == (True, ["queued"])


def test_runs_of_a_seat_whose_browser_has_left_end_and_others_stay(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    for seat in range(3):
        lab.start(seat)
    running = lab.claim()
    assert running is not None
    later = time.time() + LEFT_AFTER_SECONDS + 1
    lab.conductor.tend(later - 2)
    assert reasons(lab) == ["", "", ""]
    lab.shared.note_seen(lab.seats[1].id, later - 10)
    lab.conductor.tend(later)
    assert reasons(lab) == [LEFT, "", LEFT]
    assert lab.states() == ["cancelling", "queued", "cancelled"]
    assert lab.start(2).number == 0, "who comes back may start again"


def test_after_a_restart_browsers_have_time_to_come_back(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    lab.start(0)
    later = time.time() + 4 * LEFT_AFTER_SECONDS
    with monkeypatch.context() as restarted:
        restarted.setattr(time, "time", lambda: later)
        again = Conductor(lab.classes, lab.shared, lab.runs)
    again.tend(later + LEFT_AFTER_SECONDS - 1)
    assert reasons(lab) == [""]
    again.tend(later + LEFT_AFTER_SECONDS + 1)
    assert reasons(lab) == [LEFT]


def test_the_servers_launcher_tends_shared_runs(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalLauncher, "start", lambda _: None)
    tended: list[Conductor] = []

    def note(conductor: Conductor) -> None:
        tended.append(conductor)

    monkeypatch.setattr(Conductor, "tend", note)
    made = services.make_services()
    assert isinstance(made.launcher, LocalLauncher)
    monkeypatch.setattr(made.launcher, "_warm", 0)
    made.launcher.tick()
    assert len(tended) == 1
    made.store.close()


def test_the_end_of_a_class_ends_its_runs_and_its_deletion_deletes_them(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, PLAN)
    for seat in range(2):
        lab.start(seat)
    lab.train_next()
    lab.teacher.end()
    lab.conductor.tend()
    assert (lab.states(), reasons(lab)) == (["finished", "cancelled"], ["", CLASS_OVER])
    with pytest.raises(ClassError, match="over"):
        lab.start(2)
    with pytest.raises(ClassError, match="over"):
        lab.conductor.define(lab.teacher, PLAN)
    others = lab.runs.create_comparison([NETWORK], PLAN.settings, owner="stranger", name="race")
    lab.teacher.delete()
    lab.conductor.tend()
    assert lab.conductor.newest(lab.room.id) is None
    assert [run.comparison_id for run in lab.runs.runs()] == [others.id]
    assert len(lab.runs.purge(time.time() + 1)) == 2


def test_everything_is_there_after_the_server_was_restarted(lab: Lab) -> None:
    lab.conductor.define(lab.teacher, replace(PLAN, per_seat=2, varied=(Varied("depth", (2, 4)),)))
    lab.start(0)
    lab.start(1)
    lab.train_next()
    again = Conductor(ClassStore(), SharedRunStore(), Store())
    found = again.newest(lab.room.id)
    assert found == lab.newest()
    assert [run.label for run in found.runs] == ["Tiny, 2 blocks", "Tiny, 4 blocks"]


def test_a_run_that_the_server_lost_before_it_was_queued_does_not_count(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.conductor.define(lab.teacher, PLAN)

    def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "create_comparison", fail)
        with pytest.raises(StoreError):
            lab.start(0)
    with pytest.raises(ClassError, match="one at a time"):
        lab.start(0)
    later = time.time() + UNSTARTED_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert lab.start(0).number == 0
    assert reasons(lab) == [LOST, ""]


def test_a_new_shared_run_ends_the_one_before_and_there_is_a_bound(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lab.conductor.define(lab.teacher, PLAN)
    lab.start(0)
    monkeypatch.setattr(store_module, "MOST_SHARED", 2)
    assert lab.conductor.define(lab.teacher, PLAN).position == 2
    assert [run.state for run in lab.runs.runs()] == ["cancelled"]
    with pytest.raises(ClassError, match="closed"):
        lab.conductor.start(lab.seats[1], first.id, SERVER_POOL)
    with pytest.raises(ClassError, match="2 shared runs"):
        lab.conductor.define(lab.teacher, PLAN)


def rows_of(lab: Lab) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(curves_as_csv(lab.runs, lab.newest()))))


def test_the_file_has_every_point_no_formula_and_no_seat(lab: Lab) -> None:
    hostile = replace(PLAN, networks=(NamedNetwork("=HYPERLINK(1)", TINY),), varied=(Varied("depth", (2, 4)),))
    lab.conductor.define(lab.teacher, hostile)
    lab.start(0)
    second = lab.start(1)
    lab.train_next(0.5)
    running = lab.claim()
    assert running is not None
    lab.runs.work.report(running.id, "w", [STARTED, step(10, 3.0)])
    lab.conductor.stop(lab.teacher, [second.id])
    rows = rows_of(lab)
    assert {row["network"] for row in rows} == {"'=HYPERLINK(1), 2 blocks", "'=HYPERLINK(1), 4 blocks"}
    losses = [
        (row["number"], row["seed"], row["depth"], row["step"], row["value"], row["stopped"])
        for row in rows
        if row["quantity"] == "train_loss"
    ]
    assert losses == [
        ("0", "5", "2", "10", "1.0", ""),
        ("0", "5", "2", "20", "0.5", ""),
        ("1", "5", "4", "10", "3.0", "teacher"),
    ]
    assert "seat" not in rows[0]
