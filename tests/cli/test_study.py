"""`study`: nothing starts unasked, real small runs end, Ctrl-C keeps what is finished, seeds are added later."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.cli.main import main
from explorer.runs.store.store import Store
from tests.cli.test_train import ROOT

TOML = """
title = "Two small networks"
seeds = 2
[settings]
steps = 60
batch_size = 16
device = "cpu"
evaluate_every = 0
diagnose_every = 0
[[networks]]
name = "Plain"
base = { preset = "cifar_plain20", stage_blocks = [1, 1], stage_widths = [4, 8], stem_width = 4 }
[[networks]]
name = "Residual"
base = { preset = "cifar_resnet20", stage_blocks = [1, 1], stage_widths = [4, 8], stem_width = 4 }
"""


@pytest.fixture
def file(tmp_path: Path, data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESIDUAL_EXPLORER_WORKERS", "1")
    path = tmp_path / "small.toml"
    path.write_text(TOML)
    return path


@pytest.mark.parametrize(
    ("change", "options", "part"),
    [
        (("steps", "step"), ["--yes"], "settings.step: there is no such field; there is steps."),
        (("seeds = 2", "seeds = 1000"), ["--yes"], "seeds: 1000 is neither"),
        (("", ""), ["--yes", "--seeds", "201"], "seeds: 201 seeds; a study has 1 to 200."),
        (("", ""), ["--yes", "--report", "nowhere/report.html"], "report: nowhere/report.html"),
        (("", ""), [], "yes: nobody can be asked here"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_started(
    file: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], options: list[str], part: str
) -> None:
    file.write_text(TOML.replace(*change))
    assert main(["study", str(file), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error: {part}" in err
    assert Store().runs() == []


def test_a_dry_run_says_what_it_takes_and_starts_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", str(file), "--dry-run", "--seeds", "7"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Two small networks: 14 runs (2 cells, 7 seeds); ")
    assert "minutes with 1 at the same time" in err
    assert Store().runs() == []


def test_a_study_stops_goes_on_and_takes_further_seeds(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "explorer", "study", str(file), "--yes"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True)
    store, until = Store(), time.monotonic() + 120
    while not (finished := store.runs(states=("finished",))) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Paused; the same command goes on from here." in err
    assert {run.state for run in store.runs()} == {"finished", "paused"}

    report = tmp_path / "report.html"
    options = ["--yes", "--seeds", "3", "--format", "json", "--report", str(report)]
    assert main(["study", str(file), *options]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [cell["network"] for cell in told["cells"]] == ["Plain", "Residual"]
    assert [cell["runs"] for cell in told["cells"]] == [{"finished": 3}] * 2
    assert list(told["differences"][0]["test_error"]["by_seed"]) == ["0", "1", "2"]
    assert told["differences"][0]["test_error"]["low"] is None, "three seeds have no interval"
    runs = {run.id: run for run in store.runs()}
    assert len(runs) == 6, "none was started twice"
    assert all(runs[run.id].ended == run.ended for run in finished), "what was finished stays"
    assert "--seeds 3" in report.read_text()
    assert "torch" in report.read_text()

    assert main(["study", str(file), "--seeds", "3", "--format", "csv"]) == 0, "nothing is left: nobody is asked"
    out, err = capsys.readouterr()
    assert err == ""
    assert len(out.splitlines()) == 7


def test_without_a_file_the_studies_that_ship_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study"]) == 0
    assert capsys.readouterr().out.startswith("cardinality")
