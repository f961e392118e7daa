"""Whether later blocks refine: a head after every block, and the angle between F(x) and the loss's negative gradient.

NaN stands where there is nothing to measure: a plain block adds nothing to a stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.datasets.catalogue import dataset_facts
from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Flag, Whole


@dataclass(frozen=True)
class RefinedBlock:
    """What one block does. Accuracies are in percent of the test images, cosines lie between -1 and 1.

    `head_accuracy` is that of a linear head trained on the stream after the block, `own_accuracy` that of the network's
    own head on it (NaN before the last stage, whose width it needs). `cosine` is the mean over test images of the
    cosine between F(x) and the negative gradient of the loss with respect to the sum h(x) + F(x);
    `random_cosine` the same with a random vector instead of F(x), `other_cosine` with another image's F(x).
    `noise` is the standard deviation that `random_cosine` should have: one over the root of images times values.
    """

    block: str
    stage: str
    head_accuracy: float
    own_accuracy: float
    cosine: float
    random_cosine: float
    other_cosine: float
    noise: float


@dataclass(frozen=True)
class RefinedNetwork:
    """One network's blocks from input to output."""

    label: str
    blocks: tuple[RefinedBlock, ...]
    training: Training


@dataclass(frozen=True)
class RefinementResult(ExperimentResult):
    """Accuracy and direction block by block (Greff et al. 2017; Jastrzebski et al. 2018)."""

    kind: ClassVar[str] = "iterative_refinement"
    networks: tuple[RefinedNetwork, ...]


COLUMNS = ("block", "stage", "head_accuracy", "own_accuracy", "cosine", "random_cosine", "other_cosine", "noise")


def _rows(result: RefinementResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for block in network.blocks:
            yield network.label, network.training.seed, *(getattr(block, name) for name in COLUMNS)


def _passes(request: RequestValues, subject: Subject) -> tuple[int, int]:
    # Test images: once for the heads, once forward and backward, once for the own head after each last block.
    return 4 + subject.spec.stage_blocks[-1], dataset_facts(request.training.dataset).test_images


ITERATIVE_REFINEMENT = ExperimentDescription(
    RefinementResult,
    N_("Iterative refinement"),
    "A linear head after every block, and the cosine of F(x) and the negative gradient of the loss.",
    "Greff et al. 2017; Jastrzebski et al. 2018",
    networks=(1, 4),
    table=Table(("network", "seed", *COLUMNS), _rows),
    parameters={
        "images": Parameter(Whole(64, 1024), 1000, "Images", "Training images on which the linear heads are trained."),
        "trained": Parameter(Flag(), True, "Trained", "Or with the weights it starts from."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    work=work_with_passes(_passes),
    lab=LabPart("refinement", "blocks", N_("Iterative refinement"), 2, controls_named()),
)
