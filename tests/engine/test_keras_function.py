"""The same function as keras.applications: stored outputs of Keras, and Keras itself where it is installed."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

from explorer.analysis.compared_outputs import SIZES
from scripts.keras_networks import (
    OUTPUTS,
    STORED,
    keras_differences,
    load_keras,
    our_outputs,
    random_values,
)
from scripts.library_networks import relative_difference

VALUES = [[0.000316, -0.00012], [-0.013394, 0.013936]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", STORED)
def test_same_scores_as_kerass_stored_ones(name: str, size: int) -> None:
    with np.load(OUTPUTS) as stored:
        theirs = torch.from_numpy(stored[f"{name} {size}"]).double()
    assert theirs.shape == (1000,)
    assert relative_difference(our_outputs(name, size)[0], theirs) < 1e-5


@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed: its stored outputs alone are compared")
@pytest.mark.parametrize("name", STORED)
def test_same_scores_as_keras_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    differences = keras_differences(load_keras(), name)
    assert max(differences.values()) < 1e-5, differences


def test_random_values_are_the_same_on_every_machine() -> None:
    assert random_values("predictions/bias", (2, 2)).round(6).tolist() == VALUES
