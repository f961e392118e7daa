"""The same network at several depths, with its shortcuts and without."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_parameter
from explorer.language import N_
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin, with_equal_stages
from explorer.model.field_types import WholeList


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


COLUMNS = ("layers", "kind", "seed", "train_loss", "test_error", "seconds", "diverged")


def sweep_networks(request: RequestValues) -> tuple[tuple[bool, ModelSpec], ...]:
    """Every network of the sweep and whether it is plain, from the shallowest to the deepest, the plain one first."""
    base = request.networks[0].spec
    return tuple(
        (plain, with_equal_stages(plain_twin(base) or base if plain else base, blocks))
        for blocks in sorted(set(request.parameters["blocks"]))
        for plain in (True, False)
    )


def _rows(result: DepthSweepResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        kind, training = "plain" if point.plain else "residual", point.training
        results = (training.train_loss, training.test_error, training.seconds, training.diverged)
        yield point.depth, kind, training.seed, *results


def _work(request: RequestValues) -> Work:
    return Work(tuple(spec for _, spec in sweep_networks(request)) * request.parameters["seeds"])


DEPTH_SWEEP = ExperimentDescription(
    DepthSweepResult,
    N_("Depth sweep"),
    "The same network at several depths, with its shortcuts and without.",
    "He et al. 2015, Table 6 and Fig. 6",
    networks=(1, 1),
    table=Table(COLUMNS, _rows),
    parameters={
        "blocks": Parameter(
            WholeList(1, 60, 8), (1, 3, 6), "Blocks per stage", "Depth is 6 times this and 2, with small networks."
        ),
        "seeds": SEEDS,
    },
    sharing=by_parameter(
        "blocks",
        lambda blocks: blocks + 1.0,
        lambda request, point: (point.training.seed, point.depth, not point.plain),
    ),
    work=_work,
)
