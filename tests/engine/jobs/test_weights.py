"""Checkpoints of others into our networks: all tensors or none, and the mismatches key by key."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision.models
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from explorer.engine.files.errors import NO_SUCH_FILE
from explorer.engine.jobs import weights
from explorer.engine.jobs.weights import WeightsError, load_checkpoint, load_published
from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import CheckpointFile
from explorer.engine.training.optimiser import make_optimiser
from explorer.engine.training.position import Position
from explorer.jobs.weights_and_onnx import (
    MORE_KEYS,
    CheckpointReport,
    WeightsRequest,
    next_step,
    report_lines,
    report_summary,
)
from explorer.model import ModelSpec, preset
from explorer.runs.settings import TrainingSettings
from tests.independent_cifar import CifarResNet
from tests.texts import numbers

TINY = replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1), stage_widths=(4, 8, 16), stem_width=4)


def disturbed(network: nn.Module) -> nn.Module:
    """Away from the start: a tensor that is not loaded, or loaded into another's place, shows."""
    generator = torch.Generator().manual_seed(7)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.mul_(0.9 + 0.2 * torch.rand(tensor.shape, generator=generator))
            tensor.add_(0.01 * torch.randn(tensor.shape, generator=generator))
    return network.eval()


def settled(network: nn.Module) -> nn.Module:
    """Running statistics as after training, so that a hundred layers neither vanish nor explode."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(6)))
    return network.eval()


def kept(network: nn.Module) -> dict[str, Tensor]:
    return {key: tensor.clone() for key, tensor in network.state_dict().items()}


def assert_untouched(network: nn.Module, before: dict[str, Tensor]) -> None:
    after = network.state_dict()
    assert all(torch.equal(after[key], tensor) for key, tensor in before.items())


@pytest.mark.parametrize("option", ["A", "B"])
@pytest.mark.parametrize("depth", [20, 56, 110])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_an_independent_cifar_network_loads_by_its_own_names(
    depth: int, option: str, prefix: str, tmp_path: Path
) -> None:
    theirs = settled(disturbed(CifarResNet(depth, option)))
    state = {f"{prefix}{key}": tensor for key, tensor in theirs.state_dict().items()}
    torch.save({"state_dict": state, "best_prec1": 92.5, "epoch": 200}, tmp_path / "theirs.th")
    ours = build_module(preset(f"cifar_resnet{depth}" if option == "A" else f"cifar_resnet{depth}_b"))
    report = load_checkpoint(tmp_path / "theirs.th", ours)
    assert report.fits, report_summary(report)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        scores = theirs(images)
        assert scores.std() > 0
        torch.testing.assert_close(ours.eval()(images), scores, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("legacy", [False, True])
def test_torchvisions_network_loads(legacy: bool, tmp_path: Path) -> None:
    theirs = disturbed(torchvision.models.resnet18())
    torch.save(theirs.state_dict(), tmp_path / "resnet18.pth", _use_new_zipfile_serialization=not legacy)
    ours = build_module(preset("resnet18"))
    assert load_checkpoint(tmp_path / "resnet18.pth", ours).matched == len(theirs.state_dict())
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours.eval()(images), theirs(images))


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model", "net"])
@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module.model."])
def test_wrappers_are_understood(key: str, prefix: str, tmp_path: Path) -> None:
    theirs = disturbed(build_module(TINY))
    state = {f"{prefix}{name}": tensor for name, tensor in theirs.state_dict().items()}
    torch.save({"optimizer": {"lr": 0.1}, key: state}, tmp_path / "run.ckpt")
    ours = build_module(TINY)
    assert load_checkpoint(tmp_path / "run.ckpt", ours).fits
    assert_untouched(ours, kept(theirs))


def test_safetensors_and_half_precision_and_old_files_without_counters(tmp_path: Path) -> None:
    theirs = disturbed(build_module(TINY))
    state = {k: v.half() for k, v in theirs.state_dict().items() if not k.endswith("num_batches_tracked")}
    save_file(state, tmp_path / "half.safetensors")
    ours = build_module(TINY)
    assert load_checkpoint(tmp_path / "half.safetensors", ours).fits
    assert ours.get_parameter("fc.weight").dtype == torch.float32
    torch.testing.assert_close(ours.state_dict()["bn1.running_var"], state["bn1.running_var"].float())


def test_a_half_matching_checkpoint_loads_nothing_and_lists_every_mismatch(tmp_path: Path) -> None:
    state = kept(disturbed(build_module(TINY)))
    state["fc.weight"] = torch.zeros(100, 16)
    state["layer9.weight"] = state.pop("layer1.0.conv2.weight")
    state["bn1.weight"] = torch.ones(4, dtype=torch.int64)
    torch.save(state, tmp_path / "other.pt")
    ours = build_module(TINY)
    before = kept(ours)
    report = load_checkpoint(tmp_path / "other.pt", ours)
    assert not report.fits
    assert report.missing == ("layer1.0.conv2.weight",)
    assert report.unexpected == ("layer9.weight",)
    assert {each.key: each.found for each in report.wrong} == {
        "fc.weight": "(100, 16)",
        "bn1.weight": "(4,) torch.int64",
    }
    assert_untouched(ours, before)
    summary, *lines = report_lines(report, TINY)
    assert summary == f"{report_summary(report)}."
    assert "missing     layer1.0.conv2.weight" in lines
    assert "unexpected  layer9.weight" in lines
    (line,) = [line for line in lines if "fc.weight" in line]
    assert numbers(line) == ["10", "16", "100", "16"], "ours, theirs"


def saved_report(path: Path, state: Mapping[str, torch.Tensor]) -> CheckpointReport:
    torch.save(dict(state), path)
    return load_checkpoint(path, build_module(TINY))


def test_what_lies_beside_the_network_is_left_out_and_named(tmp_path: Path) -> None:
    state = {f"model.{name}": each for name, each in build_module(TINY).state_dict().items()}
    state = {name: each.reshape(1) if name.endswith(weights.COUNTER) else each for name, each in state.items()}
    beside = {
        "criterion.weight": torch.ones(10),
        "model.total_ops": torch.zeros(1),
        "model.bn1.total_params": torch.ones(1),
    }
    report = saved_report(tmp_path / "kept.pt", state | beside)
    assert report.fits
    assert set(report.skipped) == set(beside)


def test_the_next_step_is_offered_where_only_the_head_differs(tmp_path: Path) -> None:
    state = dict(build_module(TINY).state_dict())
    features = {name: each for name, each in state.items() if not name.startswith("fc.")}
    head = {"weight": torch.zeros(7, 16), "bias": torch.zeros(7)}
    cases = {
        "7 classes": features | {f"fc.{name}": each for name, each in head.items()},
        "features only": features,
        "`classifier`": features | {f"classifier.{name}": state[f"fc.{name}"] for name in head},
    }
    for word, tensors in cases.items():
        report = saved_report(tmp_path / "other.pt", tensors)
        assert not report.fits
        assert word in next_step(report, TINY)
    assert next_step(saved_report(tmp_path / "other.pt", {"x": torch.zeros(1)}), TINY) == ""
    report = saved_report(tmp_path / "other.pt", cases["7 classes"])
    named = re.search(r"\{.*\}", next_step(report, TINY))
    assert named is not None
    fitting = ModelSpec.from_json(named.group())
    assert fitting == replace(TINY, num_classes=7)
    assert load_checkpoint(tmp_path / "other.pt", build_module(fitting)).fits


def test_numbers_that_are_none_are_found(tmp_path: Path) -> None:
    state = dict(build_module(TINY).state_dict())
    state["bn1.weight"] = torch.full_like(state["bn1.weight"], torch.nan)
    report = saved_report(tmp_path / "nan.pt", state)
    assert (report.fits, report.not_finite) == (True, ("bn1.weight",))


def test_the_checkpoint_of_an_unfinished_run_fits(tmp_path: Path) -> None:
    network = disturbed(build_module(TINY))
    optimiser = make_optimiser(network, TrainingSettings(), torch.device("cpu"))
    CheckpointFile(tmp_path / "run.safetensors").save(network, optimiser, Position(), "x")
    ours = build_module(TINY)
    report = load_checkpoint(tmp_path / "run.safetensors", ours)
    assert report.fits
    assert [name.partition(":")[0] for name in report.skipped] == ["momentum", "random.cpu"]
    assert_untouched(ours, kept(network))


def test_a_sparse_tensor_is_missing_and_named(tmp_path: Path) -> None:
    state = kept(build_module(TINY))
    state["fc.weight"] = torch.eye(10, 16).to_sparse()
    torch.save(state, tmp_path / "sparse.pt")
    report = load_checkpoint(tmp_path / "sparse.pt", build_module(TINY))
    assert report.missing == ("fc.weight",)
    assert "fc.weight (a sparse tensor)" in report.skipped


def test_published_weights_by_torchvisions_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = disturbed(torchvision.models.resnet18())
    torch.save(theirs.state_dict(), tmp_path / "made.pth")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    asked = []

    def deliver(url: str, destination: str, hash_prefix: str, progress: bool) -> None:
        asked.append((url, hash_prefix))
        Path(destination).write_bytes((tmp_path / "made.pth").read_bytes())

    monkeypatch.setattr(torch.hub, "download_url_to_file", deliver)
    ours = build_module(preset("resnet18"))
    for _ in range(2):  # the second time from the cache
        assert load_published("ResNet18_Weights.IMAGENET1K_V1", ours).fits
    assert asked == [(torchvision.models.ResNet18_Weights.IMAGENET1K_V1.url, "f37072fd")]
    assert_untouched(ours, kept(theirs))


def test_published_weights_without_a_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("unreachable")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    with pytest.raises(WeightsError, match=r"IMAGENET1K_V1 .*unreachable"):
        load_published("ResNet18_Weights.IMAGENET1K_V1", build_module(TINY))
    for name in ("nothing", "ResNet18_Weights.V9", "", "os.system"):
        with pytest.raises(WeightsError, match=re.escape(weights.UNPUBLISHED.format(name=name))):
            load_published(name, build_module(TINY))


def test_what_fits_is_written_and_what_does_not_fit_is_not(tmp_path: Path) -> None:
    theirs = disturbed(CifarResNet(20, "A"))
    torch.save(theirs.state_dict(), tmp_path / "theirs.pt")
    out = tmp_path / "ours.safetensors"

    def answered(name: str, file: str) -> CheckpointReport:
        request = WeightsRequest(preset(name).to_json(), str(tmp_path / file), str(out))
        return weights.work(request, lambda done, total, what: None)

    assert answered("cifar_resnet20", "theirs.pt").fits
    assert torch.equal(load_file(out)["fc.weight"], theirs.linear.weight)
    out.unlink()
    assert "layer1.3.conv1.weight" in answered("cifar_resnet32", "theirs.pt").missing
    assert not out.exists()
    with pytest.raises(WeightsError, match=NO_SUCH_FILE.format(name="none.pt")):
        answered("cifar_resnet20", "none.pt")


def test_a_report_lists_a_thousand_keys_and_counts_the_others(tmp_path: Path) -> None:
    state = {f"{number}.weight": torch.zeros(1) for number in range(1002)}
    torch.save(state, tmp_path / "other.pt")
    report = load_checkpoint(tmp_path / "other.pt", build_module(TINY))
    assert (report.unexpected_count, len(report.unexpected)) == (1002, 1000)
    assert MORE_KEYS.format(more=2) in report_lines(report, TINY)
