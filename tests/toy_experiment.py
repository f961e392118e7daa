"""A toy experiment: what one description and one computation must be enough for.

`with toy_experiment():` adds both to their tables; afterwards the tables are as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from explorer.engine.experiments.registry import COMPUTATIONS
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments import CATALOGUE, ExperimentDescription, ExperimentRequest, ExperimentResult, Progress
from explorer.experiments.description import SEEDS, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues
from explorer.experiments.work import Work, by_network
from explorer.model.field_types import Whole

NAME = "toy"
LETTER_SECONDS = 100.0


@dataclass(frozen=True)
class Origin:
    """The only thing that a toy knows of how its network was trained."""

    seed: int


@dataclass(frozen=True)
class Letters:
    """The letters in a network's label, times a factor."""

    label: str
    count: int
    training: Origin


@dataclass(frozen=True)
class ToyResult(ExperimentResult):
    """One entry for each network."""

    kind: ClassVar[str] = NAME
    networks: tuple[Letters, ...]


def _work(request: RequestValues) -> Work:
    return Work(seconds=LETTER_SECONDS * request.parameters["factor"])


TOY = ExperimentDescription(
    ToyResult,
    "Toy label",
    "Counts the letters in the label of each network.",
    "nobody 2026",
    networks=(1, 3),
    table=Table(("network", "letters"), lambda result: [(network.label, network.count) for network in result.networks]),
    parameters={"factor": Parameter(Whole(1, 5), 2, "Factor", "The count is multiplied by it."), "seeds": SEEDS},
    sharing=by_network(),
    work=_work,
    lab=LabPart("lesion", "damage", "Toy button", 3, controls_named("factor")),
)


def count_letters(request: ExperimentRequest, trained_networks: TrainedNetworks) -> Iterator[Progress | ToyResult]:
    """The computation: one network after another."""
    networks: tuple[Letters, ...] = ()
    for subject in request.networks:
        count = request.parameters["factor"] * len(subject.label)
        networks = (*networks, Letters(subject.label, count, Origin(trained_networks.settings.seed)))
        yield Progress(len(networks), len(request.networks), f"Counted {subject.label}", ToyResult(networks))
    yield ToyResult(networks)


@contextmanager
def toy_experiment() -> Iterator[None]:
    """The toy is in the two tables, and in no other, for as long as the context lasts."""
    CATALOGUE[TOY.name] = TOY
    COMPUTATIONS[TOY.name] = count_letters
    try:
        yield
    finally:
        del CATALOGUE[TOY.name], COMPUTATIONS[TOY.name]
