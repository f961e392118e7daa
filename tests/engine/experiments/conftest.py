"""Networks of a few blocks, trained once for all tests of a session."""

from collections.abc import Callable, Iterator

import pytest
import torch

from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.engine.experiments.weights_cache import WeightsCache
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF


@pytest.fixture(autouse=True)
def flush_denormals() -> Iterator[None]:
    """As in the experiments' own process, and for these tests alone: Hypothesis needs subnormal numbers in others."""
    torch.set_flush_denormal(True)
    yield
    torch.set_flush_denormal(False)


@pytest.fixture(scope="session")
def trained_networks(tmp_path_factory: pytest.TempPathFactory) -> TrainedNetworks:
    """Twenty steps for every network, each trained once in a session."""
    return TrainedNetworks(BRIEF, WeightsCache(tmp_path_factory.mktemp("weights")))


@pytest.fixture(scope="session")
def trained(trained_networks: TrainedNetworks) -> Callable[..., Trained]:
    """`trained(14, plain=True)`: a small network after the brief training."""

    def train(depth: int, **changes: object) -> Trained:
        found: list[Trained] = []

        def work() -> Iterator[object]:
            found.append((yield from trained_networks.trained(Subject("a", small_network(depth, **changes)))))

        for _ in work():
            pass
        return found[0]

    return train
