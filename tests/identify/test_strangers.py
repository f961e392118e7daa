"""Kinds of files that others have made: their names, orders and layers, under neutral names."""

from dataclasses import replace

import pytest

from explorer.identify.function import function_of
from explorer.identify.network import identify_listing
from explorer.identify.records import Identification, Listing, StoredTensor
from explorer.model import ModelSpec, preset
from tests.identify.listings import (
    Rename,
    listing_of,
    private_names,
    sorted_listing_of,
    stages_of_its_own,
    stored,
    tensors_of,
)

CIFAR = {"block": "basic", "stage_blocks": (2, 2, 2), "stage_widths": (16, 32, 64), "stem": "cifar", "stem_width": 16}
SMALL = ModelSpec(**CIFAR, image_size=32, num_classes=10)
SE = replace(SMALL, attention="se", attention_divisor=1)


def assert_found(found: Identification, spec: ModelSpec) -> None:
    """The network is the one of the file, but for what the answer says is undecided."""
    assert found.spec is not None
    assert (found.leftover, found.missing) == ((), ())
    if function_of(found.spec) == function_of(spec):
        return
    wrong = {
        name: value
        for name, value in found.spec.changes(spec).items()
        if getattr(spec, name) not in found.undecided.get(name, ())
    }
    assert wrong == {}


def as_linear(listing: Listing) -> Listing:
    """With squeeze and excitation as linear layers: matrices instead of 1x1 kernels."""
    tensors = (
        each._replace(shape=each.shape[:2]) if ".se." in each.name and len(each.shape) == 4 else each
        for each in listing.tensors
    )
    return replace(listing, tensors=tuple(tensors))


@pytest.mark.parametrize("biased", [True, False])
def test_squeeze_and_excitation_of_linear_layers(biased: bool) -> None:
    spec = replace(SE, attention_bias=biased)
    assert_found(identify_listing(as_linear(listing_of(spec, stages_of_its_own))), spec)


@pytest.mark.parametrize("order", ["post", "preact"])
def test_containers_tell_the_order_of_norms_where_all_convolutions_have_biases(order: str) -> None:
    more = {"stem_norm": False} if order == "preact" else {}
    spec = replace(SMALL, conv_bias=True, bias_before_norm=True, shortcut_norm=False, activation_order=order, **more)
    assert_found(identify_listing(listing_of(spec, stages_of_its_own)), spec)


def test_two_encoders_and_a_queue_beside_them() -> None:
    query, key = (listing_of(SMALL, prefix=f"module.{name}.").tensors for name in ("query", "key"))
    queue = (stored("module.queue", (64, 4096)), stored("module.pointer", (1,)))
    found = identify_listing(Listing("file.pth", "PyTorch", (*queue, *query, *key)))
    assert found.wrapping == "module.query."
    assert_found(found, SMALL)


def test_an_optimiser_with_the_shapes_of_a_network_is_no_network() -> None:
    """Group norms have no statistics, so moments look like the layers of a second network."""
    spec = replace(SMALL, norm="group", norm_groups=8)
    tensors = tensors_of(spec)
    moments = [stored("momentum", shape, under=("optimizer", "state", str(n))) for n, (_, shape) in enumerate(tensors)]
    found = identify_listing(Listing("f.pth", "PyTorch", (*listing_of(spec, str, ("state_dict",)).tensors, *moments)))
    assert found.wrapping == "state_dict."
    assert_found(found, spec)


def test_hidden_linear_layers_before_the_classifier() -> None:
    spec = replace(SMALL, head_hidden=(48, 24))
    assert_found(identify_listing(listing_of(spec, private_names(spec))), spec)


def test_a_projection_head_of_another_kind_leaves_the_network_the_nearest_one() -> None:
    shapes = {"project.0.weight": (64, 64), "project.1.weight": (64,), "project.1.bias": (64,)}
    shapes |= {"project.1.running_mean": (64,), "project.1.running_var": (64,), "project.3.weight": (32, 64)}
    headless = listing_of(replace(SMALL, num_classes=0)).tensors
    more = tuple(stored(name, shape) for name, shape in (shapes | {"prototypes.weight": (300, 32)}).items())
    found = identify_listing(Listing("file.pth", "PyTorch", (*headless, *more)))
    assert found.grade == "unknown"
    assert found.spec is not None
    assert (found.spec.stage_blocks, found.spec.stage_widths) == (SMALL.stage_blocks, SMALL.stage_widths)


