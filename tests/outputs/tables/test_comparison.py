"""Networks side by side: only what differs, aligned by stage and block."""

import dataclasses
import json

import pytest

from explorer.model import preset
from explorer.outputs.tables.comparison import Comparison, compare, difference_tables, to_dict


def of(*names: str) -> Comparison:
    return compare([(name, preset(name)) for name in names])


def test_only_differing_fields_are_listed():
    fields = {row.field: row.values for row in of("cifar_resnet20", "cifar_plain20", "cifar_resnet56").fields}
    assert fields == {"shortcut": ("pad", "none", "pad"), "stage_blocks": ([3, 3, 3], [3, 3, 3], [9, 9, 9])}


def test_a_network_does_not_differ_from_itself():
    comparison = of("resnet50", "resnet50")
    assert comparison.fields == ()
    assert all(place.status == "same" for place in (*comparison.stages, *comparison.blocks))
    assert all(set(row.ratios) == {1.0} for row in comparison.totals)


def test_totals_and_ratios():
    totals = {row.key: row for row in of("resnet50", "resnext50_32x4d").totals}
    assert totals["params"].values == (25_557_032, 25_028_904)
    assert totals["macs"].values == (4_089_184_256, 4_230_479_872)
    assert totals["macs"].ratios == (1.0, 4_230_479_872 / 4_089_184_256)
    assert totals["flops"].values[1] == 2 * totals["macs"].values[1]
    assert totals["depth"].values == (50, 50)


def test_a_ratio_to_nothing_is_none():
    unnormed = dataclasses.replace(preset("cifar_resnet20"), norm="none")
    totals = {row.key: row for row in compare([("a", unnormed), ("b", preset("cifar_resnet20"))]).totals}
    assert totals["buffers"].values == (0, 1376)
    assert totals["buffers"].ratios == (None, None)


def test_blocks_are_aligned_by_stage_and_number():
    places = {place.name: place for place in of("resnet50", "resnet101").blocks}
    names = list(places)
    assert names[0] == "stem"
    assert names[-1] == "head"
    assert names.index("layer3.9") < names.index("layer3.10") < names.index("layer4.0")
    assert places["layer3.5"].status == "same"
    assert places["layer3.6"].status == "missing"
    assert places["layer3.6"].rows[0] is None


def test_a_changed_skip_is_a_changed_block():
    plain = {place.name: place for place in of("cifar_resnet20", "cifar_plain20").blocks}
    assert plain["layer1.1"].status == "changed"
    assert [row.shortcut for row in plain["layer1.1"].rows if row] == ["identity", "none"]


def test_stages_that_only_one_network_has():
    stages = {place.name: place.status for place in of("cifar_resnet20", "resnet18").stages}
    assert list(stages) == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert stages["layer4"] == "missing"


def test_as_json():
    values = json.loads(json.dumps(to_dict(of("resnet18", "resnet34")), allow_nan=False))
    assert values["models"] == ["resnet18", "resnet34"]
    assert values["fields"] == {"stage_blocks": [[2, 2, 2, 2], [3, 4, 6, 3]]}
    assert values["totals"]["params"]["values"] == [11_689_512, 21_797_672]
    assert [stage["name"] for stage in values["stages"]] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert sum(stage["params"][1] for stage in values["stages"]) == 21_797_672


def test_tables_name_every_network_and_sum():
    specification, totals, params, macs = difference_tables(of("resnet18", "resnet34"))
    assert specification.rows == (("stage_blocks", "[2, 2, 2, 2]", "[3, 4, 6, 3]"),)
    assert totals.labels == ("quantity", "resnet18", "resnet34", "ratio")
    for table, expected in ((params, (11_689_512, 21_797_672)), (macs, (1_814_073_344, 3_663_761_408))):
        assert table.totals is not None
        assert table.totals[1:3] == expected
        assert tuple(sum(row[place] for row in table.rows) for place in (1, 2)) == expected


def test_it_takes_one_network_at_least():
    with pytest.raises(ValueError, match="unpack"):
        compare([])
