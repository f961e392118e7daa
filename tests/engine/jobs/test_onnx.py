"""ONNX files: onnxruntime gives the network's scores, for any batch."""

import sys
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from explorer.engine import identify
from explorer.engine.files.errors import NO_SUCH_FILE
from explorer.engine.jobs import onnx as export
from explorer.engine.jobs.onnx import ExportError, to_onnx, write_onnx
from explorer.engine.lowering import build_module
from explorer.jobs import weights_and_onnx
from explorer.jobs.weights_and_onnx import OnnxRequest, export_onnx
from explorer.model import ModelSpec, assemble, preset
from tests.in_process import InProcess

SMALL: dict[str, Any] = {
    "block": "basic",
    "stage_blocks": (1, 2),
    "stage_widths": (8, 16),
    "stem": "cifar",
    "stem_width": 8,
    "image_size": 16,
    "num_classes": 5,
}

VARIANTS: dict[str, dict[str, Any]] = {
    "plain bottleneck": {"block": "bottleneck", "shortcut": "none", "stem": "imagenet", "image_size": 32},
    "option A, exclusive gate, drop path": {"shortcut": "pad", "skip": "exclusive_gate", "drop_path": 0.3},
    "SE, average projection, group norm": {"attention": "se", "shortcut": "avg_projection", "norm": "group"},
    "ECA, blur, weight standardisation": {"attention": "eca", "antialias": "blur", "weight_standardization": True},
    "VGG, whose last map of 5x5 is spread to 7x7": {
        "block": "single",
        "shortcut": "none",
        "transition": "pool",
        "norm": "none",
        "conv_bias": True,
        "head_pool": "max_7x7",
        "head_hidden": (12,),
        "head_dropout": 0.5,
        "image_size": 20,
    },
    "pre-activation, shortcut gate, dilated": {
        "activation_order": "preact",
        "skip": "shortcut_gate",
        "dilations": (1, 2),
        "block_dropout": 0.2,
        "activation": "gelu",
    },
}


def trained_like(spec: ModelSpec) -> nn.Module:
    """A network whose running statistics and scales are not those of the start."""
    torch.manual_seed(0)
    network = build_module(spec)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.add_(0.1 * torch.rand(tensor.shape))
    return network.eval()


@pytest.mark.parametrize("name", VARIANTS)
def test_onnxruntime_gives_the_same_scores(name: str) -> None:
    spec = ModelSpec(**SMALL | VARIANTS[name])
    network = trained_like(spec)
    data = to_onnx(spec, network.state_dict())
    onnx.checker.check_model(data, full_check=True)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    for batch in (1, 3):
        images = torch.randn(batch, 3, spec.image_size, spec.image_size)
        (scores,) = session.run([export.OUTPUT], {export.INPUT: images.numpy()})
        with torch.no_grad():
            torch.testing.assert_close(torch.from_numpy(scores), network(images), atol=1e-4, rtol=1e-4)


def test_the_file_tells_which_network_it_is(tmp_path: Path) -> None:
    """The exporter has merged each norm with the convolution before it: the file's network has none."""
    spec = preset("cifar_resnet20")
    write_onnx(spec, tmp_path / "network.onnx", trained_like(spec).state_dict())
    found = identify(tmp_path / "network.onnx")
    assert found.spec is not None
    assert (found.spec.stage_blocks, found.spec.stage_widths, found.spec.norm) == ((3, 3, 3), (16, 32, 64), "none")
    assert found.explained.tensors == found.explained.of == 2 * 20
    assert (found.leftover, found.missing) == ((), ())


def test_foreign_weights_are_refused() -> None:
    state = build_module(ModelSpec(**SMALL)).state_dict()
    state.pop("fc.bias")
    with pytest.raises(ExportError, match=r"not this network's.*fc\.bias"):
        to_onnx(ModelSpec(**SMALL), state)


def test_too_many_parameters_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST_FILE", 1000)
    monkeypatch.setattr(export, "build_module", None)
    with pytest.raises(ExportError, match=f"^{assemble(ModelSpec(**SMALL)).cost.params:,} "):
        to_onnx(ModelSpec(**SMALL))


def test_without_its_packages_the_exporter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ExportError, match=", ".join(export.EXPORTER_NEEDS)):
        to_onnx(ModelSpec(**SMALL))


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "to_onnx", lambda spec, state: b"onnx")
    with pytest.raises(ExportError, match="cannot be written"):
        write_onnx(ModelSpec(**SMALL), tmp_path / "no" / "network.onnx")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match="cannot be written"):
        write_onnx(ModelSpec(**SMALL), tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert write_onnx(ModelSpec(**SMALL), tmp_path / "network.onnx") == 4
    assert (tmp_path / "network.onnx").read_bytes() == b"onnx"


def test_the_file_has_the_weights_that_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_and_onnx, "OneShot", InProcess)
    spec = ModelSpec(**SMALL)
    network = trained_like(spec)
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    size = export_onnx(spec, tmp_path / "network.onnx", tmp_path / "weights.pt")
    assert size == (tmp_path / "network.onnx").stat().st_size
    session = onnxruntime.InferenceSession(tmp_path / "network.onnx", providers=["CPUExecutionProvider"])
    images = torch.randn(2, 3, 16, 16)
    (scores,) = session.run(None, {export.INPUT: images.numpy()})
    torch.testing.assert_close(torch.from_numpy(scores), network(images).detach(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("{", "^spec: "),
        ('{"norm": "toy"}', "^norm: 'toy'"),
        ("{}", NO_SUCH_FILE.format(name="none.pt")),
    ],
)
def test_bad_input_is_a_sentence_and_writes_nothing(given: str, complaint: str, tmp_path: Path) -> None:
    request = OnnxRequest(given, str(tmp_path / "network.onnx"), str(tmp_path / "none.pt"))
    with pytest.raises(ValueError, match=complaint):
        export.work(request, lambda done, total, what: None)
    assert not list(tmp_path.iterdir())
