"""Weight decay and the branches: the shares against torch by hand, and equal starts for equal seeds."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import pytest
import torch

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.experiments.weight_decay import weight_decay
from explorer.experiments.catalogue.weight_decay import DecayResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

LONGER = replace(BRIEF, steps=60)


def measured(training=BRIEF, **parameters: object) -> DecayResult:
    request = ExperimentRequest("weight_decay", (Subject("a", small_network(8)),), training, parameters)
    return finished(weight_decay(request, TrainedNetworks(training)), DecayResult)


def test_the_share_is_the_deviation_of_the_branch_over_that_of_the_shortcut() -> None:
    (point,) = measured(decays=[0.05], images=16).points
    assert point.blocks == ("layer1.0", "layer2.0", "layer3.0")
    networks = TrainedNetworks(replace(BRIEF, weight_decay=0.05))
    trained = []

    def work() -> Iterator[object]:
        trained.append((yield from networks.trained(Subject("a", small_network(8)))))

    list(work())
    network, spec = trained[0].network, trained[0].spec
    caught: list[float] = []
    for part in parts_of(network, spec):
        part.add.register_forward_pre_hook(lambda _, both: caught.append((both[0].std() / both[1].std()).item()))
    network.train()
    with torch.no_grad():
        network(networks.images(16)[0])
    assert point.shares == pytest.approx(caught, rel=1e-4)


def test_a_strong_pull_makes_the_branches_smaller_from_equal_starts() -> None:
    points = measured(LONGER, decays=[1.0, 0.0], images=16, seeds=2).points
    assert [(point.training.seed, point.decay) for point in points] == [(0, 0.0), (0, 1.0), (1, 0.0), (1, 1.0)]
    for free, pulled in (points[:2], points[2:]):
        assert pulled.training.losses[0] == free.training.losses[0]
        assert median(pulled.shares) < median(free.shares)
