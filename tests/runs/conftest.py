"""Fixtures of the run store's tests: an empty store of its own for each test, and small networks to queue."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.model import preset
from explorer.runs.records import Contestant, RaceRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

QueueRace = Callable[..., RaceRecord]


@pytest.fixture
def store(data_directory: Path) -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def queue_race(store: Store) -> QueueRace:
    """Queues a race of one network (or `count` of them) for an owner."""

    def queue(owner: str = "ann", count: int = 1, name: str = "race", **more: object) -> RaceRecord:
        contestants = [Contestant(f"{owner} {index}", preset("cifar_resnet20")) for index in range(count)]
        return store.create_race(contestants, TrainingSettings(), owner=owner, name=name, **more)

    return queue
