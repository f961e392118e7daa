"""The loop that training is measured against does the same work: its losses are ours."""

from dataclasses import replace

import pytest

from benchmarks.ordinary import OrdinaryLoop
from benchmarks.training import noise, our_steps
from explorer.engine.data import load_data
from explorer.engine.lowering import build_module
from explorer.engine.trainer import Trainer
from explorer.model import preset
from explorer.runs.config import TrainingSettings


@pytest.mark.parametrize("name", ["cifar_resnet20", "cifar_plain20"])
@pytest.mark.parametrize(("dataset", "augmentation"), [("digits", "none"), ("shapes_easy", "crop_flip")])
def test_the_ordinary_loop_trains_what_ours_trains(name: str, dataset: str, augmentation: str) -> None:
    spec = replace(preset(name), stage_blocks=(1, 1, 1))
    settings = TrainingSettings(dataset=dataset, steps=9, batch_size=8, augmentation=augmentation, device="cpu")
    data = load_data("digits") if dataset == "digits" else noise(32)
    trainer, ordinary = Trainer(spec, settings, data, build_module), OrdinaryLoop(spec, settings, data)
    assert our_steps(trainer, 4) == pytest.approx(ordinary.steps(4), rel=1e-3)
    assert ordinary.test() == pytest.approx(trainer.evaluate().test_error, abs=2.0)
