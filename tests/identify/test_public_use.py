"""Which networks with given shapes are in public use."""

from dataclasses import replace

import pytest

from explorer.identify.layers import shape_counts
from explorer.identify.public_use import CONVENTIONS, in_public_use
from explorer.model import ModelSpec, SpecError, preset


def changes(spec: ModelSpec) -> list[dict[str, object]]:
    return [each.changes(spec) for each in in_public_use(spec)]


def test_those_with_resnet50s_shapes() -> None:
    found = changes(preset("resnet50"))
    for known in ({}, {"stride_on": "1x1"}, {"antialias": "blur"}, {"stride_block": "last", "stem_pool": "max_same"}):
        assert known in found
    rare = {"norm_eps", "dilations", "head_pool", "activation", "padding", "skip"}
    assert not rare.intersection(name for each in found for name in each)


def test_those_with_the_shapes_of_cifars_resnet() -> None:
    found = changes(replace(preset("cifar_resnet20"), stage_widths=(12, 24, 48), stem_width=12))
    for known in ("pad_behind", "pad_average", "none"):
        assert {"shortcut": known} in found
    assert {"activation_order": "relu_only_preact"} in found  # He et al. 2016, Fig. 4 (d)
    assert not [each for each in found if each.get("activation") == "silu"]
    assert not [each for each in found if each.get("skip_scale") == 0.0]  # a plain network under another name


def test_a_dilated_network_is_in_public_use_without_a_classifier_only() -> None:
    dilated = {"dilations": [1, 1, 2, 4]}
    assert dilated in changes(replace(preset("resnet50"), num_classes=0))
    assert dilated not in changes(preset("resnet50"))


def test_biases_of_a_file_do_not_hide_the_known_networks() -> None:
    """No known CIFAR network has biases before its norms: those without count."""
    biased = replace(preset("cifar_resnet20"), conv_bias=True)
    assert {"shortcut": "none"} in changes(biased)


@pytest.mark.parametrize("name", ["cifar_resnet20_b", "cifar_wrn28_10", "vgg16_bn", "keras_resnet50", "resnet50d"])
def test_a_known_network_is_one_of_them(name: str) -> None:
    spec = preset(name)
    found = in_public_use(spec)
    assert spec in found
    assert all(shape_counts(each) == shape_counts(spec) for each in found)


def test_the_conventions_are_networks_with_a_source() -> None:
    for each in CONVENTIONS:
        assert each.source
        try:
            replace(preset("resnet50" if "block" in each.where else "cifar_resnet110"), **dict(each.fields))
        except SpecError as error:
            pytest.fail(f"{each.fields}: {error}")
