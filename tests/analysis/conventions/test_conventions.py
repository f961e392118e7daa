"""The reconciler's terms add up, and give the totals known for torchvision's networks."""

from dataclasses import replace
from math import prod

import pytest

from explorer.analysis.conventions import Convention, CountedModule, reconcile
from explorer.analysis.conventions.reconcile import FLOPS, WITH_ELEMENTWISE
from explorer.model import ModelSpec, assemble, preset
from explorer.outputs.tables.conventions import counted_module, module_sentence
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


LIBRARIES_OWN = {
    # name: fvcore, thop, ptflops on timm's own module, at the preset's size
    "seresnet50": (4_114_027_520, 4_136_257_536, 4_134_969_848),
    "ecaresnet26t": (2_566_539_776, 2_584_404_480, 2_584_152_552),
}


def _by_name(spec: ModelSpec) -> dict[str, Convention]:
    return {convention.name: convention for convention in reconcile(spec, counted_module(spec))}


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


@pytest.mark.parametrize(("name", "totals"), LIBRARIES_OWN.items())
def test_a_librarys_network_is_counted_in_its_module(name: str, totals: tuple[int, int, int]) -> None:
    found = _by_name(preset(name))
    assert tuple(found[counter].value for counter in ("fvcore", "thop", "ptflops")) == totals


def test_thop_would_see_pools_that_are_modules() -> None:
    """timm's attention pools by a function: the inputs and outputs of those pools are missing there."""
    ours = {convention.name: convention.value for convention in reconcile(preset("seresnet50"), CountedModule())}
    pools = sum(
        prod(placed.block.merge.shape) + placed.block.merge.shape[0]
        for _, placed in assemble(preset("seresnet50")).placed_blocks()
        if placed.block.merge
    )
    assert ours["thop"] == 4_141_792_000
    assert ours["thop"] - _by_name(preset("seresnet50"))["thop"].value == pools == 5_534_464


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("seresnet50", "timm.models.resnet has for seresnet50, where attention pools by x.mean, a function"),
        ("resnet50d", "timm.models.resnet has for resnet50d, whose layers are all modules of torch's own."),
        ("resnet50", "torchvision.models.resnet has for resnet50, whose layers are all modules of torch's own."),
        ("resnetv2_50", "norms hold their activations"),
        ("keras_resnet50", "keras.applications has for keras_resnet50, where layers are of Keras' own classes"),
        ("cifar_resnet20", "the module that the printed code builds, where pools and activations are functions"),
    ],
)
def test_one_sentence_says_which_module_is_counted(name: str, words: str) -> None:
    sentence = module_sentence(preset(name), counted_module(preset(name)))
    assert words in sentence
    assert sentence.count(". ") == 0


def test_torchinfo_counts_weights_by_place() -> None:
    """ResNet-50: multiply-adds, 1,000 biases of the last layer, and two numbers for each normalised channel."""
    assert _by_name(preset("resnet50"))["torchinfo"].value == 4_089_184_256 + 1_000 + 53_120


def test_what_torch_s_counters_see_of_keras_is_said_in_units() -> None:
    found = _by_name(preset("keras_resnet50"))
    assert (found["fvcore"].value, found["fvcore"].unit) == (3_857_973_248, "MACs")
    assert (found["torchinfo"].value, found["thop"].value) == (0, 2_048_000)


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_terms_add_up_and_are_explained(spec: ModelSpec) -> None:
    for convention in reconcile(spec, CountedModule()):
        assert convention.value == sum(term.amount for term in convention.terms)
        assert all(term.why.endswith(".") for term in convention.terms)
    assert reconcile(spec, CountedModule())[0].value == assemble(spec).cost.macs


def test_stride_placement_is_a_term() -> None:
    v1 = _by_name(preset("resnet50"))["papers, stride on the 1x1 (v1)"]
    assert v1.value == 3_857_973_248
    assert _term(v1, "stride placement") == -231_211_008
    back = _by_name(preset("resnet50_v1"))["papers, stride on the 3x3 (v1.5)"]
    assert back.value == 4_089_184_256


def test_networks_without_a_choice_of_stride_have_no_such_line() -> None:
    assert not any("stride" in name for name in _by_name(preset("resnet18")))


def test_biases_are_counted_by_ptflops_and_torchinfo() -> None:
    plain, biased = (reconcile(replace(preset("resnet50"), conv_bias=on), CountedModule()) for on in (False, True))
    changed = {before.name for before, after in zip(plain, biased, strict=True) if before.value != after.value}
    assert changed == {"ptflops", "torchinfo"}


def test_units_say_what_is_counted() -> None:
    units = {name: found.unit for name, found in _by_name(preset("resnet50")).items()}
    assert units["papers"] == units["torchvision"] == "MACs"
    assert units["torch FlopCounterMode"] == FLOPS
    assert units["thop"] == units["ptflops"] == units["fvcore"] == WITH_ELEMENTWISE
