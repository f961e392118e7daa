"""Runs an experiment in processes of its own and follows its progress; the asking process never loads torch."""

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from explorer.experiments.protocol import Answer, Line, Refusal, read_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import ExperimentResult, Progress
from explorer.experiments.result_cache import ResultCache
from explorer.jobs.capacity import usable_cores
from explorer.jobs.child_process import ChildProcess
from explorer.language import N_, Sentence, Text, joined, sentence

LONGEST_SECONDS = 600.0
"""An experiment that takes longer is ended."""
MOST_WAYS = 2
"""The most processes for one request; more would take the cores that others wait for."""
PLACES = threading.BoundedSemaphore(max(MOST_WAYS, usable_cores()))
"""The processes that work at the same time, of all requests; further ones wait for a free place."""
PARTS_OF_A_PIECE = 100
"""Steps of the progress bar for each piece of a request."""
COMMAND = ("-m", "explorer.engine.experiments")
TOO_LONG = N_("This took more than {seconds:g} seconds and was ended.")


class ExperimentProcess(ChildProcess):
    """A process of `explorer.engine.experiments`, which answers requests. Raises OSError if it cannot start."""

    def __init__(self) -> None:
        super().__init__(COMMAND)

    def ask(self, request: ExperimentRequest) -> Iterator[Line]:
        """Everything that the process writes from a request on, until it ends; lines of others are left out.

        Its answer to the request is the first `Answer` or `Refusal`.
        """
        self.send(request.to_json())
        for text in self.lines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                yield read_line(text)

    def end(self) -> Sentence:
        """Waits for the end of a process that is ending, and returns a sentence on how it ended."""
        message = self.exit_message(N_("The computation"))
        return sentence("{message} A smaller network may work.", message=message) if self.was_killed else message


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
    """One request under way: up to `ways` processes take its pieces one after another. Only `lines` and `wait` block.

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
        ways = min(MOST_WAYS, usable_cores()) if ways is None else ways
        pieces = split(request, ways)
        self._waiting = deque(enumerate(pieces))
        self._last_lines: list[Line | None] = [None] * len(pieces)
        self._timer = threading.Timer(seconds, self._end, [sentence(TOO_LONG, seconds=seconds)])
        self._timer.daemon = True
        self._timer.start()
        for _ in range(min(ways, len(pieces))):
            threading.Thread(target=self._work, name="experiment", daemon=True).start()

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
        self._end(N_("Cancelled."))

    def wait(self, seconds: float = LONGEST_SECONDS) -> Line | None:
        """Waits for the end, at most so long, and returns the last line."""
        limit = time.monotonic() + seconds
        while not self.is_over and time.monotonic() < limit:
            time.sleep(0.02)
        return self.latest

    def _work(self) -> None:
        """Runs in one thread for each process: waits for a place, then asks for piece after piece until none waits."""
        with PLACES:
            with self._lock:
                if self.is_over or not self._waiting:
                    return
                try:
                    child = WARM.take()
                except OSError as error:
                    self._end(sentence("No process can be started for this ({reason}).", reason=str(error.strerror)))
                    return
                self._children.append(child)
            answered = True
            while answered and (piece := self._next_piece()) is not None:
                answered = self._ask(child, *piece)
            exit_message = child.end()
        if not answered:
            self._end(exit_message)

    def _next_piece(self) -> tuple[int, ExperimentRequest] | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self.is_over else None

    def _ask(self, child: ExperimentProcess, number: int, piece: ExperimentRequest) -> bool:
        """Takes the lines of a process on one piece. Returns whether it answered."""
        for line in child.ask(piece):
            self._take_line(number, line)
            if isinstance(line, (Answer, Refusal)):
                return True
        return False

    def _take_line(self, number: int, line: Line) -> None:
        """Joins the line of one piece with the last lines of the others, and publishes the whole."""
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
        done = len(known) + sum(min(1.0, each.done / max(1, each.total)) for each in under_way)
        known += [each.so_far for each in under_way if each.so_far is not None]
        return Progress(
            done=round(PARTS_OF_A_PIECE * done),
            total=PARTS_OF_A_PIECE * len(self._last_lines),
            what=joined(", ", *(each.what for each in under_way)),
            so_far=merge(self.request, known) if known else None,
            trainings=tuple(training for each in under_way for training in each.trainings),
        )

    def _end(self, why: Text, field: str = "") -> None:
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
    """The pieces of a request that can be computed side by side, in the order in which they are begun.

    A piece is one part with one seed. All with the first seed come first, so that a picture appears soon, and of a seed
    the heaviest first, so that the processes end at about the same time. The request itself where it cannot be shared
    or there is a single way.
    """
    sharing = request.description.sharing
    if sharing is None or ways < 2:
        return (request,)
    parts = sorted(sharing.parts(request), key=sharing.weight, reverse=True)
    pieces = [sharing.only(request, [part]) for part in parts]
    if not sharing.by_seed or request.parameters.get("seeds", 1) == 1:
        return tuple(pieces)
    first = request.training.seed
    return tuple(
        with_one_seed(piece, seed)
        for seed in range(first, first + request.parameters["seeds"])
        for piece in pieces
        # The weights of a finished run have no other seed.
        if seed == first or not all(subject.run for subject in piece.networks)
    )


def with_one_seed(request: ExperimentRequest, seed: int) -> ExperimentRequest:
    """The request with this seed alone."""
    parameters = {**request.parameters, "seeds": 1}
    return replace(request, training=replace(request.training, seed=seed), parameters=parameters)


def merge(request: ExperimentRequest, results: Iterable[ExperimentResult]) -> ExperimentResult:
    """The result of the whole from those of its pieces, of which some may still be missing; at least one is needed."""
    first, *others = results
    sharing = request.description.sharing
    if sharing is None or not others:
        return first
    entries = [entry for result in (first, *others) for entry in getattr(result, sharing.entries)]
    entries.sort(key=lambda entry: sharing.position(request, entry))
    changes: dict[str, Any] = {sharing.entries: tuple(entries)}
    return replace(first, **changes)
