"""How fast a run trains at this moment, from the events that it tells anyway."""

from collections import deque

LATELY = 5
"""Readings that the pace is taken over: short enough to follow a busy machine, long enough to stand still."""


class Pace:
    """Steps and seconds of the last few readings; time spent on the test images is left out."""

    def __init__(self, batch_size: int = 0) -> None:
        self._batch_size = batch_size
        self._mark: tuple[int, float] | None = None
        self._lately: deque[tuple[int, float]] = deque(maxlen=LATELY)

    def note(self, step: int, seconds: float, *, stepped: bool) -> None:
        """The run stands at `step` after `seconds` of training; not `stepped`: it has looked at the test images."""
        if stepped and self._mark is not None and step > self._mark[0]:
            self._lately.append((step - self._mark[0], seconds - self._mark[1]))
        self._mark = (step, seconds)

    @property
    def seconds_a_step(self) -> float | None:
        """Mean over the last readings; None before the second one."""
        steps, seconds = (sum(column) for column in zip(*self._lately, strict=True)) if self._lately else (0, 0.0)
        return seconds / steps if steps and seconds > 0 else None

    @property
    def images_a_second(self) -> float | None:
        """Training images; None before the second reading."""
        pace = self.seconds_a_step
        return self._batch_size / pace if pace and self._batch_size else None
