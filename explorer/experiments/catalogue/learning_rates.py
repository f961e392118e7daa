"""The same networks on the same batches at several learning rates, one of them with a warm-up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_parameter, label_positions, training_work
from explorer.language import N_
from explorer.model.field_types import SomeChoices

RATES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "0.02": {},
        "0.02-warm": {"warmup_steps": 50},
        "0.002": {"learning_rate": 0.002},
        "0.0005": {"learning_rate": 0.0005},
    }
)
"""Fields of the training settings by the name of a learning rate; the first is the usual one of the labs."""
RATE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "0.02": "0.02",
        "0.02-warm": N_("0.02 after 50 rising steps"),
        "0.002": "0.002",
        "0.0005": "0.0005",
    }
)


@dataclass(frozen=True)
class RatePoint:
    """One training at one of `RATES`."""

    rate: str
    training: Training


@dataclass(frozen=True)
class RatesResult(ExperimentResult):
    """Every network at every learning rate with every seed."""

    kind: ClassVar[str] = "learning_rates"
    points: tuple[RatePoint, ...]


def _rows(result: RatesResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        each = point.training
        yield each.label, point.rate, each.seed, each.train_loss, each.test_error, each.diverged


def _work(request: RequestValues) -> Work:
    return Work(training_work(request).trainings * len(request.parameters["rates"]))


def _position(request: RequestValues, point: RatePoint) -> tuple[int, int, int]:
    return point.training.seed, list(RATES).index(point.rate), label_positions(request)[point.training.label]


LEARNING_RATES = ExperimentDescription(
    RatesResult,
    N_("Learning rates"),
    "Trains networks on the same batches at several learning rates.",
    "He et al. 2015, section 4.1",
    networks=(1, 4),
    table=Table(("network", "rate", "seed", "final_train_loss", "final_test_error", "diverged"), _rows),
    parameters={
        "rates": Parameter(SomeChoices(RATE_LABELS), tuple(RATES), "Learning rates", "Those that are compared."),
        "seeds": SEEDS,
    },
    sharing=by_parameter("rates", lambda rate: 1.0, _position),
    work=_work,
)