def test_a_deep_stem_with_the_shapes_of_a_network_is_none() -> None:
    spec = ModelSpec(stem="deep", stem_pool="conv", stage_blocks=(1,), stage_widths=(64,), num_classes=3)
    found = identify_listing(listing_of(spec))
    assert found.wrapping == ""
    assert_found(found, spec)


# Chains ---------------------------------------------------------------------------------------------------------------


def features(name: str) -> str:
    """The names of a VGG in two containers."""
    return f"classifier.{name}" if name.startswith("fc") else f"features.{name}"


@pytest.mark.parametrize(("name", "title"), [("vgg11", "VGG-11"), ("vgg13_bn", "VGG-13 with batch norm")])
def test_a_vgg_is_known_and_said_to_be_no_residual_network(name: str, title: str) -> None:
    found = identify_listing(listing_of(preset(name), features, ("state_dict",)))
    assert found.network == name
    assert str(found.label) == f"{title}, a plain chain: no residual network"
    assert_found(found, preset(name))


def test_a_vgg_for_small_images_with_one_linear_layer() -> None:
    small = {"head_hidden": (), "head_pool": "max", "image_size": 32, "num_classes": 10}
    spec = replace(preset("vgg16_bn"), **small)
    found = identify_listing(listing_of(spec, features))
    assert str(found.label).startswith("VGG-16 with batch norm at 32 px")
    assert "no residual network" in str(found.label)
    assert_found(found, spec)


def test_a_chain_of_any_widths_is_found() -> None:
    chain = {"block": "single", "shortcut": "none", "transition": "pool", "stem": "cifar", "conv_bias": True}
    spec = ModelSpec(
        **chain, norm="none", stage_blocks=(1, 2), stage_widths=(24, 40), stem_width=24, image_size=32, num_classes=7
    )
    found = identify_listing(listing_of(spec, private_names(spec)))
    assert "no residual network" in str(found.label)
    assert_found(found, spec)


# Files sorted by name -------------------------------------------------------------------------------------------------


def head_first(name: str) -> str:
    """Names that sort the classifier before the stem, and the stem behind the blocks."""
    if name.startswith("fc"):
        return f"classifier.1.{name.removeprefix('fc.')}"
    return f"net.trunk.{name}" if name.startswith("layer") else f"net.zero.{name}"


def head_by_another_name(name: str) -> str:
    """Names of torchvision but for the classifier's, which sorts between the stem and the blocks."""
    return name.replace("fc.", "head.classifier.")


def reduce_last(name: str) -> str:
    """Names that sort a bottleneck's last convolution before its first."""
    for number, word in ((1, "reduce"), (2, "middle"), (3, "expand")):
        name = name.replace(f"conv{number}.", f"conv_{word}.").replace(f"bn{number}.", f"bn_{word}.")
    return head_first(name)


@pytest.mark.parametrize(
    ("spec", "rename"),
    [
        (replace(SMALL, stage_blocks=(2, 12, 2)), head_first),
        (ModelSpec(stage_blocks=(2, 11, 2, 2)), reduce_last),
        (SMALL, str),
        (preset("resnet18"), head_by_another_name),
    ],
)
def test_a_file_sorted_by_name_is_put_into_the_order_of_definition(spec: ModelSpec, rename: Rename) -> None:
    found = identify_listing(sorted_listing_of(spec, rename))
    assert_found(found, spec)
    theirs = {pair.ours: pair.theirs for pair in found.renaming}
    assert theirs == {name: rename(name) for name, _ in tensors_of(spec)}


def test_the_order_of_definition_counts_for_files_that_keep_it() -> None:
    names = iter(range(1000, 0, -1))
    tensors = tuple(StoredTensor((f"t{next(names)}",), shape, "float32") for _, shape in tensors_of(SMALL))
    assert_found(identify_listing(Listing("file.pth", "PyTorch", tensors)), SMALL)
