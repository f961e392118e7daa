"""Runs an experiment in processes of its own and follows its progress; the asking process never loads torch."""

import contextlib
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from explorer.experiments.protocol import Answer, Line, Refusal, read_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult, Progress
from explorer.experiments.result_cache import ResultCache
from explorer.jobs.capacity import usable_cores
from explorer.jobs.child_process import ChildProcess

LONGEST_SECONDS = 600.0
"""An experiment that takes longer is ended."""
MOST_WAYS = 2
"""The most processes for one request; more would take the cores that others wait for."""
PLACES = threading.BoundedSemaphore(max(MOST_WAYS, usable_cores()))
"""The processes that work at the same time, of all requests; further ones wait for a free place."""
COMMAND = ("-m", "explorer.engine.experiments")
TOO_LONG = "This took more than {:g} seconds and was ended."


class ExperimentProcess(ChildProcess):
    """A process of `explorer.engine.experiments`, which answers one request. Raises OSError if it cannot start."""

    def __init__(self) -> None:
        super().__init__(COMMAND)

    def ask(self, request: ExperimentRequest) -> Iterator[Line]:
        """Everything that the process writes in answer to a request, until it ends; lines of others are left out."""
        self.send(request.to_json())
        for text in self.lines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                yield read_line(text)

    def end(self) -> str:
        """Waits for the end of a process that is ending, and returns a sentence on how it ended."""
        message = self.exit_message("The computation")
        return f"{message} A smaller network may work." if self.was_killed else message


class WarmProcesses:
    """Processes that have loaded everything and wait for a request, so that a click need not wait for them."""

    def __init__(self) -> None:
        self._waiting: list[ExperimentProcess] = []
        self._lock = threading.Lock()

    def prepare(self, count: int = 1) -> None:
        """Sees to it that `count` processes wait; does nothing where none can be started."""
        with self._lock, contextlib.suppress(OSError):
            self._reap()
            while len(self._waiting) < count:
                self._waiting.append(ExperimentProcess())

    def take(self) -> ExperimentProcess:
        """A process, warm if there is one. Raises OSError where none can be started."""
        with self._lock:
            self._reap()
            return self._waiting.pop() if self._waiting else ExperimentProcess()

    def dismiss(self) -> None:
        """Ends those that wait."""
        with self._lock:
            for each in self._waiting:
                each.kill()
            for each in self._waiting:
                each.close()
            self._waiting = []

    def _reap(self) -> None:
        """Closes those that have died while they waited."""
        dead = [each for each in self._waiting if not each.alive]
        for each in dead:
            each.close()
        self._waiting = [each for each in self._waiting if each not in dead]


WARM = WarmProcesses()
"""Those of this server; `WARM.prepare()` when a lab is opened."""


