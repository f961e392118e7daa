"""The runs of a training comparison are served so that the workers end together."""

from collections.abc import Callable, Sequence

import pytest

from explorer.model import ModelSpec, SpecError, preset
from explorer.runs.limits import Need, training_need, turns
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

SETTINGS = TrainingSettings(steps=200, device="cpu")
DEFAULT = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")


def entries(*names: str) -> list[NamedNetwork]:
    return [NamedNetwork(name, preset(name)) for name in names]


def makespan(work: Sequence[int], order: Sequence[int], workers: int) -> int:
    """When the last worker ends, each taking the next run of the line as soon as it is free."""
    free = [0] * workers
    for run in order:
        worker = free.index(min(free))
        free[worker] += work[run]
    return max(free)


def test_the_long_runs_of_the_default_comparison_come_first() -> None:
    planned = [(entry, 0) for entry in entries(*DEFAULT)]
    places = turns(planned, SETTINGS)
    assert places == [2, 0, 3, 1]
    work = [training_need(entry.spec, SETTINGS).macs for entry, _ in planned]
    served = [places.index(place) for place in range(len(places))]
    assert makespan(work, served, 2) == sum(work) / 2
    assert makespan(work, range(4), 2) > 1.2 * makespan(work, served, 2)


def test_each_seed_has_its_whole_comparison_before_the_next() -> None:
    planned = [(entry, seed) for seed in (7, 3) for entry in entries("cifar_resnet20", "cifar_resnet56")]
    assert turns(planned, SETTINGS) == [1, 0, 3, 2]


def test_equal_runs_keep_their_order() -> None:
    assert turns([(entry, 0) for entry in entries("cifar_resnet20") * 3], SETTINGS) == [0, 1, 2]


def test_what_does_not_fit_its_data_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def need(spec: ModelSpec, settings: TrainingSettings) -> Need:
        if spec == preset("cifar_resnet56"):
            raise SpecError("image_size", "is too small")
        return training_need(spec, settings)

    monkeypatch.setattr("explorer.runs.limits.training_need", need)
    planned = [(entry, 0) for entry in entries("cifar_resnet56", "cifar_resnet20")]
    assert turns(planned, SETTINGS) == [1, 0]


@pytest.fixture
def queue(store: Store) -> Callable[[], list[str]]:
    def names() -> list[str]:
        labels = {run.id: run.label for run in store.runs()}
        return [labels[run] for run in store.queue()]

    return names


def test_the_store_serves_a_comparison_in_that_order_and_shows_it_in_its_own(
    store: Store, queue: Callable[[], list[str]]
) -> None:
    comparison = store.create_comparison(entries(*DEFAULT), SETTINGS, owner="ann", name="race")
    assert [run.label for run in comparison.runs] == list(DEFAULT)
    assert queue() == ["cifar_plain56", "cifar_resnet56", "cifar_plain20", "cifar_resnet20"]
    first = store.work.claim("w", "server")
    assert first is not None
    assert first.label == "cifar_plain56"
