"""The weights of an identified file under the network's own names: the same function, all of them or none."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explorer.engine.files import WeightsError
from explorer.engine.jobs.file_weights import renamed_tensors, work
from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import load_weights
from explorer.identify.records import Renamed
from explorer.jobs.file_weights import FileWeightsRequest
from explorer.model import ModelSpec

SPEC = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(8, 16), stem="cifar", stem_width=8, image_size=16)


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(3)
    return build_module(SPEC).eval()


@pytest.fixture
def request_of(network: torch.nn.Module, tmp_path: Path) -> FileWeightsRequest:
    """A file with names of its own, in halves, inside a wrapping, without counters."""
    ours = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    theirs = {name: f"part{place}" for place, name in enumerate(ours)}
    tensors = {"module." + theirs[name]: network.state_dict()[name].half() for name in ours}
    torch.save({"epoch": 3, "net": tensors}, tmp_path / "theirs.pth")
    renaming = tuple(Renamed(theirs[name], name) for name in ours)
    output = str(tmp_path / "ours.safetensors")
    return FileWeightsRequest(str(tmp_path / "theirs.pth"), SPEC.to_json(), "net.module.", renaming, output)


def test_the_written_file_gives_the_networks_scores(request_of: FileWeightsRequest, network: torch.nn.Module) -> None:
    assert work(request_of, lambda *_: None) == len(network.state_dict())
    again = build_module(SPEC).eval()
    again.load_state_dict(load_file(request_of.output))
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        # The file holds 16-bit floats.
        torch.testing.assert_close(again(images), network(images), atol=0.02, rtol=0.02)


def test_a_run_finds_them_in_its_checkpoint(request_of: FileWeightsRequest, network: torch.nn.Module) -> None:
    work(replace(request_of, of_a_run=True), lambda *_: None)
    assert load_weights(Path(request_of.output)).keys() == network.state_dict().keys()


def test_a_run_sees_red_first_where_the_file_expects_blue_first(
    request_of: FileWeightsRequest, network: torch.nn.Module
) -> None:
    work(replace(request_of, of_a_run=True, order="BGR"), lambda *_: None)
    again = build_module(SPEC).eval()
    again.load_state_dict(load_weights(Path(request_of.output)))
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(again(images), network(images.flip(1)), atol=0.02, rtol=0.02)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"renaming": ()}, "missing"),
        ({"spec": replace(SPEC, num_classes=7).to_json()}, "fc.weight is (7, 16) here, (1000, 16) there"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    request_of: FileWeightsRequest, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(WeightsError, match="does not fit") as refused:
        work(replace(request_of, **changes), lambda *_: None)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert not Path(request_of.output).exists()


def test_every_tensor_has_the_networks_shape(request_of: FileWeightsRequest) -> None:
    assert {name: tuple(each.shape) for name, each in renamed_tensors(request_of).items()} == {
        name: tuple(each.shape) for name, each in build_module(SPEC).state_dict().items()
    }
