"""How alike the gradients of neighbouring inputs are (Balduzzi et al. 2017)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Flag, Whole

MOST_STEPS = 12
"""The farthest points along a line, in steps, whose gradients are compared."""


@dataclass(frozen=True)
class LineGradients:
    """The gradients of one network at points on straight lines between two images.

    `correlations[k - 1]` is the cosine of the gradients at points that are k steps apart, -1 to 1: the mean over all
    such points and all lines, without those where a gradient is 0; NaN where nothing is left. `slope` holds the
    derivative of the score along the first line, point by point, for the whole line as the unit of length. `norm` is
    the root mean square of the gradients' norms.
    """

    label: str
    depth: int
    correlations: tuple[float, ...]
    slope: tuple[float, ...]
    norm: float
    pixels: int
    """Numbers in one gradient: pixels times channels."""
    training: Training


@dataclass(frozen=True)
class ShatteredResult(ExperimentResult):
    """How alike the gradients of neighbouring inputs are."""

    kind: ClassVar[str] = "shattered_gradients"
    networks: tuple[LineGradients, ...]


def _rows(result: ShatteredResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for steps, correlation in enumerate(network.correlations, 1):
            yield network.label, network.depth, network.training.seed, steps, correlation, network.norm


def _passes(request: RequestValues, _: Subject) -> tuple[int, int]:
    # Forward and backward, once for each line.
    return 3 * request.parameters["lines"], request.parameters["points"]


SHATTERED_GRADIENTS = ExperimentDescription(
    ShatteredResult,
    N_("Shattered gradients"),
    "How alike the gradients at neighbouring points on a line between two images are.",
    "Balduzzi et al. 2017, Fig. 1 and 2",
    networks=(1, 24),
    table=Table(("network", "depth", "seed", "steps", "correlation", "gradient_norm"), _rows),
    parameters={
        "points": Parameter(Whole(MOST_STEPS + 1, 256), 64, "Points", "Equally spaced points on each line."),
        "lines": Parameter(Whole(1, 8), 4, "Lines", "Lines between two images of different classes."),
        "trained": Parameter(Flag(), False, "Trained", "Or with the weights it starts from."),
        "seeds": SEEDS,
    },
    # The lines are the same for all seeds.
    sharing=by_network(by_seed=False),
    work=work_with_passes(_passes),
)
