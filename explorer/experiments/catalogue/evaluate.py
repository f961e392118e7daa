"""Trained networks on the test part of a data set: which classes are confused, how sure the network is of what."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, NamedTuple

from explorer.datasets.catalogue import dataset_facts
from explorer.experiments.catalogue.look_inside import FeatureMaps
from explorer.experiments.description import SEEDS, ExperimentDescription, LabPart, Parameter, Table, controls_named
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import by_network, work_with_passes
from explorer.language import N_
from explorer.model.field_types import Whole

NORMAL_95 = 1.959964
"""The quantile of the normal distribution that leaves 2.5 % on each side."""


@dataclass(frozen=True)
class Confusion:
    """How many test images of the class number `truth` the network puts in the class number `said`, at least one."""

    truth: int
    said: int
    count: int


@dataclass(frozen=True)
class ConfidenceBin:
    """The test images whose highest probability lies between `low` and `high`; an empty bin has zeros."""

    low: float
    high: float
    count: int
    confidence: float
    """The mean of their highest probabilities, 0 to 1."""
    right: int
    """How many of them are in the right class."""

    @property
    def accuracy(self) -> float:
        """The share of the right ones, 0 to 1; 0 in an empty bin."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True)
class Mistake:
    """A test image in a wrong class, with the probabilities of that class and of the right one."""

    index: int
    truth: int
    said: int
    probability: float
    probability_of_truth: float
    image: FeatureMaps
    """Before normalisation, 0 to 255."""


@dataclass(frozen=True)
class EvaluatedNetwork:
    """A network on all test images. `loss` is the mean cross-entropy in nats."""

    label: str
    images: int
    wrong: int
    loss: float
    confusion: tuple[Confusion, ...]
    bins: tuple[ConfidenceBin, ...]
    worst: tuple[Mistake, ...]
    """The wrong images to whose right class the network gives the lowest probability, the lowest first."""
    training: Training

    @property
    def test_error(self) -> float:
        """Percent of the test images in a wrong class."""
        return 100 * self.wrong / self.images if self.images else 0.0

    @property
    def calibration_error(self) -> float:
        """The expected calibration error in percent: |accuracy - confidence|, weighted by the images of each bin.

        Guo et al. 2017 (arXiv:1706.04599), equation 3.
        """
        gaps = (each.count * abs(each.accuracy - each.confidence) for each in self.bins)
        return 100 * sum(gaps) / self.images if self.images else 0.0


@dataclass(frozen=True)
class EvaluateResult(ExperimentResult):
    """Networks evaluated on the test part of one data set, whose classes have these names."""

    kind: ClassVar[str] = "evaluate"
    classes: tuple[str, ...]
    networks: tuple[EvaluatedNetwork, ...]


class ErrorInterval(NamedTuple):
    """Bounds of an error in percent."""

    low: float
    high: float


def error_interval(wrong: int, images: int) -> ErrorInterval:
    """The 95 % interval of an error in percent, when `wrong` of `images` independent images are in a wrong class.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference". Raises ZeroDivisionError
    without images.
    """
    share, z2 = wrong / images, NORMAL_95**2
    middle = (share + z2 / (2 * images)) / (1 + z2 / images)
    reach = NORMAL_95 * sqrt(share * (1 - share) / images + z2 / (4 * images**2)) / (1 + z2 / images)
    return ErrorInterval(100 * max(0.0, middle - reach), 100 * min(1.0, middle + reach))


class OtherOrder(NamedTuple):
    """The classes of the network in another order than the data set's, and its error in percent in that order."""

    said: dict[int, int]
    """By the number of each true class that moves, the class that the network says for it."""
    test_error: float


def other_order(network: EvaluatedNetwork) -> OtherOrder | None:
    """Another order of the classes in which the network is wrong on less than half as many images; None without one.

    Each true class goes to the class that the network says most often for it, if no two go to the same.
    """
    most: dict[int, Confusion] = {}
    for each in network.confusion:
        if each.truth not in most or each.count > most[each.truth].count:
            most[each.truth] = each
    wrong = network.images - sum(each.count for each in most.values())
    if len({each.said for each in most.values()}) < len(most) or 2 * wrong >= network.wrong:
        return None
    moved = {truth: each.said for truth, each in most.items() if each.said != truth}
    return OtherOrder(moved, 100 * wrong / network.images)


COLUMNS = ("network", "seed", "true_class", "predicted_class", "images")


def _rows(result: EvaluateResult) -> Iterator[tuple[object, ...]]:
    for network in result.networks:
        for each in network.confusion:
            named = (result.classes[each.truth], result.classes[each.said])
            yield network.label, network.training.seed, *named, each.count


def _passes(request: RequestValues, _: Subject) -> tuple[int, int]:
    return 1, dataset_facts(request.training.dataset).test_images


EVALUATE = ExperimentDescription(
    EvaluateResult,
    N_("Evaluate"),
    "The test error by class, the worst images, and how often the network is right when it is sure.",
    "Guo et al. 2017, section 2",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "worst": Parameter(Whole(0, 50), 10, "Worst images", "Wrong images that are shown."),
        "bins": Parameter(Whole(2, 50), 10, "Bins", "Ranges of equal width of the highest probability."),
        "seeds": SEEDS,
    },
    sharing=by_network(),
    work=work_with_passes(_passes),
    lab=LabPart("inside", "evaluate", N_("Evaluate"), 1, controls_named("bins")),
)
