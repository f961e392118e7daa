"""Which path lengths carry gradient (Veit et al. 2016, section 5 and Fig. 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Flag, Whole


@dataclass(frozen=True)
class PathLength:
    """Paths through exactly `length` branches: how many, and the norm of the gradient that one brings to the input."""

    length: int
    paths: int
    gradient: float
    lowest: float
    highest: float
    share: float
    """Of the sum over all lengths of paths x gradient."""


@dataclass(frozen=True)
class PathNetwork:
    """Path lengths of one network; `blocks` residual blocks make 2 to that power paths."""

    label: str
    blocks: int
    lengths: tuple[PathLength, ...]
    training: Training


@dataclass(frozen=True)
class PathResult(ExperimentResult):
    """Which path lengths carry gradient (Veit et al. 2016, Fig. 6)."""

    kind: ClassVar[str] = "gradient_paths"
    networks: tuple[PathNetwork, ...]


COLUMNS = ("network", "seed", "length", "paths", "gradient", "lowest", "highest", "share")


def _rows(result: PathResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for each in network.lengths:
            gradients = (each.gradient, each.lowest, each.highest, each.share)
            yield network.label, network.training.seed, each.length, each.paths, *gradients


def _passes(request: RequestValues, subject: Subject) -> tuple[int, int]:
    values = request.parameters
    return (1 + sum(subject.spec.stage_blocks)) * values["samples"], values["images"]


GRADIENT_PATHS = ExperimentDescription(
    PathResult,
    N_("Gradient by path length"),
    "How much gradient reaches the input over paths of each length, and how many such paths there are.",
    "Veit et al. 2016, Fig. 6",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "samples": Parameter(Whole(1, 100), 10, "Samples", "Random paths of each length."),
        "images": Parameter(Whole(8, 1024), 64, "Images", "Training images that make up the loss."),
        "trained": Parameter(Flag(), True, "Trained", "Or with the weights it starts from."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    work=work_with_passes(_passes),
    lab=LabPart("lesion", "paths", N_("Paths that carry gradient"), 4, controls_named("samples")),
)
