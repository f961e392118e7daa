"""`load(path)` of a generated file reads a file whose tensors have other names, and gives the same scores."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from explorer.engine import identify
from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, preset
from explorer.outputs.code import Loading, generate_code
from tests.generated import load_file

Writer = Callable[[dict[str, torch.Tensor], Path], Path]
SPEC = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(8, 16), stem="cifar", stem_width=8, image_size=16)


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(1)
    return build_module(SPEC).eval()


def theirs(name: str) -> str:
    """Their name: every second one is ours."""
    return name if name.startswith("layer1") else name.replace("layer2", "second").replace("bn1", "norm")


def loading(network: torch.nn.Module, wrapping: str) -> Loading:
    return Loading(wrapping, tuple((theirs(name), name) for name in network.state_dict()))


def scores(network: torch.nn.Module) -> torch.Tensor:
    with torch.no_grad():
        return network.eval()(torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)))


def test_a_nested_file_without_counters_is_read(network: torch.nn.Module, tmp_path: Path) -> None:
    state = {name: each for name, each in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    named = {f"module.{theirs(name)}": each for name, each in state.items()}
    torch.save({"epoch": 3, "net": named, "optimizer": {"momentum": torch.zeros(2)}}, tmp_path / "theirs.pth")
    printed = load_file(generate_code(SPEC, loading(network, "net.module.")), tmp_path)
    assert torch.equal(scores(printed.load(str(tmp_path / "theirs.pth"))), scores(network))
    assert "layer1.0.conv1.weight" not in printed.RENAMED


def test_safetensors_are_read(network: torch.nn.Module, tmp_path: Path) -> None:
    save_file({theirs(name): each for name, each in network.state_dict().items()}, tmp_path / "theirs.safetensors")
    printed = load_file(generate_code(SPEC, loading(network, "")), tmp_path)
    assert torch.equal(scores(printed.load(str(tmp_path / "theirs.safetensors"))), scores(network))


def a_zip(tensors: dict[str, torch.Tensor], folder: Path) -> Path:
    torch.save(tensors, folder / "plain.pth")
    return folder / "plain.pth"


def a_safetensors(tensors: dict[str, torch.Tensor], folder: Path) -> Path:
    save_file(tensors, folder / "plain.safetensors")
    return folder / "plain.safetensors"


def a_checkpoint(tensors: dict[str, torch.Tensor], folder: Path) -> Path:
    parallel = {f"module.{name}": each for name, each in tensors.items()}
    torch.save({"epoch": 90, "state_dict": parallel, "best": 12.5}, folder / "parallel.pth.tar")
    return folder / "parallel.pth.tar"


@pytest.mark.parametrize("write", [a_zip, a_safetensors, a_checkpoint])
def test_the_code_that_follows_from_what_was_identified_gives_the_files_scores(write: Writer, tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = build_module(preset("cifar_resnet20")).eval()
    renamed = {name.replace("layer", "stage").replace("fc", "top"): each for name, each in network.state_dict().items()}
    path = write(renamed, tmp_path)
    found = identify(path)
    assert found.spec is not None
    assert found.explained.tensors == len(renamed)
    printed = load_file(generate_code(preset("cifar_resnet20"), Loading(found.wrapping, found.renaming)), tmp_path)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(printed.load(str(path)).eval()(images), network(images))


def test_a_missing_tensor_is_an_error_that_names_it(network: torch.nn.Module, tmp_path: Path) -> None:
    state = {theirs(name): each for name, each in network.state_dict().items() if name != "fc.bias"}
    torch.save(state, tmp_path / "theirs.pth")
    printed = load_file(generate_code(SPEC, loading(network, "")), tmp_path)
    with pytest.raises(KeyError, match=r"fc\.bias and 0 more"):
        printed.load(str(tmp_path / "theirs.pth"))


def test_without_a_file_there_is_no_load() -> None:
    assert "def load" not in generate_code(SPEC)
