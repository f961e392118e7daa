"""Losses around trained weights (Li et al. 2018, section 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_network, training_work
from explorer.language import N_
from explorer.model.field_types import Choice, Real, Whole


@dataclass(frozen=True)
class TrajectoryPoint:
    """Where training stood after `step` steps, seen in the plane of the slice."""

    step: int
    x: float
    y: float


@dataclass(frozen=True)
class LandscapeNetwork:
    """A slice around the trained weights, which are its origin. `losses[i][j]` belongs to `ys[i]`, `xs[j]`.

    A slice along one line has a single y, 0. `captured` is the share of the training path's squared length that lies
    in the plane (NaN without a path).
    """

    label: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    losses: tuple[tuple[float, ...], ...]
    training: Training
    trajectory: tuple[TrajectoryPoint, ...] = ()
    captured: float = float("nan")


@dataclass(frozen=True)
class LandscapeResult(ExperimentResult):
    """Losses around trained networks (Li et al. 2018); `directions` is `random` (filter-normalised) or `pca`."""

    kind: ClassVar[str] = "landscape"
    directions: str
    images: int
    networks: tuple[LandscapeNetwork, ...]


DIRECTIONS = {"random": "random, filter-normalised", "pca": "along the training path (PCA)"}


def _rows(result: LandscapeResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for y, row in zip(network.ys, network.losses, strict=False):
            for x, loss in zip(network.xs, row, strict=True):
                yield network.label, network.training.seed, x, y, loss


def _work(request: RequestValues) -> Work:
    # The losses are computed for as long as the request allows.
    return Work(training_work(request).trainings, seconds=request.parameters["seconds"])


def _controls(parameters: Mapping[str, Any]) -> Mapping[str, str]:
    """The lab's radius is in percent, and exists for random directions only."""
    values = dict(controls_named("seconds", "directions")(parameters))
    if parameters["directions"] == "random":
        values["radius"] = f"{100 * parameters['radius']:g}"
    return values


LANDSCAPE = ExperimentDescription(
    LandscapeResult,
    N_("Loss landscape"),
    "The loss around trained weights along filter-normalised directions, with the batch's own statistics.",
    "Li et al. 2018, section 4",
    networks=(1, 4),
    table=Table(("network", "seed", "alpha", "beta", "loss"), _rows),
    parameters={
        "directions": Parameter(Choice(DIRECTIONS), "random", "Directions", "What spans the slice."),
        "dimensions": Parameter(Whole(1, 2), 2, "Dimensions", "A line or a plane."),
        "points": Parameter(
            Whole(0, 51), 0, "Points a side", "0 lets the time allowed decide; even numbers are raised by one."
        ),
        "seconds": Parameter(Whole(1, 300), 6, "Seconds", "Time allowed for all slices together."),
        "radius": Parameter(Real(0.05, 4.0), 1.0, "Radius", "How far it reaches; 1 is the weights' own length."),
        "images": Parameter(Whole(16, 4096), 256, "Images", "Training images that make up the loss."),
        "snapshots": Parameter(
            Whole(3, 200), 25, "Points of the path", "Moments of training shown on a slice along its path."
        ),
        "seeds": SEEDS,
    },
    # All slices together take the time that is allowed.
    sharing=by_network(by_seed=False),
    work=_work,
    lab=LabPart("landscape", "slices", N_("Loss landscape"), 2, _controls),
)
