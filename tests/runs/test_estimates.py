"""The estimated time of a training comparison: with its work, its workers, and the speed of the machine."""

from dataclasses import replace

import pytest

from explorer.jobs.machine_speed import Slowdown
from explorer.model import preset
from explorer.runs import estimates
from explorer.runs.estimates import STARTING, comparison_range, training_seconds
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings

SETTINGS = TrainingSettings(device="cpu")
NETWORKS = [NamedNetwork(name, preset(name)) for name in ("cifar_resnet20", "cifar_resnet56")]
USUAL = Slowdown(1.0, 1.0)


def seconds(name: str, settings: TrainingSettings = SETTINGS) -> float:
    return training_seconds(preset(name), settings)


def test_deeper_networks_more_steps_and_more_looks_take_longer() -> None:
    assert 2 < seconds("cifar_resnet56") / seconds("cifar_resnet20") < 4
    assert 1.9 < seconds("cifar_resnet20", replace(SETTINGS, steps=400)) / seconds("cifar_resnet20") < 2.1
    assert seconds("cifar_resnet20", replace(SETTINGS, evaluate_every=0)) < seconds("cifar_resnet20")


def test_workers_share_the_runs_and_the_longest_bounds_the_whole() -> None:
    short, long = seconds("cifar_resnet20"), seconds("cifar_resnet56")
    for workers, repeats, load in ((1, 1, short + long), (2, 1, long), (2, 2, long + short), (4, 2, long)):
        found = comparison_range(NETWORKS, SETTINGS, repeats, workers, USUAL)
        assert found is not None
        assert found.high == pytest.approx(STARTING + load), (workers, repeats)


def test_the_speed_of_the_machine_makes_the_range() -> None:
    usual = comparison_range(NETWORKS, SETTINGS, 1, 2, USUAL)
    slow = comparison_range(NETWORKS, SETTINGS, 1, 2, Slowdown(2.0, 6.0))
    assert usual is not None
    assert slow == pytest.approx((2 * usual.low, 6 * usual.high))


def test_nothing_is_estimated_for_a_graphics_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: True)
    assert comparison_range(NETWORKS, TrainingSettings(), 1, 2, USUAL) is None
    assert comparison_range(NETWORKS, SETTINGS, 1, 2, USUAL) is not None
