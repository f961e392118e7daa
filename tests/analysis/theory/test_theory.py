"""The arithmetic behind the laboratories, against the papers' numbers and against counting by hand."""

import math
from dataclasses import replace
from itertools import product

import pytest

from explorer.analysis.path_lengths import path_lengths
from explorer.analysis.theory import (
    combine,
    path_layers,
    sensitivity,
    skip_factor,
    skip_product,
    skip_products,
    stage_lengths,
    summarise,
)
from explorer.analysis.theory.products import FACTORS
from explorer.model import ModelSpec, assemble, preset
from explorer.model.variants import SKIPS
from tests.toys import toy_variant


def test_equal_factors_multiply_to_a_power():
    assert skip_products(0.5, 4) == (1.0, 0.5, 0.25, 0.125, 0.0625)
    assert skip_product([0.5, 2.0, 3.0]) == 3.0
    assert skip_products(1.0, 600)[-1] == 1.0


def test_every_skip_has_a_factor():
    assert FACTORS.keys() == SKIPS.keys()


def test_factors_of_the_shortcuts_of_he_2016():
    base = preset("cifar_resnet110")
    assert skip_factor(base) == 1.0
    assert skip_factor(replace(base, skip="scale", skip_scale=0.5)) == 0.5
    gated = replace(base, skip="shortcut_gate", gate_bias=-6.0)
    assert skip_factor(gated) == pytest.approx(1 - 1 / (1 + math.exp(6)), abs=1e-12)
    assert skip_factor(replace(gated, gate_bias=0.0)) == 0.5
    assert math.isnan(skip_factor(replace(base, skip="conv1x1")))
    assert skip_factor(preset("cifar_plain20")) == 0.0


def test_the_example_of_the_notes():
    found = sensitivity(5.0, 5.1, 5.2)
    assert found.output_change == pytest.approx(0.0196, abs=1e-4)
    assert found.residual_change == pytest.approx(1.0)
    assert found.residual == pytest.approx(0.1)


def test_a_residual_that_was_zero_changes_infinitely():
    assert sensitivity(5.0, 5.0, 5.1).residual_change == math.inf
    assert sensitivity(5.0, 5.0, 5.0).residual_change == 0.0


def ways_by_hand(blocks: list[tuple[int, int]], fixed: int) -> dict[int, int]:
    """Every choice of branch or shortcut in every block, one by one."""
    counts: dict[int, int] = {}
    for choice in product((0, 1), repeat=len(blocks)):
        length = fixed + sum(block[way] for block, way in zip(blocks, choice, strict=True))
        counts[length] = counts.get(length, 0) + 1
    return counts


@pytest.mark.parametrize(("shortcut", "projections"), [("pad", 0), ("projection", 1)])
def test_layers_on_every_way_counted_one_by_one(shortcut: str, projections: int):
    spec = replace(preset("cifar_resnet20"), shortcut=shortcut, stage_blocks=(2, 2, 1))
    blocks = [(0, 2), (0, 2), (projections, 2), (0, 2), (projections, 2)]
    counts = path_layers(assemble(spec))
    assert {length: ways for length, ways in enumerate(counts) if ways} == ways_by_hand(blocks, fixed=2)


def test_the_longest_way_is_the_depth_and_all_ways_are_two_to_the_blocks():
    for name in ("resnet50", "cifar_resnet110"):
        spec = preset(name)
        counts = path_layers(assemble(spec))
        assert len(counts) - 1 == spec.depth
        assert sum(counts) == 2 ** sum(spec.stage_blocks)


def test_a_plain_network_has_one_way():
    counts = path_layers(assemble(preset("cifar_plain20")))
    assert sum(counts) == 1
    assert len(counts) - 1 == 20


@pytest.mark.parametrize("spec", [preset("resnet50"), preset("cifar_plain20"), ModelSpec(stage_blocks=(1, 2, 1, 1))])
def test_stages_combine_to_the_whole(spec: ModelSpec):
    graph = assemble(spec)
    whole = (1,)
    for _, counts in stage_lengths(graph):
        whole = combine(whole, counts)
    assert whole == path_lengths(graph)


def test_a_sum_in_the_attention_opens_no_way():
    with toy_variant("attention", shortcut="none") as spec:
        assert path_lengths(assemble(spec)) == (0, 0, 0, 0, 1)
        assert path_layers(assemble(spec)) == (*(0,) * 10, 1)
    with toy_variant("attention", shortcut="pad") as spec:
        assert path_lengths(assemble(spec)) == (1, 4, 6, 4, 1)
        assert path_layers(assemble(spec)) == (0, 0, 1, 0, 4, 0, 6, 0, 4, 0, 1)


def test_most_ways_of_54_blocks_have_19_to_35_blocks():
    """Veit et al. 2016, section 4.4: over 95 % of the paths of a network of 54 blocks go through 19 to 35 of them."""
    found = summarise(path_lengths(assemble(preset("cifar_resnet110"))))
    assert found.ways == 2**54
    assert found.mean == 27.0
    assert found.share >= 0.95
    assert found.shortest >= 19
    assert found.longest <= 35


def test_ways_beyond_any_float_are_summed_exactly():
    """1,500 blocks have more ways than a float can hold; a quarter of a bell curve's width holds 95 % of them."""
    spec = ModelSpec(block="basic", stage_blocks=(500, 500, 500), stage_widths=(4, 4, 4), stem="cifar", image_size=32)
    graph = assemble(spec)
    found = summarise(path_lengths(graph))
    assert found.ways == 2**1500
    assert found.mean == 750
    half_width = 1.96 * math.sqrt(1500) / 2
    assert found.shortest == pytest.approx(750 - half_width, abs=1)
    assert found.longest == pytest.approx(750 + half_width, abs=1)
    assert sum(path_layers(graph)) == 2**1500
