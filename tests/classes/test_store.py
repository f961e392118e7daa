"""The store of classes: joining, voting, hidden counts, the teacher's part, and votes of many at once."""

import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.classes.errors import ClassError, WrongCodeError
from explorer.classes.questions import NUMBER, TEXT, NewQuestion
from explorer.classes.records import CLOSED, OPEN, REVEALED, ClassState, Tally
from explorer.classes.store import store as store_module
from explorer.classes.store import teaching
from explorer.classes.store.store import ClassStore
from explorer.runs.store.store import Store
from tests.classes.conftest import CHOICES, Taught


def state(classes: ClassStore, taught: Taught) -> ClassState:
    found = classes.state(taught.room.id)
    assert found is not None
    return found


def test_a_whole_vote_from_the_question_to_the_second_one(classes: ClassStore, taught: Taught) -> None:
    seats = [classes.join(taught.room.code, f"browser {number}") for number in range(3)]
    first = taught.teacher.ask(CHOICES)
    for seat, answer in zip(seats, "110", strict=True):
        assert classes.vote(seat, first.id, answer) == answer
    classes.vote(seats[0], first.id, "2")
    hidden = state(classes, taught)
    assert (hidden.seats, hidden.votes, hidden.tallies) == (3, {first.id: 3}, {})
    assert taught.teacher.set_phase(first.id, REVEALED)
    shown = state(classes, taught)
    assert shown.tallies == {first.id: Tally({"0": 1, "1": 1, "2": 1})}
    second = taught.teacher.ask(NewQuestion("What did you see?", options=("a", "b"), follows=first.id))
    classes.vote(seats[0], second.id, "1")
    later = state(classes, taught)
    assert later.present == second
    assert later.first_vote(second) == later.question(first.id) == later.questions[0]
    assert later.follower(later.questions[0]) == second
    assert (later.votes[second.id], list(later.tallies)) == (1, [first.id])
    assert classes.votes(seats[0]) == {first.id: "2", second.id: "1"}
    assert classes.votes(seats[1]) == {first.id: "1"}


def test_a_browser_has_one_seat_at_each_visit(classes: ClassStore, taught: Taught) -> None:
    seat = classes.join(taught.room.code, "mine", "Ann")
    assert classes.join(taught.room.code.lower(), "mine") == seat == classes.seat(taught.room.code, "mine")
    assert classes.join(taught.room.code, "mine", "Anna").nickname == "Anna"
    assert classes.seat(taught.room.code, "another") is None
    assert state(classes, taught).seats == 1


def test_wrong_and_old_codes_and_foreign_keys_open_nothing(classes: ClassStore, taught: Taught) -> None:
    with pytest.raises(WrongCodeError, match="No class"):
        classes.join("CCCCCC" if taught.room.code != "CCCCCC" else "FFFFFF", "mine")
    for key in ("", taught.room.code, taught.room.id, taught.key[:-1], f"{taught.key} "):
        assert classes.teaching(key) is None
    taught.teacher.end()
    with pytest.raises(WrongCodeError, match="over"):
        classes.join(taught.room.code, "mine")


def test_the_key_is_not_in_the_database(classes: ClassStore, taught: Taught, data_directory: Path) -> None:
    classes.join(taught.room.code, "a browser's secret")
    classes.close()
    stored = b"".join(path.read_bytes() for path in data_directory.glob("runs.sqlite3*"))
    assert taught.room.code.encode() in stored
    assert taught.key.encode() not in stored
    assert b"a browser's secret" not in stored


def test_a_vote_after_the_end_a_late_one_and_one_of_another_class_are_refused(
    classes: ClassStore, taught: Taught
) -> None:
    seat, question = classes.join(taught.room.code, "mine"), taught.teacher.ask(CHOICES)
    other, key = classes.open_class()
    stranger = classes.join(other.code, "mine")
    with pytest.raises(ClassError):
        classes.vote(stranger, question.id, "0")
    stranger_teacher = classes.teaching(key)
    assert stranger_teacher is not None
    assert not stranger_teacher.set_phase(question.id, REVEALED), "a teacher reaches the own class only"
    classes.vote(seat, question.id, "0")
    assert taught.teacher.set_phase(question.id, CLOSED)
    with pytest.raises(ClassError, match="closed"):
        classes.vote(seat, question.id, "1")
    assert taught.teacher.set_phase(question.id, OPEN)
    classes.vote(seat, question.id, "1")
    assert taught.teacher.set_phase(question.id, REVEALED)
    assert not taught.teacher.set_phase(question.id, OPEN), "what was shown is not voted on again"
    with pytest.raises(ClassError, match="closed"):
        classes.vote(seat, question.id, "2")
    newest = taught.teacher.ask(CHOICES)
    taught.teacher.end()
    with pytest.raises(ClassError, match="over"):
        classes.vote(seat, newest.id, "0")
    with pytest.raises(ClassError, match="over"):
        taught.teacher.ask(CHOICES)
    assert classes.votes(seat) == {question.id: "1"}


def test_a_new_question_closes_the_vote_before_it(classes: ClassStore, taught: Taught) -> None:
    first, second = taught.teacher.ask(CHOICES), taught.teacher.ask(NewQuestion("How many?", NUMBER))
    with pytest.raises(ClassError, match="Reveal"):
        taught.teacher.ask(NewQuestion("And now?", TEXT, follows=first.id))
    assert [each.phase for each in state(classes, taught).questions] == [CLOSED, OPEN]
    assert taught.teacher.set_phase(first.id, OPEN)
    assert [each.phase for each in state(classes, taught).questions] == [OPEN, CLOSED]
    assert second.position == 2


