"""`identify` as a user runs it, and the JSON of its answer."""

import json
from pathlib import Path

import pytest
import torch

from explorer.cli.main import main
from explorer.engine.lowering import build_module
from explorer.identify.records import Evidence, Explained, Identification, Normalisation, Renamed
from explorer.jobs import identification
from explorer.jobs.codec import from_line, from_plain, to_line
from explorer.model import ModelSpec, preset
from explorer.outputs.identification import lines, to_dict
from tests.in_process import InProcess

CONTRACT = (
    *("network", "label", "spec", "grade", "explained", "leftover", "missing", "undecided", "evidence"),
    *("unexcluded", "normalisation", "wrapping", "renaming"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    state = build_module(preset("cifar_resnet20")).state_dict()
    renamed = {f"net.{name.replace('layer', 'stage')}": tensor for name, tensor in state.items()}
    torch.save({"state_dict": renamed, "epoch": 3}, tmp_path / "found.pth")
    return tmp_path / "found.pth"


def test_the_answer_as_json_is_the_contract(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", str(file), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(CONTRACT) <= set(found)
    assert (found["network"], found["grade"], found["normalisation"]) == ("cifar_resnet20", "undecided", None)
    assert ModelSpec.from_dict(found["spec"]) == preset("cifar_resnet20")
    assert found["explained"]["tensors"] == found["explained"]["of"] == 116
    assert set(found["explained"]) == {"tensors", "of", "parameters", "of_parameters"}
    assert ["stage1.0.conv1.weight", "layer1.0.conv1.weight"] in found["renaming"]
    assert found["wrapping"].endswith("net.")
    assert found["undecided"]["shortcut"][0] == "pad"


def test_the_answer_for_people(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identification, "OneShot", InProcess)
    assert main(["identify", str(file)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("found.pth: CIFAR ResNet-20\n")
    assert "open: Shortcut (shortcut): pad, none" in said
    torch.save({"weight": torch.zeros(2, 2)}, file)
    assert main(["identify", str(file)]) == 1
    assert main(["identify", str(file.with_name("none.pth"))]) == 2


def test_a_whole_answer_passes_between_processes_and_is_printed() -> None:
    spec = preset("cifar_resnet20")
    answer = Identification(
        "file.pth",
        spec,
        "proven",
        "cifar_resnet20",
        "CIFAR ResNet-20",
        Explained(1, 2, 3, 4),
        leftover=("left",),
        missing=("missing",),
        undecided={"shortcut": ("pad", "none"), "dilations": (None, (1, 1, 2))},
        unexcluded={"padding": ("symmetric", "same")},
        evidence=(Evidence(spec, 0.135, (0.1, 0.2)), Evidence(preset("cifar_plain20"), 2.29)),
        decided_by="norms",
        normalisation=Normalisation((0.5,), (0.25,), 0.1),
        wrapping="state_dict.module.",
        renaming=(Renamed("a", "b"),),
        skipped=("args",),
    )
    assert from_plain(Identification, from_line(to_line(answer))) == answer
    as_json = to_dict(answer)
    assert as_json["undecided"]["dilations"] == [None, [1, 1, 2]]
    assert as_json["unexcluded"] == {"padding": ["symmetric", "same"]}
    assert as_json["evidence"][1] == {"spec": {"shortcut": "none"}, "distance": 2.29, "error": None}
    assert {"mean": [0.5], "std": [0.25], "distance": 0.1}.items() <= as_json["normalisation"].items()
    said = "\n".join(lines(answer))
    assert "distance 2.290: shortcut none" in said
    assert "images: mean 0.5; deviation 0.25" in said
    assert "not excluded, but in no known network of these shapes: Padding (padding): same" in said
    assert "image size: not in the file" in said
