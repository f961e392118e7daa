"""The benchmark of classes speaks Streamlit's protocol with the real app, as many browsers do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import votes
from benchmarks.classroom import watch
from benchmarks.slider import Server
from explorer.classes.store.store import ClassStore
from explorer.jobs.paths import sqlite_url
from tests.browser.server import RunningApp


def test_students_load_build_and_move_its_sliders(app: RunningApp) -> None:
    with ThreadPoolExecutor() as thread:  # Playwright's loop runs in this one.
        seen = thread.submit(lambda: asyncio.run(watch(app.url, app.process_group, 2, think=0.2, seconds=4.0))).result()
    assert (seen.lost, seen.exceptions) == ([], 0)
    assert len(seen.loads) == 2
    assert len(seen.moves) >= 2
    assert seen.processor is None or 0 < seen.processor < 10 * len(seen.moves)


def test_a_class_votes_and_nothing_is_lost(app: RunningApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "VOTING", 0.5)
    classes = ClassStore(sqlite_url(app.data))
    room, key = classes.open_class()
    teaching = classes.teaching(key)
    assert teaching is not None
    server = Server(f"{app.url}/class", 0.0, app.process_group)
    with ThreadPoolExecutor() as thread:
        held = thread.submit(lambda: asyncio.run(votes.hold_class(server, 3, room.code, teaching))).result()
    results, question = held
    assert results.lost == []
    assert len(results.answers) >= len(results.told) == len(results.joined) == 3
    assert sorted(vote.answer for vote in teaching.votes()) == sorted(results.told.values())
    assert {vote.question.id for vote in teaching.votes()} == {question.id}
    classes.close()
