"""Layers inserted into a trained network, and blocks that learn to pass on their input."""

from dataclasses import replace

import pytest
import torch

from explorer.engine.experiments.inserted_layers import inserted_layers
from explorer.engine.experiments.learn_identity import READ_EVERY, learn_identity
from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.inserted_layers import DeeperNetwork, InsertedResult
from explorer.experiments.catalogue.learn_identity import IdentityFit, IdentityResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec
from tests.engine.experiments.brief import BRIEF, finished

SHALLOW = small_network(8)


def inserted(spec: ModelSpec = SHALLOW) -> dict[str, DeeperNetwork]:
    request = ExperimentRequest("inserted_layers", (Subject("a", spec),), BRIEF, {"counts": [2]})
    found = finished(inserted_layers(request, TrainedNetworks(BRIEF)), InsertedResult)
    return {each.inserted: each for each in found.networks}


def test_silent_branches_leave_the_error_and_plain_layers_do_not() -> None:
    found = inserted()
    assert found["silent"].error == found["silent"].before < 60
    assert found["plain"].error > 80
    assert found["usual"].error > found["silent"].error
    assert {each.layers for each in found.values()} == {20}


def test_a_network_without_shortcuts_or_with_unequal_stages_is_refused() -> None:
    for spec in (small_network(8, plain=True), replace(SHALLOW, stage_blocks=(1, 2, 1))):
        with pytest.raises(SettingsError):
            inserted(spec)


def learning(*subjects: Subject, steps: int = 6, **parameters: object) -> ExperimentRequest:
    return ExperimentRequest("learn_identity", subjects, replace(BRIEF, steps=steps, learning_rate=0.1), parameters)


def fits(request: ExperimentRequest) -> tuple[IdentityFit, ...]:
    return finished(run_experiment(request), IdentityResult).fits


def test_the_error_is_relative_and_a_silent_block_has_none() -> None:
    silent = Subject("silent", small_network(8, zero_init_residual=True))
    usual, quiet = fits(learning(Subject("usual", SHALLOW), silent))
    assert usual.steps == quiet.steps == (0, READ_EVERY, 6)
    assert quiet.errors == (0.0, 0.0, 0.0)
    # The branch ends in a normalisation of deviation 1, the input is half a normal distribution of mean square 1/2.
    assert usual.errors[0] == pytest.approx(1.1, abs=0.2)
    assert usual.errors[-1] < usual.errors[0]


def test_a_seed_gives_the_same_again() -> None:
    request = learning(Subject("plain", small_network(8, plain=True)), Subject("usual", SHALLOW), seeds=2)
    whole = fits(request)
    assert [(fit.seed, fit.label) for fit in whole] == [(0, "plain"), (0, "usual"), (1, "plain"), (1, "usual")]
    assert whole[1].errors != whole[3].errors
    torch.rand(3)
    assert fits(request) == whole


def test_blocks_that_change_the_shape_cannot_learn_it() -> None:
    network = replace(SHALLOW, block="bottleneck", shortcut="projection")
    with pytest.raises(SettingsError):
        list(learn_identity(learning(Subject("a", network)), TrainedNetworks(BRIEF)))