class ExperimentRun:
    """One request under way, shared out over up to `ways` processes. Only `lines` and `wait` block.

    `latest` is the last `Progress`, `Answer` or `Refusal`, None before the first; after an `Answer` or a `Refusal` the
    run `is_over`. A crash, a time-out and a cancellation are refusals with a sentence. Answers are stored in `kept`,
    and a request whose answer is there already starts no process. Safe to use from any thread.
    """

    def __init__(
        self,
        request: ExperimentRequest,
        *,
        seconds: float = LONGEST_SECONDS,
        ways: int | None = None,
        kept: ResultCache | None = None,
    ) -> None:
        self.request = request
        self.latest: Line | None = None
        self._kept = kept
        self._published: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._children: list[ExperimentProcess] = []
        self._begin = time.monotonic()
        known = kept.get(request) if kept is not None else None
        if known is not None:
            self._publish(known)
            return
        shares = split(request, min(MOST_WAYS, usable_cores()) if ways is None else ways)
        self._last_lines: list[Line | None] = [None] * len(shares)
        self._timer = threading.Timer(seconds, self._end, [TOO_LONG.format(seconds)])
        self._timer.daemon = True
        self._timer.start()
        for number, share in enumerate(shares):
            threading.Thread(target=self._work, args=(number, share), name="experiment", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return isinstance(self.latest, (Answer, Refusal))

    def lines(self) -> Iterator[Line]:
        """Every line as it comes; ends with the `Answer` or the `Refusal`. For one reader."""
        while True:
            line = self._published.get()
            yield line
            if isinstance(line, (Answer, Refusal)):
                return

    def cancel(self) -> None:
        """Ends the work at once; the run ends with a refusal that says so, unless it was over already."""
        self._end("Cancelled.")

    def wait(self, seconds: float = LONGEST_SECONDS) -> Line | None:
        """Waits for the end, at most so long, and returns the last line."""
        limit = time.monotonic() + seconds
        while not self.is_over and time.monotonic() < limit:
            time.sleep(0.02)
        return self.latest

    def _work(self, number: int, share: ExperimentRequest) -> None:
        """Runs in one thread for each share: waits for a place, asks a process, and takes its lines to the end."""
        with PLACES:
            with self._lock:
                if self.is_over:
                    return
                try:
                    child = WARM.take()
                except OSError as error:
                    self._end(f"No process can be started for this ({error.strerror}).")
                    return
                self._children.append(child)
            line: Line | None = None
            for line in child.ask(share):
                self._take_line(number, line)
                if isinstance(line, (Answer, Refusal)):
                    break
            exit_message = child.end()
        if not isinstance(line, (Answer, Refusal)):
            self._end(exit_message)

    def _take_line(self, number: int, line: Line) -> None:
        """Joins the line of one share with the last lines of the others, and publishes the whole."""
        with self._lock:
            if isinstance(line, Refusal):
                self._end(line.message, line.field)
            if self.is_over:
                return
            before = self._last_lines[number]
            if isinstance(line, Progress) and line.so_far is None and isinstance(before, Progress):
                line = Progress(line.done, line.total, line.what, before.so_far, line.trainings)
            self._last_lines[number] = line
            answers = [each for each in self._last_lines if isinstance(each, Answer)]
            if len(answers) < len(self._last_lines):
                self._publish(self._joint_progress())
                return
            whole = merge(self.request, [each.result for each in answers])
            answer = Answer(whole, time.monotonic() - self._begin)
            if self._kept is not None:
                self._kept.put(self.request, answer)
            self._timer.cancel()
            self._publish(answer)

    def _joint_progress(self) -> Progress:
        under_way = [each for each in self._last_lines if isinstance(each, Progress)]
        known = [each.result for each in self._last_lines if isinstance(each, Answer)]
        known += [each.so_far for each in under_way if each.so_far is not None]
        return Progress(
            done=sum(each.done for each in under_way),
            total=sum(each.total for each in under_way),
            what=", ".join(each.what for each in under_way),
            so_far=merge(self.request, known) if known else None,
            trainings=tuple(training for each in under_way for training in each.trainings),
        )

    def _end(self, why: str, field: str = "") -> None:
        """Ends all processes; the first reason given is the one that is published."""
        with self._lock:
            if self.is_over:
                return
            self._timer.cancel()
            self._publish(Refusal(why, field))
            for child in self._children:
                child.kill()

    def _publish(self, line: Line) -> None:
        self.latest = line
        self._published.put(line)


def split(request: ExperimentRequest, ways: int) -> tuple[ExperimentRequest, ...]:
    """At most `ways` requests of about equal weight; the request itself where it cannot be shared."""
    sharing = request.description.sharing
    if sharing is None or ways < 2:
        return (request,)
    parts = sharing.parts(request)
    shares: list[list[int]] = [[] for _ in range(min(ways, len(parts)))]
    loads = [0.0] * len(shares)
    for position in sorted(range(len(parts)), key=lambda each: -sharing.weight(parts[each])):
        lightest = loads.index(min(loads))
        shares[lightest].append(position)
        loads[lightest] += sharing.weight(parts[position])
    return tuple(sharing.only(request, [parts[position] for position in sorted(share)]) for share in shares)


def merge(request: ExperimentRequest, results: Iterable[ExperimentResult]) -> ExperimentResult:
    """The result of the whole from those of its shares, of which some may still be missing; at least one is needed."""
    first, *others = results
    sharing = request.description.sharing
    if sharing is None or not others:
        return first
    entries = [entry for result in (first, *others) for entry in getattr(result, sharing.entries)]
    entries.sort(key=lambda entry: sharing.position(request, entry))
    changes: dict[str, Any] = {sharing.entries: tuple(entries)}
    return replace(first, **changes)
