"""The evaluation of a network on all test images, against scikit-learn and against counting by hand."""

import numpy as np
import pytest
import torch

from explorer.engine.experiments.evaluate import Answers, answers_of, confidence_bins, confusions, evaluate
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.evaluate import EvaluateResult, error_interval
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished


def answers(confidences: list[float], right: list[bool]) -> Answers:
    """Answers of a network with two classes that always says the first."""
    confidence = torch.tensor(confidences, dtype=torch.float64)
    labels = torch.tensor([0 if each else 1 for each in right])
    return Answers(torch.stack([confidence, 1 - confidence], 1), torch.zeros(len(right)).long(), confidence, labels)


@pytest.fixture(scope="module")
def result(trained_networks: TrainedNetworks) -> EvaluateResult:
    request = ExperimentRequest("evaluate", (Subject("a", small_network(8)),), BRIEF, {"worst": 4})
    return finished(evaluate(request, trained_networks), EvaluateResult)


def test_confusion_and_loss_are_those_of_scikit_learn(
    result: EvaluateResult, trained_networks: TrainedNetworks, trained
):
    from sklearn.metrics import confusion_matrix, log_loss

    (network,) = result.networks
    found = answers_of(trained(8).network, trained_networks.batches.test_batches())
    expected = confusion_matrix(found.labels, found.said, labels=range(10))
    counted = np.zeros_like(expected)
    for each in network.confusion:
        counted[each.truth, each.said] = each.count
    assert np.array_equal(counted, expected)
    assert network.loss == pytest.approx(log_loss(found.labels, found.probabilities, labels=range(10)))
    assert network.wrong == expected.sum() - expected.trace()
    assert 0 < network.wrong < network.images == len(trained_networks.data.test_labels)


def test_the_worst_images_are_the_wrong_ones_with_the_least_probable_truth(result: EvaluateResult, trained_networks):
    (network,) = result.networks
    chances = [each.probability_of_truth for each in network.worst]
    assert len(chances) == 4
    assert chances == sorted(chances)
    for each in network.worst:
        assert each.truth == trained_networks.data.test_labels[each.index] != each.said
        shown = np.array(each.image.values(0)).round()
        assert np.array_equal(shown, trained_networks.data.test_images[each.index, :, :, 0])


def test_bins_hold_every_image_once_and_their_gaps_are_the_calibration_error(result: EvaluateResult):
    (network,) = result.networks
    assert sum(each.count for each in network.bins) == network.images
    assert sum(each.right for each in network.bins) == network.images - network.wrong
    assert all(each.low < each.confidence <= each.high for each in network.bins if each.count)


def test_a_bin_has_its_upper_end_and_its_share_of_right_answers():
    low, high = confidence_bins(answers([0.5, 0.75, 1.0, 1.0], [True, False, True, True]), 2)
    assert (low.count, low.accuracy, low.confidence) == (1, 1.0, 0.5)
    assert (high.count, high.right) == (3, 2)
    assert high.confidence == pytest.approx(2.75 / 3)


def test_confusions_are_counted_by_pair():
    assert [tuple(vars(each).values()) for each in confusions(answers([0.9] * 3, [True, False, False]))] == [
        (0, 0, 1),
        (1, 0, 2),
    ]


@pytest.mark.parametrize(
    ("wrong", "images", "low", "high"), [(0, 10, 0.0, 27.75), (10, 100, 5.52, 17.44), (5, 5, 56.55, 100)]
)
def test_the_interval_of_an_error_is_wilsons(wrong: int, images: int, low: float, high: float):
    """The bounds of `statsmodels.stats.proportion.proportion_confint(..., method="wilson")`."""
    assert error_interval(wrong, images) == pytest.approx((low, high), abs=0.01)
