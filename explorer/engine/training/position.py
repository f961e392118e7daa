"""Where a run stands, as its checkpoint keeps it, and the time that training takes, pauses left out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """How far a run has come: steps done, seconds trained, and the losses and errors of the last steps."""

    step: int = 0
    seconds: float = 0.0
    losses: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    warm_from: int | None = None
    """The step before which a warm-up by the training error ended; None while it lasts."""


class Stopwatch:
    """Counts from `start`; `before` are the seconds that an earlier part of the same run took."""

    def __init__(self, before: float = 0.0) -> None:
        self._before = before
        self._apart = 0.0
        self._from = time.perf_counter()

    def start(self) -> None:
        """Begins to count."""
        self._from = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Time of the whole run."""
        return self._before + time.perf_counter() - self._from

    @property
    def stepping(self) -> float:
        """Time since `start` without what was measured apart."""
        return time.perf_counter() - self._from - self._apart

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Time spent inside counts in `seconds` and not in `stepping`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._apart += time.perf_counter() - begun
