"""What the probes find: frozen values that pages read without torch, and one table from kind to class.

Errors are in percent, losses mean cross-entropies in nats, times in seconds, sizes in bytes. NaN stands where there is
nothing to measure (a plain network has no branch, a diverged one no error); a neighbouring text says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.results_feature_maps import LookInsideResult
from explorer.experiments.results_layer_times import LayerTimesResult
from explorer.experiments.results_lesion import LesionResult, PathResult
from explorer.experiments.results_measure import MeasureResult
from explorer.jobs.codec import from_plain

# Training --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShortTrainingResult(ExperimentResult):
    """Networks trained one after another on the same batches, in the order of request, seed by seed."""

    kind: ClassVar[str] = "short_race"
    trainings: tuple[Training, ...]


@dataclass(frozen=True)
class DepthPoint:
    """One network of a depth sweep; `depth` counts layers with weights, as the papers do."""

    depth: int
    plain: bool
    training: Training


@dataclass(frozen=True)
class DepthSweepResult(ExperimentResult):
    """The same network at several depths, with and without shortcuts."""

    kind: ClassVar[str] = "depth_sweep"
    points: tuple[DepthPoint, ...]


# Signal and gradient ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignalReading:
    """One pass over a fixed batch after `step` steps; each tuple holds a value a block, from input to output.

    `stream_*` is the block's input x, `branch_*` is F(x) as it enters the sum (NaN in a plain block), `ratio` the
    deviation of branch over that of the shortcut it is added to. `output_gradient` is the root mean square of the
    loss's gradient at the block's output, `weight_gradient` the norm of the gradient of the block's parameters.
    """

    step: int
    loss: float
    stream_mean_square: tuple[float, ...]
    stream_deviation: tuple[float, ...]
    branch_mean_square: tuple[float, ...]
    branch_deviation: tuple[float, ...]
    ratio: tuple[float, ...]
    output_gradient: tuple[float, ...]
    weight_gradient: tuple[float, ...]


@dataclass(frozen=True)
class SignalNetwork:
    """The readings of one network in training; `blocks` are paths such as `layer1.0`."""

    label: str
    blocks: tuple[str, ...]
    readings: tuple[SignalReading, ...]
    training: Training


@dataclass(frozen=True)
class SignalResult(ExperimentResult):
    """Signal and gradient, block by block."""

    kind: ClassVar[str] = "signal_and_gradient"
    networks: tuple[SignalNetwork, ...]


@dataclass(frozen=True)
class ShortcutChain:
    """Identity shortcuts in a row, measured with the branches silenced.

    `signal` is the norm out over the norm in, `gradient` that at the start over that at the end (where a ReLU follows
    the sum it also stops gradient wherever the stream is 0); `gradient_with_branches` that of the network as it is.
    """

    stage: str
    blocks: int
    signal: float
    gradient: float
    gradient_with_branches: float


@dataclass(frozen=True)
class LambdaPoint:
    """One factor on the shortcut: `predicted[i]` is the factor to the power of `chains[i].blocks`."""

    factor: float
    chains: tuple[ShortcutChain, ...]
    predicted: tuple[float, ...]
    training: Training


@dataclass(frozen=True)
class LambdaResult(ExperimentResult):
    """What a constant factor on every shortcut does (He et al. 2016, section 2, Eqn. 5; section 3.1)."""

    kind: ClassVar[str] = "lambda_sweep"
    points: tuple[LambdaPoint, ...]


# Landscape -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrajectoryPoint:
    """Where training stood after `step` steps, seen in the plane of the slice."""

    step: int
    x: float
    y: float


@dataclass(frozen=True)
class LandscapeNetwork:
    """A slice around the trained weights, which are its origin. `losses[i][j]` belongs to `ys[i]`, `xs[j]`.

    A slice along one line has a single y, 0. `captured` is the share of the training path's squared length that lies
    in the plane (NaN without a path).
    """

    label: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    losses: tuple[tuple[float, ...], ...]
    training: Training
    trajectory: tuple[TrajectoryPoint, ...] = ()
    captured: float = float("nan")


@dataclass(frozen=True)
class LandscapeResult(ExperimentResult):
    """Losses around trained networks (Li et al. 2018); `directions` is `random` (filter-normalised) or `pca`."""

    kind: ClassVar[str] = "landscape"
    directions: str
    images: int
    networks: tuple[LandscapeNetwork, ...]


RESULT_KINDS: Mapping[str, type[ExperimentResult]] = MappingProxyType(
    {
        each.kind: each
        for each in (
            SignalResult,
            LambdaResult,
            LesionResult,
            LandscapeResult,
            LookInsideResult,
            PathResult,
            ShortTrainingResult,
            DepthSweepResult,
            MeasureResult,
            LayerTimesResult,
        )
    }
)
"""Every kind of result by its name, which is the probe's."""


def result_from_dict(values: object) -> ExperimentResult:
    """The result that `lines.result_values` wrote. Raises ValueError for anything else."""
    if not isinstance(values, Mapping) or values.get("kind") not in RESULT_KINDS:
        raise ValueError("this is not a probe's result")
    result = from_plain(RESULT_KINDS[values["kind"]], values)
    assert isinstance(result, ExperimentResult)
    return result
