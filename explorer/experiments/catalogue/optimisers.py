"""The same networks on the same batches with several optimisers, each at a usual rate of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_parameter, label_positions, training_work
from explorer.language import N_
from explorer.model.field_types import Real, SomeChoices
from explorer.runs.settings import OPTIMISERS as TABLE

USUAL_RATES: Mapping[str, float] = MappingProxyType({"sgd": 0.02, "adam": 0.002, "muon": 0.002})
"""The learning rate of each optimiser, before `rate_factor`."""
WEIGHTS: Mapping[str, float] = MappingProxyType({"sgd": 1.0, "adam": 1.3, "muon": 2.5})
"""How long a step takes beside one of SGD, on a processor with a network of 56 layers."""


@dataclass(frozen=True)
class OptimiserPoint:
    """One training with one optimiser, whose learning rate was `rate`."""

    optimiser: str
    rate: float
    training: Training


@dataclass(frozen=True)
class OptimisersResult(ExperimentResult):
    """Every network with every optimiser and every seed."""

    kind: ClassVar[str] = "optimisers"
    points: tuple[OptimiserPoint, ...]


COLUMNS = ("network", "optimiser", "rate", "seed", "final_train_loss", "final_test_error", "diverged")


def _rows(result: OptimisersResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        each = point.training
        outcome = (each.train_loss, each.test_error, each.diverged)
        yield each.label, point.optimiser, point.rate, each.seed, *outcome


def _work(request: RequestValues) -> Work:
    total = sum(WEIGHTS[name] for name in request.parameters["optimisers"])
    return Work(training_work(request).trainings * max(1, round(total)))


def _position(request: RequestValues, point: OptimiserPoint) -> tuple[int, int, int]:
    return point.training.seed, list(TABLE).index(point.optimiser), label_positions(request)[point.training.label]


OPTIMISERS = ExperimentDescription(
    OptimisersResult,
    N_("Optimisers"),
    "Trains networks on the same batches with several optimisers.",
    "Kingma and Ba 2015; Jordan 2024",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "optimisers": Parameter(SomeChoices(TABLE), tuple(TABLE), "Optimisers", "Those that are compared."),
        "rate_factor": Parameter(Real(0.01, 100.0), 1.0, "Rate", "Factor on the usual rate of every optimiser."),
        "seeds": SEEDS,
    },
    sharing=by_parameter("optimisers", WEIGHTS.__getitem__, _position),
    work=_work,
)
