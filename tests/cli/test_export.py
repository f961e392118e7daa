"""`export` and `weights` as a user runs them, through the process that they start."""

from pathlib import Path

import pytest
import torch

from explorer.cli.main import main
from explorer.engine.files.errors import NO_SUCH_FILE
from explorer.engine.lowering import build_module
from explorer.jobs import child_process, weights_and_onnx
from explorer.jobs.one_shot import OneShot
from explorer.model import ModelSpec
from tests.in_process import InProcess
from tests.texts import numbers

SPEC = ModelSpec(block="basic", stage_blocks=(1,), stage_widths=(4,), stem="cifar", stem_width=4, image_size=8)
JSON = SPEC.to_json()


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_export_with_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(build_module(SPEC).state_dict(), tmp_path / "weights.pt")
    output = tmp_path / "network.onnx"
    assert run("export", JSON, "-o", str(output), "--weights", str(tmp_path / "weights.pt")) == 0
    assert capsys.readouterr().out == f"{output}: {output.stat().st_size:,} bytes\n"


def test_weights_that_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tensors = build_module(SPEC).state_dict()
    torch.save(tensors, tmp_path / "good.pt")
    assert run("weights", JSON, str(tmp_path / "good.pt"), "-o", str(tmp_path / "-good.safetensors")) == 0
    said = capsys.readouterr().out
    assert "good.pt" in said
    assert numbers(said)[0] == str(len(tensors)), "all of them loaded"
    assert (tmp_path / "-good.safetensors").exists()


def test_weights_that_do_not_fit_and_no_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_and_onnx, "OneShot", InProcess)
    torch.save({"linear.weight": build_module(SPEC).state_dict()["fc.weight"]}, tmp_path / "half.pt")
    assert run("weights", JSON, str(tmp_path / "half.pt")) == 1
    assert "missing     fc.bias" in capsys.readouterr().out
    assert run("weights", JSON, "--image-size", "16", str(tmp_path / "none.pt")) == 2
    assert capsys.readouterr().err == f"error: {NO_SUCH_FILE.format(name='none.pt')}\n"


def test_a_bad_model_is_refused_by_field_before_any_process_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weights_and_onnx, "OneShot", None)
    assert run("export", '{"norm": "toy"}', "-o", "network.onnx") == 2
    assert capsys.readouterr().err.startswith("error: norm: 'toy' ")


def test_a_process_that_breaks_or_takes_too_long_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_and_onnx, "LONGEST_SECONDS", 0.0)
    with pytest.raises(weights_and_onnx.ExchangeError, match=OneShot.too_long.format(seconds=0)):
        weights_and_onnx.export_onnx(SPEC, tmp_path / "network.onnx")
    monkeypatch.setattr(weights_and_onnx, "LONGEST_SECONDS", 60.0)
    monkeypatch.setattr(child_process, "ROOT", tmp_path)
    (tmp_path / "explorer").mkdir()
    (tmp_path / "explorer" / "__init__.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(weights_and_onnx.ExchangeError, match=rf"^{OneShot.name} .*SIGKILL"):
        weights_and_onnx.export_onnx(SPEC, tmp_path / "network.onnx")
