"""Whether a class of a hundred can vote on one server: students who join, vote and change their votes at once.

    python -m benchmarks.votes
    python -m benchmarks.votes --clients 100 --trainings 2

Each client speaks Streamlit's protocol over a WebSocket, as a browser does: it opens the page *Class* by the teacher's
link, joins, asks for news every few seconds as the page tells browsers to, votes at a random moment of the voting time,
and a fifth of them change their vote. A vote is timed until the server has answered that it is stored, waiting for a
refresh that is under way included. Meanwhile networks train by the server's own launcher. Afterwards the database is
compared with what each client was told. Ends with status 1 where something was lost or doubled, or too slow.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.classroom import Client, Seen, connected, processor_seconds, trainings
from benchmarks.slider import ROOT, App, Server, served
from explorer.classes.questions import NewQuestion
from explorer.classes.records import CLOSED, Question
from explorer.classes.store.store import ClassStore
from explorer.classes.store.teaching import Teaching
from explorer.ui.classroom.voting import POLL_SECONDS, STORED

JOIN_SECONDS, VOTE_SECONDS, ANSWER_SECONDS = 30.0, 10.0, 1.0
"""Within which all must have joined, all must have voted, and 95 of 100 votes must have been answered."""
VOTING = 7.0
"""Seconds over which the votes begin."""
CHANGES = 0.2
"""Share of the students who change their vote."""
OPTIONS = ("The plain one", "The residual one", "Neither")


@dataclass
class Results:
    """What all clients saw."""

    joined: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)
    """The last vote of each client that the server called stored."""
    last_vote: float = 0.0
    processor: list[float] = field(default_factory=list)
    """The server's processor seconds at the beginning, when all had joined, when they had waited, and had voted."""
    lost: list[str] = field(default_factory=list)


class Student(Client):
    """One student's browser on the page Class."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.buttons: dict[str, tuple[str, str]] = {}
        self.query = self.refreshed = ""
        self.said: list[str] = []
        self._turn = asyncio.Lock()

    async def open(self, code: str) -> None:
        """Opens the page by the teacher's link."""
        self.query = f"join={code}"
        await self.send(BackMsg())

    async def press(self, label: str) -> float:
        """Presses a button and returns the seconds until the run has ended."""
        began = time.perf_counter()
        widget, fragment = self.buttons[label]
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.append(WidgetState(id=widget, trigger_value=True))
        await self.send(message)
        return time.perf_counter() - began

    async def refresh(self, until: asyncio.Event) -> None:
        """Asks for news as often as the page says, until the end."""
        await asyncio.sleep(random.random() * POLL_SECONDS)
        while not until.is_set():
            if self.refreshed:
                message = BackMsg()
                message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = self.refreshed, True
                await self.send(message)
            await asyncio.sleep(POLL_SECONDS)

    async def send(self, message: BackMsg) -> None:
        """Sends a message and waits until its run has ended: one at a time, as the server does."""
        async with self._turn:
            self.said.clear()
            message.rerun_script.page_name, message.rerun_script.query_string = "class", self.query
            message.rerun_script.widget_states.widgets.extend(self.reported.values())
            await self._run(message)

    def _note(self, answer: ForwardMsg) -> None:
        super()._note(answer)
        kind, element = answer.WhichOneof("type"), answer.delta.new_element
        if kind == "auto_rerun":
            self.refreshed = answer.auto_rerun.fragment_id
        if element.WhichOneof("type") == "button":
            self.buttons[element.button.label] = (element.button.id, answer.delta.fragment_id)
        if element.WhichOneof("type") == "text_input":
            box = element.text_input
            self.reported[box.id] = WidgetState(id=box.id, string_value=box.default)
        if element.WhichOneof("type") == "alert":
            self.said.append(element.alert.body)


async def take_part(
    number: int, address: str, code: str, begun: float, asked: asyncio.Event, over: asyncio.Event, results: Results
) -> None:
    """Joins, waits for the question, votes, and perhaps votes again."""
    seen = Seen()
    async with connected(address) as socket:
        student = Student(socket, address, seen)
        await student.open(code)
        await student.press("Join")
        results.joined.append(time.perf_counter() - begun)
        news = asyncio.create_task(student.refresh(over))
        await asyncio.wait_for(asked.wait(), 120)
        voting = time.perf_counter()
        await asyncio.sleep(random.random() * VOTING)
        async with asyncio.timeout(60):
            while not set(OPTIONS) <= student.buttons.keys():
                await asyncio.sleep(0.05)
        for _ in range(1 + (random.random() < CHANGES)):
            choice = random.randrange(len(OPTIONS))
            results.answers.append(await student.press(OPTIONS[choice]))
            if STORED in student.said:
                results.told[number] = str(choice)
        results.last_vote = max(results.last_vote, time.perf_counter() - voting)
        await over.wait()
        await news
    if seen.exceptions:
        results.lost.append(f"client {number} saw {seen.exceptions} exceptions")


