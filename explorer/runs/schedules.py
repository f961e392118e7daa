"""The learning rate over a run: arithmetic only, so that a page can draw it before the training."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Schedule(NamedTuple):
    """A course of the learning rate: `factor(progress)` scales it, with progress running from 0 to 1 after warm-up."""

    label: str
    about: str
    factor: Callable[[float], float]


def _steps_of_ten(progress: float) -> float:
    """He 2015, section 4.2: divided by ten at 32,000 and at 48,000 of 64,000 iterations."""
    return 0.01 if progress >= 0.75 else 0.1 if progress >= 0.5 else 1.0


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "constant": Schedule("Constant", "the same rate from the first step to the last", lambda progress: 1.0),
        "step": Schedule("Step", "a tenth after half of the run, a hundredth after three quarters", _steps_of_ten),
        "cosine": Schedule("Cosine", "half a cosine, down to zero", lambda p: 0.5 * (1 + math.cos(math.pi * p))),
        "linear": Schedule("Linear", "a straight line down to zero", lambda progress: 1.0 - progress),
    }
)


def learning_rate(base: float, schedule: str, warmup_steps: int, steps: int, step: int) -> float:
    """The rate of step number `step` (the first is 0) in a run of `steps`.

    During the first `warmup_steps` it grows linearly to `base`; the schedule applies to the remaining steps.
    """
    if step < warmup_steps:
        return base * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(1, steps - warmup_steps)
    return base * SCHEDULES[schedule].factor(progress)
