"""What every result of a probe has in common."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ExperimentResult:
    """What a probe found. `kind` is the name of the probe."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Training:
    """One short training. `losses[i]` is the mean of up to ten steps that end with step number `steps[i]`."""

    label: str
    seed: int
    steps: tuple[int, ...]
    losses: tuple[float, ...]
    train_loss: float
    test_error: float
    seconds: float
    diverged: str = ""
    """A sentence where the loss stopped being a number, else empty."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` units of `what` are over.

    `so_far` holds what is known already, in the result's own form, `trainings` the curves of trainings under way.
    """

    done: int
    total: int
    what: str
    so_far: ExperimentResult | None = None
    trainings: tuple[Training, ...] = ()
