import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from explorer.cli.main import main
from explorer.cli.train import _value, add_train_command
from explorer.cli.train_printers import PRINTERS, Printer
from explorer.datasets.catalogue import fit_spec
from explorer.engine import build_module, train
from explorer.engine.training.checkpoint import load_weights
from explorer.engine.training.reporter import LAUNCHERS
from explorer.jobs.paths import checkpoint_path
from explorer.model import ModelSpec
from explorer.runs.events import Event, Started, Step, event_from_dict
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

ROOT = Path(__file__).parents[2]
TINY = '{"preset": "cifar_resnet20", "stage_blocks": [1, 1], "stage_widths": [4, 8], "stem_width": 4}'
PLAIN = TINY.replace("resnet", "plain")
OF_THE_PROCESS = ("seconds", "images_per_second", "peak_memory_bytes", "pid")
"""What differs from process to process."""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "explorer", "train", *arguments]


def program(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


class Done(NamedTuple):
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `train` with these arguments in this process; its workers are processes all the same."""
    return lambda *arguments: Done(main(["train", *arguments]), *capsys.readouterr())


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_train_command(parser.add_subparsers())
    return parser.parse_args(["train", *arguments])


def test_a_comparison_as_json_lines(data_directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "plain.json"
    file.write_text(PLAIN)
    done = program(TINY, str(file), TINY, "--steps", "25", "--batch-size", "16", "--seed", "3", "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    events = objects(done.stdout)
    models = {each["model"] for each in events}
    assert len(models) == 3
    assert "plain" in models, "a file goes by its name"
    for model in models:
        mine = [each for each in events if each["model"] == model]
        steps = [each for each in mine if each["event"] == "step"]
        numbers = [0, *(each["step"] for each in steps)]
        assert numbers[-1] == 25
        assert all(later - earlier <= 10 for earlier, later in pairwise(numbers))
        assert all(isinstance(each["train_loss"], float) for each in steps)
        assert mine[-1]["event"] == "finished"
        assert mine[-1]["train_loss"] == steps[-1]["train_loss"]
        assert 0 <= mine[-1]["test_error"] <= 100
        assert mine[-1]["seconds"] > 0
    kept = Store().runs()
    assert {run.label for run in kept} == models
    assert {run.state for run in kept} == {"finished"}
    assert {run.seed for run in kept} == {3}


def test_the_terminal_tells_what_the_loop_tells(data_directory: Path, run: Run) -> None:
    done = run(TINY, "--steps", "12", "--seed", "5", "--format", "jsonl", "--device", "cpu")
    torch.set_num_threads(1)  # as a worker has: sums in another order end in another digit
    direct = list(train(ModelSpec.from_json(TINY), TrainingSettings(steps=12, seed=5, device="cpu")))
    assert len(objects(done.stdout)) == len(direct)
    for line, event in zip(objects(done.stdout), direct, strict=True):
        events = event_from_dict(line).to_dict()
        assert {k: v for k, v in events.items() if k not in OF_THE_PROCESS} == {
            k: v for k, v in event.to_dict().items() if k not in OF_THE_PROCESS
        }


def test_a_table_to_read(data_directory: Path, run: Run) -> None:
    done = run(TINY, "--steps", "50", "--batch-size", "16")
    assert done.returncode == 0
    assert "step     50" in done.stdout
    result = done.stdout.splitlines()[-1]
    assert result.startswith("cifar_resnet20[")
    assert "%" in result


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["no_such_network"], "preset"),
        (['{"preset": "resnet50", "stage_blocks": [0]}'], "stage_blocks"),
        (["cifar_resnet20", "--steps", "0"], "steps"),
        (["cifar_resnet20", "--steps", "many"], "steps"),
        (["cifar_resnet20", "--seed", "-1"], "seed"),
        (["cifar_resnet20", "--seed", "1.5"], "seed"),
        (["cifar_resnet20", "--dataset", "imagenet"], "dataset"),
        (["cifar_resnet20", "--device", "abacus"], "device"),
        (["cifar_resnet20", "--learning-rate", "nan"], "learning_rate"),
        (["cifar_resnet20", "--format", "xml"], "format"),
        (["cifar_resnet20", "--augmentation", "flip"], "augmentation"),
    ],
)
def test_bad_input_is_named_in_one_line(data_directory: Path, run: Run, arguments: list[str], field: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert field in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (data_directory / "runs.sqlite3").exists()


def test_a_device_that_is_not_there_is_bad_input(data_directory: Path, run: Run) -> None:
    done = run(TINY, "--device", "mps" if sys.platform != "darwin" else "cuda", "--format", "jsonl")
    assert done.returncode == 2
    assert objects(done.stdout)[-1]["event"] == "failed"
    assert "error: device: " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_network_that_diverges_is_told_and_is_no_failure(data_directory: Path, run: Run) -> None:
    wild = '{"preset": "cifar_resnet56", "skip": "scale", "skip_scale": 1.5}'
    done = run(wild, TINY, "--learning-rate", "50", "--steps", "60", "--batch-size", "16", "--format", "jsonl")
    assert done.returncode == 0
    last = {each["model"]: each for each in objects(done.stdout)}
    assert len(last) == 2
    diverged = next(each for model, each in last.items() if "skip_scale" in model)
    assert diverged["event"] == "diverged"
    assert "step" in diverged["reason"]


def test_a_place_that_cannot_be_written_is_one_line(
    data_directory: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_directory / "file").write_text("")
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATA", str(data_directory / "file" / "below"))
    done = run(TINY, "--steps", "5")
    assert done.returncode == 1
    assert "RESIDUAL_EXPLORER_DATA" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_usual_place_that_cannot_be_written_is_replaced(
    data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_directory / "file").write_text("")
    monkeypatch.delenv("RESIDUAL_EXPLORER_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(data_directory / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = program(TINY, "--steps", "5", "--batch-size", "16")
    assert done.returncode == 0
    assert str(tmp_path) in done.stderr


def started(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "step":
            return
    raise AssertionError("it ended before it began")


def test_ctrl_c_pauses_and_leaves_no_worker(data_directory: Path) -> None:
    process = subprocess.Popen(
        command(TINY, TINY, "--steps", "100000", "--format", "jsonl"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started(process)
    workers = {run.worker for run in Store().work.held()}
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.count("\n")) == (130, 1)
    assert "--resume" in errors
    assert {run.state for run in Store().runs()} == {"paused"}
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(int(str(worker).split(":")[1]), 0)


class Impatient(Printer):
    """Somebody who presses Ctrl-C when both networks have begun."""

    def __init__(self) -> None:
        self.begun: set[str] = set()

    def show(self, model: str, event: Event) -> None:
        self.begun |= {model} if isinstance(event, Step) else set()
        if len(self.begun) == 2:
            raise KeyboardInterrupt


def losses_of(label: str) -> list[float]:
    (run,) = [run for run in Store().runs() if run.label == label]
    return [loss for stored in Store().events({run.id: 0}, ("step",)) for loss in getattr(stored.event, "losses", ())]


def test_what_was_interrupted_goes_on_to_the_same_end(
    data_directory: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("explorer.cli.train.PRINTERS", {"jsonl": Impatient})
        assert run(TINY, PLAIN, "--steps", "600", "--device", "cpu", "--format", "jsonl").returncode == 130
    labels = {run.label for run in Store().runs()}
    assert {run.state for run in Store().runs()} == {"paused"}
    done = run("--resume", "--format", "jsonl")
    assert done.returncode == 0
    started = {each["model"]: each["step"] for each in objects(done.stdout) if each["event"] == "started"}
    assert started.keys() == labels
    assert all(0 < step < 600 for step in started.values())
    assert {run.state for run in Store().runs()} == {"finished"}
    torch.set_num_threads(1)
    for text, label in zip((TINY, PLAIN), sorted(labels, key=lambda label: "plain" in label), strict=True):
        whole = train(ModelSpec.from_json(text), TrainingSettings(steps=600, device="cpu"))
        assert losses_of(label) == [loss for event in whole for loss in getattr(event, "losses", ())]
    again = run("--resume")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("arguments", [["--resume", "x", TINY], ["--resume", "--steps", "3"], []])
def test_a_resumption_takes_no_other_settings(data_directory: Path, run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_what_a_device_could_not_apply_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"device": "cpu", "device_name": "a", "precision": "fp32", "steps": 1, "batch_size": 1, "parameters": 1}
    PRINTERS["table"]().show("net", Started(step=0, **facts, train_images=1, test_images=1, notes=("Without bf16.",)))
    assert "Without bf16." in capsys.readouterr().out


def test_a_killed_command_leaves_runs_that_can_be_resumed(data_directory: Path) -> None:
    process = subprocess.Popen(
        command(TINY, "--steps", "100000", "--format", "jsonl"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        started(process)
        process.kill()
    store = Store()
    until = time.monotonic() + 60
    while store.runs()[0].state != "interrupted" and time.monotonic() < until:
        time.sleep(0.1)
    left = store.runs()[0]
    assert left.state == "interrupted"
    assert left.reason.startswith(LAUNCHERS[False])
    assert store.request("resume", [left.id], pool="server") == 1
    assert store.queue("server") == [left.id]


def test_what_was_trained_can_be_taken_away(
    data_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], run: Run
) -> None:
    assert run(TINY, "--steps", "3").returncode == 0
    assert main(["runs", "--format", "json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["state"], listed["step"]) == ("finished", 3)
    weights, onnx = tmp_path / "net.safetensors", tmp_path / "net.onnx"
    assert main(["runs", "export", listed["id"][:8], "--weights", str(weights), "--onnx", str(onnx)]) == 0
    written, kept = load_file(weights), load_weights(checkpoint_path(listed["id"]))
    assert written.keys() == kept.keys()
    assert all(torch.equal(written[name], kept[name]) for name in kept)
    network = build_module(fit_spec(ModelSpec.from_json(TINY), "digits"))
    network.load_state_dict(written, strict=True)
    image = torch.randn(3, 1, 8, 8)
    (scores,) = onnxruntime.InferenceSession(onnx).run(None, {"image": image.numpy()})
    with torch.no_grad():
        assert torch.allclose(network.eval()(image), torch.from_numpy(scores), atol=1e-4)
    capsys.readouterr()
    for wrong in (["export"], ["export", "nothing", "--weights", str(weights)]):
        assert main(["runs", *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_every_setting_is_an_option() -> None:
    options = parsed(["x", "--batch-size", "7", "--learning-rate", "1e-3", "--schedule", "cosine"])
    names = ("batch_size", "learning_rate", "schedule")
    assert [_value(name, getattr(options, name)) for name in names] == [7, 0.001, "cosine"]
    assert _value("start_from", "12" * 16) == "12" * 16, "an id is no number"


def test_a_start_is_named_by_the_beginning_of_its_id(capsys: pytest.CaptureFixture[str], data_directory: Path) -> None:
    assert main(["train", "cifar_resnet20", "--start-from", "abcd"]) == 2
    assert "start_from: no run begins with 'abcd'" in capsys.readouterr().err
