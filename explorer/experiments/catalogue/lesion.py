"""Blocks of trained networks dropped and swapped; errors in percent, NaN where there is nothing to measure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.datasets.catalogue import dataset_facts
from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Whole, WholeList


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


COLUMNS = ("network", "seed", "damage", "test_error", "count", "block", "problem", "tau")


def _rows(result: LesionResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for damage in _damages(network):
            yield network.label, network.training.seed, *damage


def _damages(network: LesionNetwork) -> Iterator[tuple[object, ...]]:
    """Damage, test error, count, block, problem and tau; NaN or an empty text where one has no meaning."""
    yield "none", network.intact_error, math.nan, "", "", math.nan
    for dropped in network.dropped:
        yield "drop", dropped.test_error, 1, dropped.block, dropped.problem, math.nan
    for several in network.several:
        for error in several.test_errors:
            yield "drop several", error, several.count, "", "", math.nan
    for shuffled in network.shuffled:
        yield "swap", shuffled.test_error, shuffled.swaps, "", "", shuffled.tau


def _passes(request: RequestValues, subject: Subject) -> tuple[int, int]:
    values = request.parameters
    draws: int = values["draws"]
    passes = 1 + sum(subject.spec.stage_blocks) + draws * (len(values["counts"]) + len(values["swaps"]))
    return passes, dataset_facts(request.training.dataset).test_images


LESION = ExperimentDescription(
    LesionResult,
    N_("Lesion"),
    "Drops and swaps blocks of trained networks and measures the test error.",
    "Veit et al. 2016, Figs. 3 and 5",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "counts": Parameter(
            WholeList(1, 1000, 10, empty=True), (1, 2, 3, 5, 7), "Blocks dropped together", "How many at a time."
        ),
        "swaps": Parameter(
            WholeList(1, 1000, 10, empty=True), (1, 2, 4, 8), "Swaps", "Random swaps of blocks of one stage."
        ),
        "draws": Parameter(Whole(1, 50), 5, "Draws", "Random choices for each number."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    work=work_with_passes(_passes),
    lab=LabPart("lesion", "damage", N_("Drop and swap blocks"), 4, controls_named("draws")),
)