def test_a_class_ends_by_itself_and_can_be_extended(
    classes: ClassStore, taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taught.room.expires - taught.room.opened == teaching.DAY
    later = time.time() + 1.5 * teaching.DAY
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(WrongCodeError, match="over"):
        classes.join(taught.room.code, "mine")
    taught.teacher.extend()
    assert classes.join(taught.room.code, "mine")
    assert state(classes, taught).room.expires == later + teaching.DAY
    later += 40 * teaching.DAY
    taught.teacher.extend()
    room = state(classes, taught).room
    assert (room.is_over, room.expires) == (True, room.opened + teaching.MOST_DAYS * teaching.DAY)
    later += store_module.KEPT_DAYS * teaching.DAY
    classes.open_class()
    assert classes.state(taught.room.id) is None, "with a new class, those that are long over are deleted"


def test_votes_and_class_can_be_deleted(classes: ClassStore, taught: Taught) -> None:
    seat, question = classes.join(taught.room.code, "mine", "Ann"), taught.teacher.ask(CHOICES)
    classes.vote(seat, question.id, "1")
    ((exported,), other) = taught.teacher.votes(), classes.open_class()[1]
    assert (exported.question.id, exported.seat, exported.answer) == (question.id, 1, "1")
    taught.teacher.delete_votes()
    assert (taught.teacher.votes(), state(classes, taught).questions, state(classes, taught).seats) == ([], (), 1)
    taught.teacher.delete()
    assert (classes.state(taught.room.id), classes.seat(taught.room.code, "mine")) == (None, None)
    assert classes.teaching(taught.key) is None
    assert classes.teaching(other) is not None


def test_the_step_of_the_lesson_is_the_teachers_and_each_seats(classes: ClassStore, taught: Taught) -> None:
    seats = [classes.join(taught.room.code, str(number)) for number in range(3)]
    taught.teacher.set_step("degradation", "2")
    for seat, step in zip(seats[:2], "12", strict=True):
        classes.note_step(seat, step)
    found = state(classes, taught)
    assert (found.room.lesson, found.room.step, found.steps, found.seats) == ("degradation", "2", {"1": 1, "2": 1}, 3)


def test_there_is_a_bound_on_everything(classes: ClassStore, taught: Taught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MOST_CLASSES", 2)
    monkeypatch.setattr(store_module, "MOST_SEATS", 1)
    monkeypatch.setattr(teaching, "MOST_QUESTIONS", 1)
    classes.open_class()
    with pytest.raises(ClassError, match="open on this server"):
        classes.open_class()
    classes.join(taught.room.code, "mine")
    classes.join(taught.room.code, "mine")
    with pytest.raises(ClassError, match="full"):
        classes.join(taught.room.code, "yours")
    taught.teacher.ask(CHOICES)
    with pytest.raises(ClassError, match="questions"):
        taught.teacher.ask(CHOICES)


def test_classes_and_runs_share_one_database(data_directory: Path) -> None:
    for _ in range(2):
        classes, runs = ClassStore(), Store()
        classes.open_class()
        assert runs.runs() == []
        classes.close()
        runs.close()
    with sqlite3.connect(data_directory / "runs.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM class_rooms").fetchone() == (2,)
    connection.close()


def test_no_vote_of_many_at_once_is_lost_or_doubled(classes: ClassStore, taught: Taught) -> None:
    """Every browser joins twice and votes several times, each time from another thread, while the teacher looks on."""
    question, browsers = taught.teacher.ask(CHOICES), [f"browser {number}" for number in range(24)]
    ready = threading.Barrier(8)

    def take_part(worker: int) -> None:
        ready.wait()
        for browser in browsers[worker % 4 :: 4]:
            for answer in ("0", "2", "1"):
                classes.vote(classes.join(taught.room.code, browser), question.id, answer)
                assert state(classes, taught).tallies == {}

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(take_part, range(8)))
    taught.teacher.set_phase(question.id, REVEALED)
    found = state(classes, taught)
    assert (found.seats, found.tallies[question.id]) == (24, Tally({"1": 24}))


VOTER = """
import sys
from explorer.classes.store.store import ClassStore
code, question, first = sys.argv[1:]
classes = ClassStore()
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(first), int(first) + 10_000):
    seat = classes.join(code, f"browser {number}")
    classes.vote(seat, question, str(number % 3))
    print(seat.id, number % 3, flush=True)
"""


def test_what_was_confirmed_is_there_after_processes_were_killed_in_the_middle_of_voting(
    classes: ClassStore, taught: Taught
) -> None:
    question = taught.teacher.ask(CHOICES)
    command = [sys.executable, "-c", VOTER, taught.room.code, question.id]
    voters = [
        subprocess.Popen([*command, str(first)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for first in (0, 100_000)
    ]
    confirmed: dict[int, str] = {}
    for voter in voters:
        assert voter.stdin is not None
        assert voter.stdout is not None
        assert voter.stdout.readline() == "ready\n"
    for voter in voters:
        print(file=voter.stdin, flush=True)
    for voter in voters:
        for _ in range(20):
            seat, answer = voter.stdout.readline().split()
            confirmed[int(seat)] = answer
    for voter in voters:
        voter.kill()
        # A killed process may leave half a line.
        for line in voter.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                seat, answer = line.split()
                confirmed[int(seat)] = answer
        voter.communicate()
    stored = ClassStore()
    with stored._database.reading() as connection:
        kept = dict(connection.exec_driver_sql("SELECT seat_id, answer FROM class_votes").fetchall())
    stored.close()
    assert len(confirmed) >= 40
    assert kept.items() >= confirmed.items()
    assert len(kept) <= len(confirmed) + 2, "at most one vote of each process was stored and not yet confirmed"
