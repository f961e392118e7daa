"""Which tensor of a file is which of a network, under other names, orders and wrappings."""

from dataclasses import replace

import pytest

from explorer.identify.alignment import alignment
from explorer.identify.records import Listing, StoredTensor
from explorer.model import ModelSpec, preset
from tests.identify.listings import (
    NAMES,
    Rename,
    listing_of,
    stages_of_its_own,
    stored,
    tensors_of,
)

PRESETS = ("resnet18", "resnet50", "cifar_resnet20", "cifar_resnet20_b", "kuangliu_preact18", "iresnet18", "resnetrs50")


def assert_right(found: Listing, spec: ModelSpec, rename: Rename) -> None:
    result = alignment(found, spec)
    assert (result.leftover, result.missing) == ((), ())
    assert {pair.ours: pair.theirs for pair in result.renaming} == {name: rename(name) for name, _ in tensors_of(spec)}


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("name", PRESETS)
def test_every_tensor_finds_its_place_under_any_names(name: str, names: str) -> None:
    spec = preset(name)
    rename = NAMES[names](spec)
    assert_right(listing_of(spec, rename, ("state_dict",), "module."), spec, rename)


@pytest.mark.parametrize("names", ["own stages", "private layers"])
def test_a_shortcut_that_is_defined_first_is_no_branch(names: str) -> None:
    spec = preset("resnet50")
    rename = NAMES[names](spec)
    tensors = list(listing_of(spec, rename).tensors)
    ours = {rename(name): name for name, _ in tensors_of(spec)}
    blocks: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        blocks.setdefault(".".join(ours[tensor.name].split(".")[:2]), []).append(tensor)
    first = [each for held in blocks.values() for each in sorted(held, key=lambda t: "downsample" not in ours[t.name])]
    assert_right(Listing("file.pth", "PyTorch", tuple(first)), spec, rename)


def test_a_file_sorted_by_name_is_read_by_name() -> None:
    spec = preset("cifar_resnet110")
    listing = listing_of(spec, stages_of_its_own)
    listing = replace(listing, tensors=tuple(sorted(listing.tensors)))
    assert_right(listing, spec, stages_of_its_own)


@pytest.mark.parametrize(
    ("under", "prefix"),
    [((), "module."), (("net",), "module."), (("state_dict",), "model.module._orig_mod."), (("ema", "shadow"), "x.y.")],
)
def test_any_wrapping_is_found(under: tuple[str, ...], prefix: str) -> None:
    spec = preset("cifar_resnet20")
    found = alignment(listing_of(spec, str, under, prefix), spec)
    assert found.wrapping == ".".join((*under, prefix))
    assert found.complete


def test_a_twin_an_optimiser_and_a_loss_lie_outside() -> None:
    spec = preset("resnet18")
    student = listing_of(spec, prefix="student.").tensors
    teacher = listing_of(preset("resnet34"), prefix="teacher.").tensors
    trained = [shape for name, shape in tensors_of(spec) if name.endswith((".weight", ".bias"))]
    moments = [stored("exp_avg", shape, under=("optimizer", "state", str(n))) for n, shape in enumerate(trained)]
    loss = stored("weight", (1000,), under=("criterion",))
    found = alignment(Listing("file.pth", "PyTorch", (*teacher, *student, *moments, loss)), spec)
    assert (found.wrapping, found.leftover, found.missing) == ("student.", (), ())


def test_counters_of_one_axis_and_totals_of_a_profiler() -> None:
    spec = preset("cifar_resnet20")
    tensors = [
        replaced if tensor.name.endswith("num_batches_tracked") else tensor
        for tensor in listing_of(spec).tensors
        for replaced in [tensor._replace(shape=(1,))]
    ]
    tensors += [stored("total_ops", (1,)), stored("layer1.0.conv1.total_ops", (1,))]
    found = alignment(Listing("file.pth", "PyTorch", tuple(tensors)), spec)
    assert found.complete
    assert found.leftover == ("total_ops", "layer1.0.conv1.total_ops")


def test_pruned_layers_are_matched_by_their_original_weights() -> None:
    spec = preset("cifar_resnet20")
    tensors: list[StoredTensor] = []
    for tensor in listing_of(spec).tensors:
        if "conv" in tensor.name:
            names = (f"{tensor.name}_orig", f"{tensor.name}_mask")
            tensors += [stored(name, tensor.shape) for name in names]
        else:
            tensors.append(tensor)
    found = alignment(Listing("file.pth", "PyTorch", tuple(tensors)), spec)
    assert found.complete
    assert {name.rpartition(".")[2] for name in found.leftover} == {"weight_mask"}


def test_another_network_is_explained_in_part() -> None:
    found = alignment(listing_of(preset("resnet34")), preset("resnet18"))
    assert (found.explained.tensors, found.explained.of) == (len(tensors_of(preset("resnet18"))), 218)
    assert len(found.leftover) == 218 - found.explained.tensors
    other = alignment(listing_of(preset("resnet18")), preset("resnet34"))
    assert len(other.missing) == 80
    assert not other.complete


def test_the_structure_of_names_tells_units_apart() -> None:
    """The same row of shapes, norms before or behind the convolutions: 54 units and 3 stages have containers."""
    preact, post = preset("cifar_preact110"), preset("cifar_resnet110")
    listing = listing_of(preact, stages_of_its_own)
    right, wrong = alignment(listing, preact), alignment(listing, post)
    assert right.complete
    assert wrong.complete
    assert right.structure == 54 + 3 > wrong.structure