async def hold_class(server: Server, clients: int, code: str, teaching: Teaching) -> tuple[Results, Question]:
    """Lets so many students join, asks them, and closes the vote after all have voted."""
    results, asked, over, begun = Results(), asyncio.Event(), asyncio.Event(), time.perf_counter()

    async def attempt(number: int) -> None:
        try:
            await take_part(number, server.address, code, begun, asked, over, results)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a student lost
            results.lost.append(f"{type(error).__name__}: {error}")

    def note_processor() -> None:
        results.processor.append(processor_seconds(server.process) or 0.0)

    note_processor()
    students = [asyncio.create_task(attempt(number)) for number in range(clients)]
    while len(results.joined) + len(results.lost) < clients:
        await asyncio.sleep(0.1)
    note_processor()
    # Everybody has the page open for a while before the question comes, and has seen it when the voting begins.
    question = teaching.ask(NewQuestion("Which one learns?", options=OPTIONS))
    await asyncio.sleep(2 * POLL_SECONDS)
    note_processor()
    asked.set()
    while len(results.told) + len(results.lost) < clients and results.last_vote < 60:
        await asyncio.sleep(0.1)
    note_processor()
    await asyncio.sleep(3)
    teaching.set_phase(question.id, CLOSED)
    over.set()
    await asyncio.gather(*students)
    return results, question


def resident_megabytes(process: int) -> float:
    """The memory that a process has in use; 0 where the system does not say it this way."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0.0


def percentile(times: Sequence[float], share: float) -> float:
    """The time within which this share of them lies."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(clients: int, folder: Path) -> bool:
    """Prints what one class saw. Returns whether all of it is good enough."""
    app = App("Class", ROOT / "explorer" / "app.py", "class", "", "")
    classes = ClassStore(f"sqlite:///{folder / 'data' / 'runs.sqlite3'}")
    with served(app, folder) as server:
        _wait_for(server)
        warm_room, warm_key = classes.open_class()
        room, key = classes.open_class()
        warm, teaching = classes.teaching(warm_key), classes.teaching(key)
        assert warm is not None
        assert teaching is not None
        asyncio.run(hold_class(server, 1, warm_room.code, warm))
        before = resident_megabytes(server.process)
        results, question = asyncio.run(hold_class(server, clients, room.code, teaching))
        after = resident_megabytes(server.process)
    stored = [vote.answer for vote in teaching.votes() if vote.question.id == question.id]
    state = classes.state(room.id)
    classes.close()
    assert state is not None
    whole = sorted(stored) == sorted(results.told.values()) and len(stored) == state.seats == clients
    p95 = percentile(results.answers, 0.95)
    print(f"{clients} students joined within {max(results.joined):.1f} s (target {JOIN_SECONDS:.0f} s)")
    print(f"all voted within {results.last_vote:.1f} s (target {VOTE_SECONDS:.0f} s), {len(results.answers)} votes")
    print(
        f"a vote's answer: median {1000 * percentile(results.answers, 0.5):,.0f} ms, p95 {1000 * p95:,.0f} ms"
        f" (target {1000 * ANSWER_SECONDS:,.0f} ms)"
    )
    print(
        f"votes told {len(results.told)}, stored {len(stored)}, seats {state.seats}: {'equal' if whole else 'DIFFER'}"
    )
    each = (after - before) / clients
    print(f"memory of the server: {before:,.0f} MB before, {after:,.0f} MB after, {each:.2f} MB a visitor")
    joining, waiting, voting = (1000 * (later - earlier) / clients for earlier, later in pairwise(results.processor))
    print(
        f"the server's processor time, a student: {joining:.0f} ms to join, {waiting / 2:.1f} ms a refresh,"
        f" {voting:.0f} ms while all voted"
    )
    for reason in sorted(set(results.lost))[:3]:
        print(f"lost: {reason}")
    fast = max(results.joined) <= JOIN_SECONDS and results.last_vote <= VOTE_SECONDS and p95 <= ANSWER_SECONDS
    return whole and fast and not results.lost


def _wait_for(server: Server) -> None:
    import urllib.request

    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.address.rsplit('/', 1)[0]}/_stcore/health"):
            return
        time.sleep(0.2)


def main() -> None:
    """Print what a class that votes sees while networks train."""
    parser = argparse.ArgumentParser(description="A class that joins and votes at once")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--trainings", type=int, default=2, help="networks that train meanwhile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, trainings(options.trainings, Path(name)):
        print(f"{options.trainings} networks train meanwhile", flush=True)
        if not measure(options.clients, Path(name)):
            sys.exit("Something was lost, or too slow.")


if __name__ == "__main__":
    main()
