"""A network of three-branch layers folded into its plain twin, and the twin trained directly (Ding et al. 2021)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Sharing, Work, training_work
from explorer.language import N_
from explorer.model.field_types import WholeList

CONTESTANTS = {
    "branches": N_("three branches"),
    "norm": N_("plain, with batch norm"),
    "bias": N_("plain, biases only"),
}
"""The label of every kind of network that the experiment trains, by the name of its layers; `kinds` numbers them."""


@dataclass(frozen=True)
class Cost:
    """Parameters of a network, and multiply-adds for one image."""

    params: int
    macs: int


@dataclass(frozen=True)
class FoldedLayer:
    """Frobenius norms of the kernels that one folded layer is the sum of; 0 for a branch that it does not have."""

    layer: str
    conv3: float
    conv1: float
    identity: float


@dataclass(frozen=True)
class FoldedNetwork:
    """A trained network and its folded twin, in evaluation mode on all test images.

    `single` and `double` are the greatest absolute differences of their logits in float32 and float64, `largest` is the
    greatest absolute logit (all NaN where the training diverged); `changed` counts the images whose class differs.
    """

    label: str
    before: Cost
    after: Cost
    single: float
    double: float
    largest: float
    changed: int
    layers: tuple[FoldedLayer, ...]
    training: Training


@dataclass(frozen=True)
class FoldResult(ExperimentResult):
    """Networks folded into plain twins (Ding et al. 2021), and plain networks trained directly beside them."""

    kind: ClassVar[str] = "fold"
    networks: tuple[FoldedNetwork, ...]


COLUMNS = (
    "network",
    "seed",
    "params",
    "macs",
    "params_folded",
    "macs_folded",
    "single",
    "double",
    "largest",
    "changed",
)


def _rows(result: FoldResult) -> Iterator[tuple[object, ...]]:
    for each in result.networks:
        costs = (each.before.params, each.before.macs, each.after.params, each.after.macs)
        differences = (each.single, each.double, each.largest, each.changed)
        outcome = (each.training.train_loss, each.training.test_error, each.training.diverged)
        yield each.label, each.training.seed, *costs, *differences, *outcome


def _work(request: RequestValues) -> Work:
    return Work(training_work(request).trainings * len(request.parameters["kinds"]))


SHARING = Sharing(
    parts=lambda request: sorted(set(request.parameters["kinds"])),
    # Three convolutions and norms a layer take about twice as long as one.
    weight=lambda kind: 2.0 if kind == 1 else 1.0,
    only=lambda request, chosen: replace(request, parameters={**request.parameters, "kinds": tuple(chosen)}),
    entries="networks",
    position=lambda _, entry: (entry.training.seed, list(CONTESTANTS.values()).index(entry.label)),
)


FOLD = ExperimentDescription(
    FoldResult,
    N_("Fold it"),
    "Trains layers of three branches, folds them into single convolutions, and trains the plain twin directly.",
    "Ding et al. 2021",
    networks=(1, 1),
    table=Table((*COLUMNS, "train_loss", "test_error", "diverged"), _rows),
    parameters={
        "kinds": Parameter(
            WholeList(1, 3, 3), (1, 2, 3), "Networks", "1: three branches; 2: with norm; 3: biases only."
        ),
        "seeds": SEEDS,
    },
    sharing=SHARING,
    work=_work,
)
