"""Our tensors under timm's and torchvision's names: the libraries' own networks take them strictly."""

from dataclasses import replace

import pytest
import timm
import torch
import torchvision

from explorer.engine.jobs.file_weights import under_names
from explorer.engine.lowering import build_module
from explorer.identify.network import identify_listing
from explorer.identify.records import Listing, StoredTensor
from explorer.model import PRESETS, ModelSpec, preset
from explorer.model.identity.library_names import TIMM, LibraryNames, libraries_of
from tests.engine.test_presets_timm import ONE_OF_EACH_KIND
from tests.failures import failures


def names_of(spec: ModelSpec, library: str) -> LibraryNames:
    (found,) = [each for each in libraries_of(spec) if each.library == library]
    return found


def test_timm_has_every_network_that_is_said_to_be_there() -> None:
    offered = [name for name, known in PRESETS.items() if known.library in TIMM]
    assert len(offered) > 80
    assert set(offered) <= set(timm.list_models())


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_timms_networks_have_our_tensors_under_the_names_that_we_write(name: str) -> None:
    spec = preset(name)
    with torch.device("meta"):
        theirs, ours = timm.create_model(name).state_dict(), build_module(spec).state_dict()
    written = under_names(ours, names_of(spec, "timm"))
    assert {name: each.shape for name, each in written.items()} == {name: each.shape for name, each in theirs.items()}


@pytest.mark.slow
def test_every_network_of_timm_has_our_tensors_under_the_names_that_we_write() -> None:
    rest = [name for name, known in PRESETS.items() if known.library in TIMM and name not in ONE_OF_EACH_KIND]
    assert len(rest) > 60
    assert failures(rest, test_timms_networks_have_our_tensors_under_the_names_that_we_write) == {}


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_a_file_under_timms_names_is_identified(name: str) -> None:
    spec, written = preset(name), names_of(preset(name), "timm")
    with torch.device("meta"):
        state = timm.create_model(name).state_dict()
    tensors = tuple(StoredTensor((key,), tuple(each.shape), "float32") for key, each in state.items())
    found = identify_listing(Listing("pytorch_model.bin", "PyTorch", tensors))
    assert found.spec is not None
    assert (found.leftover, found.missing) == ((), ())
    differing = [key for key in spec.to_dict() if getattr(found.spec, key) != getattr(spec, key)]
    assert [key for key in differing if getattr(spec, key) not in found.undecided.get(key, ())] == []
    assert all(written.name(pair.ours) == pair.theirs for pair in found.renaming)


@pytest.mark.parametrize("name", ["resnet18", "ecaresnet26t", "resnetv2_18d"])
def test_timm_answers_alike_with_our_weights(name: str) -> None:
    spec = replace(preset(name), num_classes=10, image_size=64)
    torch.manual_seed(0)
    ours, theirs = build_module(spec).eval(), timm.create_model(name, num_classes=10).eval()
    theirs.load_state_dict(under_names(ours.state_dict(), names_of(spec, "timm")), strict=True)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(theirs(images), ours(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["resnet50", "vgg11_bn"])
def test_torchvision_has_them_too(name: str) -> None:
    spec = preset(name)
    with torch.device("meta"):
        theirs, ours = torchvision.models.get_model(name).state_dict(), build_module(spec).state_dict()
    written = under_names(ours, names_of(spec, "torchvision"))
    assert {name: each.shape for name, each in written.items()} == {name: each.shape for name, each in theirs.items()}


def test_a_network_of_no_library_has_no_other_names() -> None:
    assert libraries_of(preset("cifar_resnet20")) == ()
