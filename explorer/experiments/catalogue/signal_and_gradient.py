"""Signal and gradient: the size of stream, branches and gradients, block by block, before and during training.

NaN stands where there is nothing to measure: a plain block has no branch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Choice, Whole, WholeList


@dataclass(frozen=True)
class SignalReading:
    """One pass over a fixed batch after `step` steps; each tuple holds a value a block, from input to output.

    `stream_*` is the block's input x, `branch_*` is F(x) as it enters the sum (NaN in a plain block), `ratio` the
    deviation of branch over that of the shortcut it is added to. `output_gradient` is the root mean square of the
    loss's gradient at the block's output, `weight_gradient` the norm of the gradient of the block's parameters.
    """

    step: int
    loss: float
    stream_mean_square: tuple[float, ...]
    stream_deviation: tuple[float, ...]
    branch_mean_square: tuple[float, ...]
    branch_deviation: tuple[float, ...]
    ratio: tuple[float, ...]
    output_gradient: tuple[float, ...]
    weight_gradient: tuple[float, ...]


@dataclass(frozen=True)
class SignalNetwork:
    """The readings of one network in one training; `blocks` are paths such as `layer1.0`."""

    label: str
    blocks: tuple[str, ...]
    readings: tuple[SignalReading, ...]
    training: Training


@dataclass(frozen=True)
class SignalResult(ExperimentResult):
    """Signal and gradient, block by block, seed by seed."""

    kind: ClassVar[str] = "signal_and_gradient"
    networks: tuple[SignalNetwork, ...]


COLUMNS = (
    "stream_mean_square",
    "branch_mean_square",
    "branch_deviation",
    "output_gradient",
    "weight_gradient",
    "stream_deviation",
    "ratio",
)
"""The fields of a reading that hold a value for each block."""


BORDERS = {"zeros": N_("zeros"), "circular": N_("the opposite side")}
"""What a padded convolution meets beyond the border of a map: zeros, or the map again, as if it were closed."""


def _rows(result: SignalResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for reading in network.readings:
            for place, block in enumerate(network.blocks):
                values = (getattr(reading, name)[place] for name in COLUMNS)
                yield network.label, network.training.seed, reading.step, reading.loss, block, *values


def _passes(request: RequestValues, _: Subject) -> tuple[int, int]:
    # A reading is a forward and a backward pass: three times the work of a forward pass.
    return 3 * len(request.parameters["readings"]), request.parameters["images"]


SIGNAL_AND_GRADIENT = ExperimentDescription(
    SignalResult,
    N_("Signal and gradient"),
    "Size of the stream, of the branches and of the gradients, block by block, at the start and in training.",
    "He et al. 2016, section 2; He et al. 2015, section 4.2",
    networks=(1, 6),
    table=Table(("network", "seed", "step", "loss", "block", *COLUMNS), _rows),
    parameters={
        "readings": Parameter(
            WholeList(0, 100_000, 8), (0, 20, 60), "Readings after", "Training steps after which the network is read."
        ),
        "images": Parameter(Whole(8, 1024), 64, "Images", "Training images in the batch that is used for reading."),
        "border": Parameter(Choice(BORDERS), "zeros", "Border of the maps", "What a convolution meets beyond the map."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    work=work_with_passes(_passes),
    lab=LabPart("signal", "blocks", N_("Signal and gradient"), 4, controls_named()),
)
