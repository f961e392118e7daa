"""Known networks: exact counts against figures that were computed apart from this program, and names that are kept."""

import csv
from pathlib import Path

import pytest

from explorer.model import PRESETS, ModelSpec, SpecError, assemble, preset
from explorer.model.identity.canonical import signature
from explorer.model.presets.tables import TABLES

REFERENCE = list(csv.DictReader(Path(__file__).with_name("reference_counts.csv").read_text().splitlines()))

KERAS = {
    "keras_resnet50": (25_583_592, 53_120),
    "keras_resnet101": (44_601_832, 105_344),
    "keras_resnet152": (60_268_520, 151_424),
    "keras_resnet50v2": (25_568_360, 45_440),
    "keras_resnet101v2": (44_577_896, 97_664),
    "keras_resnet152v2": (60_236_904, 143_744),
    "keras_signs_resnet50": (23_546_886, 53_120),
}
"""Trainable parameters and moving statistics as Keras lists them."""

CONTRACT = (
    *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
    *(f"cifar_resnet{depth}" for depth in (20, 32, 44, 56, 110, 1202)),
    *(f"cifar_plain{depth}" for depth in (20, 32, 44, 56, 110)),
    *(f"cifar_preact{depth}" for depth in (110, 164, 1001)),
    *("cifar_resnext29_8x64d", "cifar_wrn28_10", "keras_resnet50", "keras_signs_resnet50"),
)
"""Names that links and scripts rely on."""


def test_every_row_of_every_table_has_a_name_of_its_own() -> None:
    assert len(PRESETS) == sum(len(table.rows) for table in TABLES) > 200


def test_titles_are_proper_names_of_one_network_each() -> None:
    titles = [found.title for found in PRESETS.values()]
    assert len(set(titles)) == len(titles)
    assert not [title for name, title in zip(PRESETS, titles, strict=True) if title == name or "_" in title]
    shown = {name: PRESETS[name].title for name in ("seresnext26d_32x4d", "resnetv2_50d_gn", "legacy_seresnet50")}
    assert list(shown.values()) == ["SE-ResNeXt-26-D 32x4d", "ResNetV2-50-D GN", "SE-ResNet-50 (legacy)"]


def test_names_of_the_contract_are_known() -> None:
    assert set(CONTRACT) <= set(PRESETS)


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: row["preset"])
def test_counts_equal_the_reference(row: dict[str, str]) -> None:
    cost = assemble(preset(row["preset"])).cost
    assert cost.params == int(row["params"])
    if row["macs"]:
        assert cost.macs == int(row["macs"])


@pytest.mark.parametrize(("name", "counts"), KERAS.items())
def test_keras_networks_are_exact(name: str, counts: tuple[int, int]) -> None:
    cost = assemble(preset(name)).cost
    assert (cost.params, cost.buffers) == counts


def test_a_blur_counts_in_macs_and_in_activations() -> None:
    """12,018,152 are fvcore's on timm's module; timm's model card prints 12.0 M activations and 5.2 GMACs."""
    blurred, pooled = assemble(preset("resnetblur50")).cost, assemble(preset("resnetaa50")).cost
    assert (blurred.activations, blurred.macs) == (12_018_152, 5_133_020_672)
    assert blurred.activations - pooled.activations == 376_320
    assert blurred.macs - pooled.macs == 9 * 376_320


def test_keras_first_version_strides_on_the_one_by_one() -> None:
    assert assemble(preset("keras_resnet50")).cost.macs == 3_857_973_248


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        *(("cifar_resnet56", 56), ("cifar_preact1001", 1001), ("resnet152", 152), ("resnet200", 200)),
        *(("vgg11", 11), ("vgg13", 13), ("vgg16", 16), ("vgg19_bn", 19), ("cifar_resnet110_1layer", 110)),
    ],
)
def test_the_name_states_the_depth(name: str, depth: int) -> None:
    assert preset(name).depth == depth


def test_no_two_presets_are_one_network() -> None:
    """But for the image size, which no op records: CIFAR and SVHN networks are told apart by classes and dropout."""
    seen: dict[object, str] = {}
    for name in PRESETS:
        key = signature(preset(name))
        assert key not in seen, f"{name} is {seen.get(key)}"
        seen[key] = name


def test_presets_survive_json() -> None:
    for name in PRESETS:
        assert ModelSpec.from_json(preset(name).to_json()) == preset(name)


def test_a_preset_is_a_start() -> None:
    changed = ModelSpec.from_dict({"preset": "resnet50", "stride_on": "1x1"})
    assert changed == preset("resnet50_v1")


@pytest.mark.parametrize("name", ["resnet5", "", "x" * 500, 50, None])
def test_an_unknown_name_names_the_field(name: object) -> None:
    with pytest.raises(SpecError) as caught:
        preset(name)  # type: ignore[arg-type]
    assert caught.value.field == "preset"
    assert len(str(caught.value)) < 250
