"""How alike two inputs stay on their way through a network (Yang & Schoenholz 2017)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Flag, Real, Whole


@dataclass(frozen=True)
class InputPairs:
    """Cosines of two inputs in one network: first of the images, then after each block, -1 to 1.

    `near` is the mean over pairs of an image and the same image with noise, `far` over pairs of images of different
    classes; NaN where the stream is 0.
    """

    label: str
    near: tuple[float, ...]
    far: tuple[float, ...]
    training: Training

    @property
    def differences(self) -> tuple[float, ...]:
        """How much more alike the near pairs are than the far ones: what the network keeps of their geometry."""
        return tuple(near - far for near, far in zip(self.near, self.far, strict=True))


@dataclass(frozen=True)
class TwoInputsResult(ExperimentResult):
    """How alike two inputs stay on their way through a network."""

    kind: ClassVar[str] = "two_inputs"
    networks: tuple[InputPairs, ...]


def _rows(result: TwoInputsResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for block, cosines in enumerate(zip(network.near, network.far, network.differences, strict=True)):
            yield network.label, network.training.seed, block, *cosines


def _passes(request: RequestValues, _: Subject) -> tuple[int, int]:
    # Every image once as it is and once with noise.
    return 1, 2 * request.parameters["images"]


TWO_INPUTS = ExperimentDescription(
    TwoInputsResult,
    N_("Two inputs"),
    "How alike two inputs are after each block: an image with and without noise, and images of two classes.",
    "Yang & Schoenholz 2017",
    networks=(1, 6),
    table=Table(("network", "seed", "block", "near", "far", "difference"), _rows),
    parameters={
        "images": Parameter(Whole(8, 256), 64, "Images", "Training images that make up the pairs."),
        "noise": Parameter(Real(0.01, 1.0), 0.1, "Noise", "Standard deviation of the noise; the images' is 1."),
        "trained": Parameter(Flag(), False, "Trained", "Or with the weights it starts from."),
        "seeds": SEEDS,
    },
    # The pairs are the same for all seeds.
    sharing=by_network(by_seed=False),
    work=work_with_passes(_passes),
)
