"""Where a run stands, as its checkpoint keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """How far a run has come: steps done, seconds trained, and the losses and errors of the last steps."""

    step: int = 0
    seconds: float = 0.0
    losses: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
