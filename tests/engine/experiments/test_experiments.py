"""What all experiments have in common: one table, the usual training loop, known weights, work that can be stopped."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.engine import train
from explorer.engine.experiments.registry import COMPUTATIONS, run_experiment
from explorer.engine.experiments.trained_networks import MISFIT, NOT_KEPT, Trained, TrainedNetworks
from explorer.engine.experiments.weights_cache import WeightsCache
from explorer.engine.training.checkpoint import CheckpointFile, Position
from explorer.experiments.catalogue import CATALOGUE
from explorer.experiments.catalogue.depth_sweep import DepthSweepResult
from explorer.experiments.catalogue.lesion import LesionResult
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.catalogue.signal_and_gradient import SignalResult
from explorer.experiments.client import merge, split
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import checkpoint_path
from explorer.runs.events import Finished
from tests.engine.experiments.brief import BRIEF, finished


def test_every_described_experiment_has_a_computation_and_no_other():
    assert COMPUTATIONS.keys() == CATALOGUE.keys()


def test_a_comparison_is_run_by_the_loop(trained_networks: TrainedNetworks):
    request = ExperimentRequest("short_race", (Subject("a", small_network(8)),), BRIEF, {"seeds": 2})
    first, second = finished(run_experiment(request, trained_networks), ShortTrainingResult).trainings
    *_, last = train(small_network(8), BRIEF)
    assert isinstance(last, Finished)
    assert (first.seed, first.train_loss, first.test_error) == (0, last.train_loss, last.test_error)
    assert second.seed == 1
    assert second.losses != first.losses


def test_a_depth_sweep_trains_plain_and_residual_at_each_depth(trained_networks: TrainedNetworks):
    request = ExperimentRequest("depth_sweep", (Subject("a", small_network(20)),), BRIEF, {"blocks": [2, 1]})
    result = finished(run_experiment(request, trained_networks), DepthSweepResult)
    assert [(point.depth, point.plain) for point in result.points] == [
        (8, True),
        (8, False),
        (14, True),
        (14, False),
    ]
    assert len({point.training.train_loss for point in result.points}) == 4


SHORTER = {
    "optimisers": {"optimisers": ["adam", "sgd"]},
    "lambda_sweep": {"factors": [1.0, 0.5], "images": 8},
    "fold": {"kinds": [1, 2]},
    "iterative_refinement": {"images": 64},
    "depth_sweep": {"blocks": [1, 2]},
    "lesion": {"counts": [2], "swaps": [1], "draws": 2},
    "gradient_paths": {"samples": 2, "images": 16},
    "landscape": {"points": 3, "images": 16},
    "inserted_layers": {"counts": [1]},
    "learning_rates": {"rates": ["0.02", "0.002"]},
    "signal_and_gradient": {"readings": [0]},
}


def times_left_out(result: object) -> str:
    return re.sub(r"\bseconds=[^,)]*", "", repr(result))


@pytest.mark.parametrize(
    "experiment", [name for name, each in CATALOGUE.items() if each.sharing and "seeds" in each.parameters]
)
def test_pieces_together_say_what_the_whole_says(experiment: str):
    subjects = tuple(Subject(str(depth), small_network(depth)) for depth in (8, 14))
    parameters = {**SHORTER.get(experiment, {}), "seeds": 2}
    settings = replace(BRIEF, seed=3)
    request = ExperimentRequest(experiment, subjects[: CATALOGUE[experiment].networks[1]], settings, parameters)
    pieces = split(request, 2)
    assert len(pieces) >= 2
    kind = CATALOGUE[experiment].result
    merged = merge(request, [finished(run_experiment(piece), kind) for piece in reversed(pieces)])
    assert times_left_out(merged) == times_left_out(finished(run_experiment(request), kind))


def test_known_weights_are_taken_instead_of_a_training(tmp_path: Path):
    trained_networks = TrainedNetworks(BRIEF, WeightsCache(tmp_path))
    subject = Subject("a", small_network(8))
    first = list(trained_networks.trained(subject))
    assert len(first) > 3
    assert list(trained_networks.trained(subject)) == []
    assert list(trained_networks.trained(replace(subject, label="another name"))) == []
    assert len(list(trained_networks.trained(Subject("a", small_network(14))))) > 3
    assert len(list(TrainedNetworks(replace(BRIEF, seed=1), WeightsCache(tmp_path)).trained(subject))) > 3


def test_damaged_weights_in_the_cache_are_made_again(tmp_path: Path):
    trained_networks = TrainedNetworks(BRIEF, WeightsCache(tmp_path))
    subject = Subject("a", small_network(8))
    list(trained_networks.trained(subject))
    for path in tmp_path.glob("*.safetensors"):
        path.write_bytes(b"damaged")
    assert len(list(trained_networks.trained(subject))) > 3


def test_the_weights_of_a_finished_run_are_looked_at(
    data_directory: Path, trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    network = trained(8).network
    CheckpointFile(checkpoint_path("run1")).save(network, None, Position(20), "")
    request = ExperimentRequest(
        "lesion", (Subject("a", small_network(8), run="run1"),), replace(BRIEF, seed=7), {"counts": [], "swaps": []}
    )
    (found,) = finished(run_experiment(request), LesionResult).networks
    wrong = torch.cat([network(x).argmax(1) != y for x, y in trained_networks.batches.test_batches()])
    assert found.intact_error == pytest.approx(100 * wrong.float().mean().item(), abs=1e-4)
    assert found.training.steps == ()


@pytest.mark.parametrize(("run", "depth", "said"), [("gone", 8, NOT_KEPT), ("run1", 14, MISFIT)])
def test_weights_that_are_gone_or_do_not_fit_are_refused(
    data_directory: Path, trained: Callable[..., Trained], run: str, depth: int, said: str
):
    CheckpointFile(checkpoint_path("run1")).save(trained(8).network, None, Position(20), "")
    request = ExperimentRequest("lesion", (Subject("a", small_network(depth), run=run),), BRIEF)
    with pytest.raises(SettingsError, match=said.format(network="a")) as refused:
        finished(run_experiment(request), LesionResult)
    assert refused.value.field == "run"


def test_signal_of_a_finished_run_is_read_once_as_it_stands(data_directory: Path, trained: Callable[..., Trained]):
    CheckpointFile(checkpoint_path("run1")).save(trained(8).network, None, Position(20), "")
    request = ExperimentRequest(
        "signal_and_gradient", (Subject("a", small_network(8), run="run1"),), BRIEF, {"readings": [0, 3], "images": 16}
    )
    (found,) = finished(run_experiment(request), SignalResult).networks
    again = ExperimentRequest(
        "signal_and_gradient", (Subject("a", small_network(8)),), BRIEF, {"readings": [0, 20], "images": 16}
    )
    (watched,) = finished(run_experiment(again), SignalResult).networks
    assert [reading.step for reading in found.readings] == [20]
    assert found.readings[0].loss == watched.readings[1].loss < watched.readings[0].loss
    assert found.readings[0].weight_gradient == watched.readings[1].weight_gradient


@pytest.mark.parametrize("experiment", ["lesion", "landscape", "look_inside", "gradient_paths", "evaluate"])
def test_seeds_repeat_every_network_but_that_of_a_finished_run(
    experiment: str, data_directory: Path, trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    CheckpointFile(checkpoint_path("run1")).save(trained(8).network, None, Position(20), "")
    few = {"lesion": {"counts": [], "swaps": []}, "landscape": {"points": 3, "images": 16}}
    few |= {"look_inside": {"channels": 1}, "gradient_paths": {"samples": 1, "images": 16}, "evaluate": {}}
    subjects = (Subject("a", small_network(8)), Subject("b", small_network(8), run="run1"))
    request = ExperimentRequest(experiment, subjects, BRIEF, {**few[experiment], "seeds": 2})
    found = finished(run_experiment(request, trained_networks), CATALOGUE[experiment].result).networks  # type: ignore[attr-defined]
    assert [(each.label, each.training.seed) for each in found] == [("a", 0), ("b", 0), ("a", 1)]
    first, run, second = (replace(each, label="", training=found[0].training) for each in found)
    # The run's weights are those that the first seed makes.
    assert first == run != second


def test_an_experiment_can_be_stopped_between_two_pieces_of_work():
    request = ExperimentRequest("short_race", (Subject("a", small_network(56)),), replace(BRIEF, steps=5000))
    work = run_experiment(request)
    events = [next(work) for _ in range(3)]
    assert all(isinstance(each, Progress) for each in events)
    work.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(work)


def test_the_same_request_gives_the_same_result():
    request = ExperimentRequest("lesion", (Subject("a", small_network(8)),), replace(BRIEF, steps=5), {"draws": 2})
    one, other = (finished(run_experiment(request), LesionResult).networks[0] for _ in range(2))
    assert replace(one, training=other.training) == other
    assert one.training.losses == other.training.losses
