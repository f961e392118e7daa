"""Weight decay and the residual branches: how large each branch is beside its shortcut after training."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Passes, Work, by_parameter, training_work
from explorer.language import N_
from explorer.model.field_types import RealList, Whole


@dataclass(frozen=True)
class DecayPoint:
    """One training with one weight decay.

    `shares` has a value for each of `blocks`: the standard deviation of F(x) over that of the shortcut's output, on a
    batch of training images after the last step.
    """

    decay: float
    blocks: tuple[str, ...]
    shares: tuple[float, ...]
    training: Training


@dataclass(frozen=True)
class DecayResult(ExperimentResult):
    """How large the residual branches are after training, by weight decay."""

    kind: ClassVar[str] = "weight_decay"
    points: tuple[DecayPoint, ...]


def _rows(result: DecayResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        outcome = (point.training.train_loss, point.training.test_error)
        for block, share in zip(point.blocks, point.shares, strict=True):
            yield point.decay, point.training.seed, block, share, *outcome


def _work(request: RequestValues) -> Work:
    times = len(request.parameters["decays"])
    (subject,) = request.networks
    reading = Passes(subject.spec, times * request.parameters["seeds"], request.parameters["images"])
    return Work(training_work(request).trainings * times, (reading,))


WEIGHT_DECAY = ExperimentDescription(
    DecayResult,
    N_("Weight decay and the branches"),
    "The size of every branch beside its shortcut after training, for several values of weight decay.",
    "He et al. 2015, section 3.1",
    networks=(1, 1),
    table=Table(("decay", "seed", "block", "share", "train_loss", "test_error"), _rows),
    parameters={
        "decays": Parameter(
            RealList(0.0, 1.0, 6), (0.0, 0.0001, 0.03, 0.1), "Weight decay", "Values of weight decay to train with."
        ),
        "images": Parameter(Whole(8, 1024), 64, "Images", "Training images on which the branches are measured."),
        "seeds": SEEDS,
    },
    sharing=by_parameter("decays", lambda decay: 1.0, lambda request, point: (point.training.seed, point.decay)),
    work=_work,
)
