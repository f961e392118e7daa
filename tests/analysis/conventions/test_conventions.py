"""The reconciler's terms add up, and give the totals known for torchvision's networks."""

from dataclasses import replace

import pytest

from explorer.analysis.conventions import Convention, reconcile
from explorer.model import ModelSpec, assemble, preset
from tests.variants import name_of, small_variants

KNOWN = {
    # name: multiply-adds, fvcore, thop before 0.1 (half of today's normalisation term)
    "resnet18": (1_814_073_344, 1_819_065_856, 1_819_066_368),
    "resnet34": (3_663_761_408, 3_671_262_720, 3_671_263_232),
    "resnet50": (4_089_184_256, 4_111_512_576, 4_111_514_624),
    "resnet101": (7_801_405_440, 7_833_969_664, 7_833_971_712),
    "resnet152": (11_513_626_624, 11_558_835_200, 11_558_837_248),
    "resnext50_32x4d": (4_230_479_872, 4_259_381_248, 4_259_383_296),
    "resnext101_32x8d": (16_414_015_488, 16_476_534_784, 16_476_536_832),
    "resnext101_64x4d": (15_460_270_080, 15_522_789_376, 15_522_791_424),
    "wide_resnet50_2": (11_398_021_120, 11_426_922_496, 11_426_924_544),
    "wide_resnet101_2": (22_753_050_624, 22_795_599_872, 22_795_601_920),
}


def _by_name(spec: ModelSpec) -> dict[str, Convention]:
    return {convention.name: convention for convention in reconcile(spec)}


def _term(convention: Convention, name: str) -> int:
    return next(term.amount for term in convention.terms if term.name == name)


@pytest.mark.parametrize(("name", "totals"), KNOWN.items())
def test_torchvisions_networks(name: str, totals: tuple[int, int, int]) -> None:
    macs, fvcore, early_thop = totals
    found = _by_name(preset(name))
    assert found["papers"].value == found["torchvision"].value == macs
    assert found["torch FlopCounterMode"].value == 2 * macs
    assert found["fvcore"].value == fvcore
    assert found["thop"].value - _term(found["thop"], "normalisation") // 2 == early_thop


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_terms_add_up_and_are_explained(spec: ModelSpec) -> None:
    for convention in reconcile(spec):
        assert convention.value == sum(term.amount for term in convention.terms)
        assert all(term.why.endswith(".") for term in convention.terms)
    assert reconcile(spec)[0].value == assemble(spec).cost.macs


def test_stride_placement_is_a_term() -> None:
    v1 = _by_name(preset("resnet50"))["papers, stride on the 1x1 (v1)"]
    assert v1.value == 3_857_973_248
    assert _term(v1, "stride placement") == -231_211_008
    back = _by_name(preset("resnet50_v1"))["papers, stride on the 3x3 (v1.5)"]
    assert back.value == 4_089_184_256


def test_networks_without_a_choice_of_stride_have_no_such_line() -> None:
    assert not any("stride" in name for name in _by_name(preset("resnet18")))


def test_biases_are_counted_by_ptflops_alone() -> None:
    biased = replace(preset("resnet50"), conv_bias=True)
    changed = {
        name for name, found in _by_name(biased).items() if found.value != _by_name(preset("resnet50"))[name].value
    }
    assert changed == {"ptflops"}


def test_units_say_what_is_counted() -> None:
    units = {name: found.unit for name, found in _by_name(preset("resnet50")).items()}
    assert units["papers"] == units["torchvision"] == "MACs"
    assert units["torch FlopCounterMode"] == "FLOPs (2 x MACs)"
    assert units["thop"] == units["ptflops"] == units["fvcore"] == "MACs + element-wise operations"
