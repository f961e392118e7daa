"""A constant factor on every shortcut (He et al. 2016, section 3, Eqns. 6 to 8; section 3.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_parameter, training_work
from explorer.language import N_
from explorer.model.field_types import RealList, Whole


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
    """One factor on the shortcut, with one seed: `predicted[i]` is the factor to the power of `chains[i].blocks`."""

    factor: float
    chains: tuple[ShortcutChain, ...]
    predicted: tuple[float, ...]
    training: Training


@dataclass(frozen=True)
class LambdaResult(ExperimentResult):
    """What a constant factor on every shortcut does (He et al. 2016, section 3, Eqns. 6 to 8; section 3.1)."""

    kind: ClassVar[str] = "lambda_sweep"
    points: tuple[LambdaPoint, ...]


COLUMNS = (
    "factor",
    "seed",
    "stage",
    "blocks",
    "predicted",
    "signal",
    "gradient",
    "gradient_with_branches",
    "train_loss",
    "test_error",
    "diverged",
)


def _rows(result: LambdaResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        for chain, predicted in zip(point.chains, point.predicted, strict=True):
            measured = (chain.signal, chain.gradient, chain.gradient_with_branches)
            trained = (point.training.train_loss, point.training.test_error, point.training.diverged)
            yield point.factor, point.training.seed, chain.stage, chain.blocks, predicted, *measured, *trained


def _work(request: RequestValues) -> Work:
    return Work(training_work(request).trainings * len(request.parameters["factors"]))


LAMBDA_SWEEP = ExperimentDescription(
    LambdaResult,
    N_("Lambda on the shortcut"),
    "A constant factor on every shortcut: the product it should make, the one measured, and what training makes.",
    "He et al. 2016, section 3, Eqns. 6 to 8",
    networks=(1, 1),
    table=Table(COLUMNS, _rows),
    parameters={
        "factors": Parameter(
            RealList(0.0, 1.5, 9), (0.5, 0.8, 0.9, 1.0, 1.1, 1.5), "Lambda", "Factors to try on the shortcut."
        ),
        "images": Parameter(Whole(8, 1024), 64, "Images", "Training images that measure the product."),
        "seeds": SEEDS,
    },
    sharing=by_parameter("factors", lambda factor: 1.0, lambda request, point: (point.training.seed, point.factor)),
    work=_work,
)
