"""How fast a run trains at this moment, from its events."""

from collections import deque

RECENT_READINGS = 5
"""Readings of the mean speed: few enough to follow a busy machine, enough for a steady number."""


class Pace:
    """Steps and seconds of the last few readings; time spent on the test images is left out."""

    def __init__(self, batch_size: int = 0) -> None:
        self._batch_size = batch_size
        self._last: tuple[int, float] | None = None
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT_READINGS)

    def note(self, step: int, seconds: float, *, stepped: bool) -> None:
        """Notes that the run is at `step` after `seconds` of training; not `stepped`: the network was tested there."""
        if stepped and self._last is not None and step > self._last[0]:
            self._recent.append((step - self._last[0], seconds - self._last[1]))
        self._last = (step, seconds)

    @property
    def seconds_a_step(self) -> float | None:
        """Seconds per step, mean over the last readings; None before the second one."""
        steps, seconds = (sum(column) for column in zip(*self._recent, strict=True)) if self._recent else (0, 0.0)
        return seconds / steps if steps and seconds > 0 else None

    @property
    def images_a_second(self) -> float | None:
        """Training images per second; None before the second reading."""
        pace = self.seconds_a_step
        return self._batch_size / pace if pace and self._batch_size else None
