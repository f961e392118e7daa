"""Sweeps and equal-cost tables against single networks, and against ResNeXt's Table 2."""

from dataclasses import replace

import pytest

from explorer.analysis.network import analyse
from explorer.model import SpecError, assemble, preset
from explorer.outputs.tables.reference_networks import best_field, dots_of, paper_fields
from explorer.outputs.tables.sweep import (
    MOST_VALUES,
    QUANTITIES,
    amounts_of,
    equal_cost_solutions,
    equal_cost_table,
    spread,
    sweep,
    sweep_table,
)
from explorer.outputs.tables.table import to_csv


def test_a_sweep_is_every_network_by_itself() -> None:
    base = preset("resnext50_32x4d")
    points = sweep(base, "cardinality", [1, 8, 32])
    assert [point.value for point in points] == [1, 8, 32]
    for point in points:
        found = analyse(assemble(replace(base, cardinality=point.value)))
        assert point.amounts["params"] == found.total.params
        assert point.amounts["macs"] == found.total.macs
        assert point.amounts["saved"] == found.memory.saved_activations
    assert points[-1].amounts["macs"] == 4_230_479_872


def test_values_without_a_network_are_left_out() -> None:
    values = [point.value for point in sweep(preset("resnet18"), "depth", range(1, 8))]
    assert values == [4, 5, 6, 7], "four stages need four blocks"


def test_spread_keeps_the_ends_and_its_bound() -> None:
    assert spread(1, 64) == list(range(1, 65))
    wide = spread(1, 1024)
    assert (wide[0], wide[-1], len(wide)) == (1, 1024, MOST_VALUES)
    assert wide == sorted(set(wide))
    assert spread(5, 5) == [5]


def test_resnext_table_2_as_a_table() -> None:
    settings = ("cardinality", "base_width", "params")
    table = equal_cost_table(equal_cost_solutions(preset("resnet50"), *settings), *settings)
    solved = {row[0]: row[1] for row in table.rows}
    assert {cardinality: solved[cardinality] for cardinality in (1, 2, 4, 8, 32)} == {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}
    assert to_csv(table).splitlines()[0] == "cardinality,base_width,params,macs,ratio"


def test_a_knob_is_not_traded_for_itself() -> None:
    with pytest.raises(SpecError, match="choose two"):
        equal_cost_solutions(preset("resnet50"), "depth", "depth", "macs")


def test_a_sweep_as_a_table_has_a_row_for_each_point() -> None:
    points = sweep(preset("resnet18"), "depth", [8, 16])
    table = sweep_table(["a", "b"], [points, points], "depth")
    assert table.keys == ("network", "blocks", *QUANTITIES), "a setting and a quantity are called depth"
    assert [row[:3] for row in table.rows] == [
        (name, point.value, point.amounts["params"]) for name in "ab" for point in points
    ]


# Fields of published errors -------------------------------------------------------------------------------------


def test_no_field_mixes_protocols_or_second_hand_figures() -> None:
    fields = paper_fields()
    assert len({field.key for field in fields}) == len(fields)
    assert not [field for field in fields if field.protocol in ("as quoted", "read off the figure")]
    errors = {(field.protocol, dot.preset): dot.error for field, dots in fields.items() for dot in dots}
    assert errors["1-crop 224", "resnext50_32x4d"] == 22.2


def test_the_field_is_chosen_that_knows_the_networks() -> None:
    fields = paper_fields()
    imagenet = best_field(fields, [preset("resnet50"), preset("resnext50_32x4d")])
    assert (imagenet.dataset, imagenet.protocol) == ("ImageNet", "1-crop 224")
    cifar = best_field(fields, [preset("cifar_wrn28_10"), preset("cifar_wrn40_4")])
    assert cifar.dataset == "CIFAR-10"
    assert dots_of(preset("cifar_wrn28_10"), fields[cifar])


def test_costs_of_known_networks_are_exact() -> None:
    assert amounts_of(preset("resnet50"))["params"] == 25_557_032
    assert amounts_of(preset("resnet50"))["macs"] == 4_089_184_256
