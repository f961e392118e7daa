"""Runs an experiment in processes of its own and follows its progress; the asking process never loads torch."""

import queue
import threading
import time
from collections.abc import Iterator

from explorer.experiments.process import WARM, ExperimentProcess
from explorer.experiments.protocol import Answer, Line, Refusal
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.experiments.result_cache import ResultCache
from explorer.experiments.sharding import merge, split
from explorer.jobs.capacity import usable_cores

LONGEST_SECONDS = 600.0
"""An experiment that takes longer is ended."""
MOST_WAYS = 2
"""The most processes for one request; more would take the cores that others wait for."""
PLACES = threading.BoundedSemaphore(max(MOST_WAYS, usable_cores()))
"""The processes that work at the same time, of all requests; further ones wait for a free place."""


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
        self._timer = threading.Timer(seconds, self._end, [f"This took more than {seconds:g} seconds and was ended."])
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
            exit_message = child.close()
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
