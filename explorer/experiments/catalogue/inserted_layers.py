"""A trained network made deeper by layers that were not trained: silent branches, the usual start, plain layers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Passes, Work, training_work
from explorer.language import N_
from explorer.model.changes import with_equal_stages
from explorer.model.field_types import WholeList

INSERTED: Mapping[str, str] = MappingProxyType(
    {
        "silent": N_("residual blocks with silent branches"),
        "usual": N_("residual blocks as they usually start"),
        "plain": N_("plain layers"),
    }
)
"""What is inserted, by its name in a result."""
IMAGES = 512


@dataclass(frozen=True)
class DeeperNetwork:
    """A network of `seed` with `count` blocks of one kind of `INSERTED` added to each stage. Errors are in percent.

    `before` is the test error of the trained network without them, `error` that with them.
    """

    inserted: str
    count: int
    layers: int
    before: float
    error: float
    training: Training


@dataclass(frozen=True)
class InsertedResult(ExperimentResult):
    """Test errors of a trained network after layers were inserted into it, seed by seed."""

    kind: ClassVar[str] = "inserted_layers"
    networks: tuple[DeeperNetwork, ...]


COLUMNS = ("seed", "inserted", "blocks_per_stage", "layers", "test_error_before", "test_error")


def _rows(result: InsertedResult) -> Iterator[tuple[object, ...]]:
    for each in result.networks:
        yield each.training.seed, INSERTED[each.inserted], each.count, each.layers, each.before, each.error


def _work(request: RequestValues) -> Work:
    (subject,) = request.networks
    times = request.parameters["seeds"] * len(INSERTED)
    passes = tuple(
        Passes(with_equal_stages(subject.spec, subject.spec.stage_blocks[0] + count), times, IMAGES)
        for count in request.parameters["counts"]
    )
    return Work(training_work(request).trainings, passes)


INSERTED_LAYERS = ExperimentDescription(
    InsertedResult,
    N_("Inserted layers"),
    "The test error of a trained network after untrained layers were inserted into it.",
    "He et al. 2015, section 1",
    networks=(1, 1),
    table=Table(COLUMNS, _rows),
    parameters={
        "counts": Parameter(WholeList(1, 17, 6), (1, 3, 9), "Inserted blocks", "Blocks added to each stage."),
        "seeds": SEEDS,
    },
    work=_work,
)
