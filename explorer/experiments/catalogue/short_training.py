"""Networks trained one after another on the same batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Table
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, label_positions
from explorer.language import N_


@dataclass(frozen=True)
class ShortTrainingResult(ExperimentResult):
    """Networks trained one after another on the same batches, in the order of request, seed by seed."""

    kind: ClassVar[str] = "short_race"
    trainings: tuple[Training, ...]


COLUMNS = ("network", "seed", "step", "train_loss", "final_train_loss", "final_test_error", "diverged")


def _rows(result: ShortTrainingResult) -> Iterator[tuple[object, ...]]:
    for each in result.trainings:
        for step, loss in zip(each.steps, each.losses, strict=True):
            yield each.label, each.seed, step, loss, each.train_loss, each.test_error, each.diverged


SHORT_TRAINING = ExperimentDescription(
    ShortTrainingResult,
    N_("Short training"),
    "Trains networks one after another on the same batches.",
    "",
    networks=(1, 12),
    table=Table(COLUMNS, _rows),
    parameters={"seeds": SEEDS},
    sharing=by_network(
        "trainings", lambda request, training: (training.seed, label_positions(request)[training.label])
    ),
)
