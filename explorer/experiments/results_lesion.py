"""What lesions and chosen paths show; errors in percent, NaN where there is nothing to measure."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.result import ExperimentResult, Training


@dataclass(frozen=True)
class Dropped:
    """Test error with one block gone. `shortcut` is what is left of the block; `problem` says why it cannot go."""

    block: str
    shortcut: str
    test_error: float
    problem: str = ""


@dataclass(frozen=True)
class Several:
    """Test errors with `count` random blocks gone, a draw each."""

    count: int
    test_errors: tuple[float, ...]


@dataclass(frozen=True)
class Shuffled:
    """Test error after `swaps` random swaps of like blocks; `tau` is Kendall's rank correlation with the order."""

    swaps: int
    tau: float
    test_error: float


@dataclass(frozen=True)
class LesionNetwork:
    """A trained network, damaged in three ways."""

    label: str
    intact_error: float
    dropped: tuple[Dropped, ...]
    several: tuple[Several, ...]
    shuffled: tuple[Shuffled, ...]
    training: Training


@dataclass(frozen=True)
class LesionResult(ExperimentResult):
    """Dropping and swapping blocks of trained networks (Veit et al. 2016, Figs. 3 and 5)."""

    kind: ClassVar[str] = "lesion"
    networks: tuple[LesionNetwork, ...]


@dataclass(frozen=True)
class PathLength:
    """Paths through exactly `length` branches: how many, and the norm of the gradient that one brings to the input."""

    length: int
    paths: int
    gradient: float
    lowest: float
    highest: float
    share: float
    """Of the sum over all lengths of paths x gradient."""


@dataclass(frozen=True)
class PathNetwork:
    """Path lengths of one network; `blocks` residual blocks make 2 to that power paths."""

    label: str
    blocks: int
    lengths: tuple[PathLength, ...]
    training: Training


@dataclass(frozen=True)
class PathResult(ExperimentResult):
    """Which path lengths carry gradient (Veit et al. 2016, Fig. 6)."""

    kind: ClassVar[str] = "gradient_paths"
    networks: tuple[PathNetwork, ...]
