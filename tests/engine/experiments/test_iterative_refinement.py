"""Angles and heads of the refinement lab against other ways to compute them."""

import math
from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F

from explorer.engine.experiments.blocks import error_percent, parts_of
from explorer.engine.experiments.iterative_refinement import (
    HEAD_DECAY,
    angles,
    iterative_refinement,
    own_accuracies,
    streams,
    train_head,
)
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.iterative_refinement import RefinementResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

LAST = 5
"""The number of the last block of the network of 14 layers, which keeps its shape."""


def by_hand(subject: Trained, number: int, image: torch.Tensor, label: torch.Tensor) -> float:
    """The cosine of one image at a pre-activation block, from the blocks run one by one: the stream is their output."""
    network, parts = subject.network, parts_of(subject.network, subject.spec)
    children = list(network.named_children())
    stem = [module for name, module in children[: [name for name, _ in children].index("layer1")]]
    head = [module for name, module in children[[name for name, _ in children].index("layer3") + 1 :]]
    with torch.no_grad():
        x = torch.nn.Sequential(*stem)(image)
        for part in parts[:number]:
            x = part.module(x)
        stream = parts[number].module(x)
    branch = (stream - x).double()
    stream.requires_grad_()
    with torch.enable_grad():
        y = stream
        for part in parts[number + 1 :]:
            y = part.module(y)
        scores = torch.nn.Sequential(*head)(y)
        (gradient,) = torch.autograd.grad(F.cross_entropy(scores, label), stream)
    downhill = -gradient.double()
    return float((branch * downhill).sum() / (branch.norm() * downhill.norm()))


@pytest.mark.parametrize("number", [3, LAST])
def test_angles_are_those_of_blocks_run_one_by_one(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks, number: int
):
    subject = trained(14, activation_order="preact")
    images, labels = trained_networks.images(6)
    found = angles(subject.network, parts_of(subject.network, subject.spec), images, labels, 0)[number]
    each = [by_hand(subject, number, images[place : place + 1], labels[place : place + 1]) for place in range(6)]
    assert found.cosine == pytest.approx(sum(each) / 6, abs=1e-4)
    assert found.other_cosine != found.cosine
    values = 6 * parts_of(subject.network, subject.spec)[number].block.output_shape[0]
    assert found.noise < 1 / math.sqrt(values)
    assert abs(found.random_cosine) < 5 * found.noise


def test_a_plain_block_has_no_angle(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    subject = trained(8, plain=True)
    found = angles(subject.network, parts_of(subject.network, subject.spec), *trained_networks.images(4), 0)
    assert all(math.isnan(each.cosine) for each in found)


def test_a_head_is_logistic_regression(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    from sklearn.linear_model import LogisticRegression

    subject = trained(8)
    images, labels = trained_networks.images(300)
    features = streams(subject.network, parts_of(subject.network, subject.spec), [(images, labels)])[-1]
    head = train_head(features, labels, 10)
    deviation, mean = torch.std_mean(features, 0)
    scaled = ((features - mean) / (deviation + 1e-6)).numpy()
    theirs = LogisticRegression(C=1 / (2 * HEAD_DECAY * 300), max_iter=2000).fit(scaled, labels.numpy())
    ours = head(features).softmax(1).detach().numpy()
    assert ours == pytest.approx(theirs.predict_proba(scaled), abs=0.02)


def test_the_own_head_sees_the_stream_where_it_fits(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    subject = trained(14)
    network, parts = subject.network, parts_of(subject.network, subject.spec)
    test = list(trained_networks.batches.test_batches())
    found = own_accuracies(network, parts, test)
    assert [math.isnan(each) for each in found] == [True] * 4 + [False] * 2
    assert found[-1] == pytest.approx(100 - error_percent(network, test))
    caught = streams(network, parts, test)[-2]
    right = (network.fc(caught).argmax(1) == torch.cat([labels for _, labels in test])).float().mean()
    assert found[-2] == pytest.approx(100 * right.item(), abs=0.6)


def test_every_seed_is_read_trained_or_not(trained_networks: TrainedNetworks):
    for trained in (True, False):
        request = ExperimentRequest(
            "iterative_refinement", (Subject("a", small_network(8)),), BRIEF, {"images": 200, "trained": trained}
        )
        (network,) = finished(iterative_refinement(request, trained_networks), RefinementResult).networks
        assert [block.stage for block in network.blocks] == ["layer1", "layer2", "layer3"]
        assert all(10 < block.head_accuracy <= 100 and -1 <= block.cosine <= 1 for block in network.blocks)
        assert bool(network.training.steps) is trained
