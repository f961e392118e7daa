"""What the results of all experiments have in common."""

import math
from dataclasses import dataclass
from typing import ClassVar

from explorer.language import Text


@dataclass(frozen=True)
class ExperimentResult:
    """The result of an experiment. `kind` is the experiment's name."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Training:
    """One short training. `losses[i]`, in nats, is the mean of up to ten steps that end with step number `steps[i]`.

    `train_loss` is in nats, `test_error` in percent (both NaN before the end), `seconds` is the time of the training.
    """

    label: str
    seed: int
    steps: tuple[int, ...]
    losses: tuple[float, ...]
    train_loss: float
    test_error: float
    seconds: float
    diverged: str = ""
    """A sentence if the loss became NaN or exceeded all bounds, else empty."""

    @property
    def final_loss(self) -> float:
        """The training loss at the end; infinite where the training diverged, NaN where it has not ended."""
        return math.inf if self.diverged else self.train_loss


@dataclass(frozen=True)
class Progress:
    """`done` of `total` units of `what` are over.

    `so_far` holds what is known already, in the result's own form, `trainings` the curves of trainings under way.
    """

    done: int
    total: int
    what: Text
    so_far: ExperimentResult | None = None
    trainings: tuple[Training, ...] = ()
