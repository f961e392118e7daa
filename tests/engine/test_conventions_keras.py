"""The convention reconciler against the counters on Keras' own networks, with torch as Keras' backend.

Stored are the counters' totals on Keras 3.15.1 and torch 2.15; where Keras is installed, the counters run again.
"""

from dataclasses import replace
from importlib.util import find_spec

import pytest
import torch

from explorer.analysis.conventions import reconcile
from explorer.model import preset
from explorer.outputs.tables.conventions import counted_module
from scripts.keras_networks import NETWORKS, load_keras
from tests.counters import COUNTERS

SIDE = 64
STORED = {
    "keras_resnet50": {
        "torch FlopCounterMode": 633_634_816,
        "fvcore": 316_817_408,
        "thop": 2_048_000,
        "ptflops": 5_231_296,
        "torchinfo": 0,
    },
    "keras_resnet50v2": {
        "torch FlopCounterMode": 572_293_120,
        "fvcore": 286_146_560,
        "thop": 2_048_000,
        "ptflops": 4_784_320,
        "torchinfo": 0,
    },
}
"""What each counter reported on a network without the last softmax, for an image of 64 x 64."""


@pytest.mark.parametrize("name", STORED)
def test_equals_the_stored_totals(name: str) -> None:
    spec = replace(preset(name), image_size=SIDE)
    here = {each.name: each.value for each in reconcile(spec, counted_module(spec))}
    assert {counter: here[counter] for counter in COUNTERS} == STORED[name]


@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed: the stored totals alone are compared")
@pytest.mark.parametrize("name", STORED)
def test_the_counters_still_report_the_stored_totals(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    build = getattr(load_keras().applications, NETWORKS[name])
    network = build(weights=None, classifier_activation=None, input_shape=(SIDE, SIDE, 3)).eval()
    image = torch.zeros(1, SIDE, SIDE, 3)  # Keras has the channels last
    assert {counter: count(network, image) for counter, count in COUNTERS.items()} == STORED[name]
