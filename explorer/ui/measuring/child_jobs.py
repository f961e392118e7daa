"""Short calculations in child processes: a few at a time on this server, results remembered for all visitors."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar

from explorer.jobs.one_shot import ChildError

MOST_REMEMBERED = 200
MOST_WAITING = 20

Key = TypeVar("Key")
Result = TypeVar("Result")
Answer_co = TypeVar("Answer_co", covariant=True)


class Handle(Protocol[Answer_co]):
    """A child process at work."""

    @property
    def done(self) -> bool:
        """Whether `result` returns at once."""

    def result(self) -> Answer_co:
        """What the child calculated. Raises ChildError."""


class ChildJobs(Generic[Key, Result]):
    """Calculations by key; `most_running` run at the same time and the others wait. Safe to use from any thread.

    `start` begins one, `failed` makes the result of one that gave none from its error message.
    """

    def __init__(
        self, start: Callable[[Key], Handle[Result]], failed: Callable[[str], Result], most_running: int = 1
    ) -> None:
        self._start, self._failed, self._most_running = start, failed, most_running
        self._results: OrderedDict[Key, Result] = OrderedDict()
        self._waiting: list[Key] = []
        self._running: dict[Key, Handle[Result]] = {}
        self._lock = Lock()

    def order(self, key: Key) -> bool:
        """Asks for a calculation, anew where it has a result; False where too many are waiting already."""
        with self._lock:
            if key not in self._waiting and key not in self._running:
                if len(self._waiting) >= MOST_WAITING:
                    return False
                self._results.pop(key, None)
                self._waiting.append(key)
            self._advance()
        return True

    def result(self, key: Key) -> Result | None:
        """The result; None while there is none."""
        with self._lock:
            self._advance()
            return self._results.get(key)

    def ahead(self, key: Key) -> int | None:
        """How many wait before this one: 0 while it runs, None where it was not asked for or has its result."""
        with self._lock:
            if key in self._running:
                return 0
            return self._waiting.index(key) + 1 if key in self._waiting else None

    def _advance(self) -> None:
        """Collects what is done and begins what waits."""
        for key, handle in [(key, handle) for key, handle in self._running.items() if handle.done]:
            del self._running[key]
            try:
                self._remember(key, handle.result())
            except ChildError as error:
                self._remember(key, self._failed(str(error)))
        while len(self._running) < self._most_running and self._waiting:
            key = self._waiting.pop(0)
            try:
                self._running[key] = self._start(key)
            except ChildError as error:
                self._remember(key, self._failed(str(error)))

    def _remember(self, key: Key, result: Result) -> None:
        self._results[key] = result
        while len(self._results) > MOST_REMEMBERED:
            self._results.popitem(last=False)
