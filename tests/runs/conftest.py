"""Fixtures of the run store's tests: an empty store of its own for each test, and small networks to queue."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.model import preset
from explorer.runs.records import NamedNetwork, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

QueueComparison = Callable[..., TrainingComparison]


@pytest.fixture
def store(data_directory: Path) -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def queue_comparison(store: Store) -> QueueComparison:
    """Queues a training comparison of one network (or `count` of them) for an owner."""

    def queue(owner: str = "ann", count: int = 1, name: str = "race", **more: object) -> TrainingComparison:
        named_networks = [NamedNetwork(f"{owner} {index}", preset("cifar_resnet20")) for index in range(count)]
        return store.create_comparison(named_networks, TrainingSettings(), owner=owner, name=name, **more)

    return queue
