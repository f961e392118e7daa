"""Guessing of codes, keys and passwords is slowed down, for each visitor and for the whole server."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from explorer.classes.errors import TooManyGuessesError
from explorer.language import sentence

SECONDS = 60.0
MOST_BY_VISITOR, MOST_BY_SERVER = 6, 60
"""Wrong guesses within SECONDS after which no more are looked at."""
MOST_VISITORS = 5_000


class Guesses:
    """The latest wrong guesses by visitor. Thread-safe.

    A browser can leave its name behind, so the server has a limit of its own: a code has 11 million values, and within
    the day of a class 86,400 of them can be tried.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visitors: OrderedDict[str, deque[float]] = OrderedDict()
        self._server: deque[float] = deque(maxlen=MOST_BY_SERVER)
        self._lock = threading.Lock()

    def check(self, visitor: str) -> None:
        """Returns where the visitor may guess. Raises TooManyGuessesError, which says how long to wait."""
        with self._lock:
            now, own = self._clock(), self._visitors.get(visitor, deque(maxlen=MOST_BY_VISITOR))
            wait = max(_wait(own, now), _wait(self._server, now))
        if wait > 0:
            raise TooManyGuessesError(
                sentence("Too many wrong entries came in; try again in {seconds} seconds.", seconds=math.ceil(wait))
            )

    def note_wrong(self, visitor: str) -> None:
        """Stores that the visitor has just guessed wrongly."""
        with self._lock:
            self._visitors.setdefault(visitor, deque(maxlen=MOST_BY_VISITOR)).append(self._clock())
            self._visitors.move_to_end(visitor)
            self._server.append(self._clock())
            if len(self._visitors) > MOST_VISITORS:
                self._visitors.popitem(last=False)


def _wait(wrong: deque[float], now: float) -> float:
    """Seconds until one more guess is allowed."""
    return wrong[0] + SECONDS - now if len(wrong) == wrong.maxlen else 0.0
