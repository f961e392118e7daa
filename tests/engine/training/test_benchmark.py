"""The loop that training is measured against does the same work: its losses are ours."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.floor import kernel_seconds
from benchmarks.ordinary import OrdinaryLoop
from benchmarks.stepper import cifar_settings, noise, our_steps, timed
from benchmarks.training import asked
from explorer.engine.data.images import load_data
from explorer.engine.lowering import build_module
from explorer.engine.training.trainer import Trainer
from explorer.model import preset
from explorer.runs.settings import TrainingSettings

ROOT = Path(__file__).parents[3]


def test_without_a_word_all_is_measured_but_the_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked([]).what == ["race", "steps", "click"]
    assert asked(["schedule", "--device", "cuda"]).what == ["schedule"]
    with pytest.raises(SystemExit):
        asked(["steps", "speed"])
    assert "speed" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("name", ["cifar_resnet20", "cifar_plain20"])
@pytest.mark.parametrize(("dataset", "augmentation"), [("digits", "none"), ("shapes_easy", "crop_flip")])
def test_the_ordinary_loop_trains_what_ours_trains(name: str, dataset: str, augmentation: str) -> None:
    spec = replace(preset(name), stage_blocks=(1, 1, 1))
    settings = TrainingSettings(dataset=dataset, steps=9, batch_size=8, augmentation=augmentation, device="cpu")
    data = load_data("digits") if dataset == "digits" else noise(32)
    trainer, ordinary = Trainer(spec, settings, data, build_module), OrdinaryLoop(spec, settings, data)
    assert our_steps(trainer, 4) == pytest.approx(ordinary.steps(4), rel=1e-3)
    assert ordinary.test() == pytest.approx(trainer.evaluate().test_error, abs=2.0)


BARE = """
import sys
for absent in ("streamlit", "sqlalchemy", "safetensors", "platformdirs", "plotly", "graphviz", "onnx", "tensorboardX"):
    sys.modules[absent] = None
from dataclasses import replace
import benchmarks.training
from benchmarks.floor import floor
from benchmarks.stepper import cifar_settings, noise, our_steps, timed
from benchmarks.training import asked
from explorer.engine.lowering import build_module
from explorer.engine.training.trainer import Trainer
from explorer.model import preset
spec = replace(preset("cifar_resnet20"), stage_blocks=(1, 1), stage_widths=(4, 8), stem_width=4)
trainer = Trainer(spec, replace(cifar_settings("cpu"), batch_size=4), noise(16), build_module)
took = timed(lambda count: our_steps(trainer, count), 12)
found = floor(trainer, lambda count: our_steps(trainer, count))
assert len(took["losses"]) == 12
assert 0 < found["convolutions"] and 0 < found["arithmetic"] and 0 < found["moving"]
assert found["bytes"] % (5 * 4 * 4) == 0
"""


def test_steps_are_measured_where_nothing_is_installed_but_torch() -> None:
    done = subprocess.run([sys.executable, "-c", BARE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.cuda
def test_the_share_of_computing_is_a_share() -> None:
    spec = replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1))
    trainer = Trainer(spec, cifar_settings("cuda"), noise(256), build_module)
    our_steps(trainer, 20)
    wall = timed(lambda count: our_steps(trainer, count), 100)["wall"] / 100
    assert 0 < kernel_seconds(lambda count: our_steps(trainer, count), 100) < 1.1 * wall
