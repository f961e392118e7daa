"""`solve` and `sweep`: the page's numbers in a terminal, in every format."""

import csv
import io
import json

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.model.link import from_link
from explorer.outputs.tables.sweep import QUANTITIES

TABLE_2 = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}
"""Cardinality against bottleneck width, Xie et al. 2017, Table 2."""


def test_resnext_table_2(printed) -> None:
    values = json.loads(printed("solve", "resnet50", "--to", "1,2,4,8,32", "--format", "json"))
    assert {row["cardinality"]: row["base_width"] for row in values["solutions"]} == TABLE_2
    last = values["solutions"][-1]
    assert ModelSpec.from_dict(last["spec"]) == from_link(last["link"]) == preset("resnext50_32x4d")
    assert (last["params"], last["macs"]) == (25_028_904, 4_230_479_872)
    assert last["ratio"] == 25_028_904 / 25_557_032


def test_a_cost_held_for_another_knob(printed) -> None:
    out = printed("solve", "resnet50", "--hold", "macs", "--turn", "depth", "--to", "33", "--for", "width")
    row = next(line.split() for line in out.splitlines() if line.strip().startswith("33"))
    assert int(row[1]) < 100, "twice as deep is narrower"
    assert 0.98 < float(row[-1]) < 1.02


def test_without_values_the_usual_ones_as_the_page_has_them(printed) -> None:
    rows = list(csv.DictReader(io.StringIO(printed("solve", "resnet50", "--format", "csv"))))
    assert {int(row["cardinality"]): int(row["base_width"]) for row in rows}.items() >= TABLE_2.items()


@pytest.mark.parametrize(
    ("file_format", "solved", "swept"),
    [
        ("table", "          2                  40", "resnet50            2  46,248,744"),
        ("csv", "2,40,25425000,", "resnet50,2,46248744,"),
        ("markdown", "| 2 | 40 | 25,425,000 |", "| resnet50 | 2 | 46,248,744 |"),
        ("latex", "2 & 40 & 25,425,000 &", "resnet50 & 2 & 46,248,744 &"),
    ],
)
def test_every_format(printed, file_format: str, solved: str, swept: str) -> None:
    assert solved in printed("solve", "resnet50", "--to", "2", "--format", file_format)
    assert swept in printed("sweep", "resnet50", "--to", "2", "--format", file_format)


def test_a_sweep_is_each_network_by_itself(printed) -> None:
    out = printed("sweep", "resnet50", "resnext50_32x4d", "--turn", "cardinality", "--to", "64", "--format", "json")
    values = json.loads(out)
    assert [model["model"] for model in values["models"]] == ["resnet50", "resnext50_32x4d"]
    points = {point["cardinality"]: point for point in values["models"][1]["points"]}
    assert len(points) == 64
    assert points[32]["params"] == 25_028_904
    assert points[32].keys() == {"cardinality", "link", *QUANTITIES}
    assert assemble(from_link(points[64]["link"])).cost.macs == points[64]["macs"]


def test_a_sweep_leaves_out_what_is_no_network(printed) -> None:
    out = printed("sweep", "resnet50", "--turn", "depth", "--to", "6", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["blocks"], row["depth"]) for row in rows] == [("4", "14"), ("5", "17"), ("6", "20")]


def test_another_image_size(printed) -> None:
    out = printed("sweep", "resnet50", "--to", "1", "--image-size", "32", "--format", "csv")
    assert int(next(csv.DictReader(io.StringIO(out)))["macs"]) < 4_089_184_256 / 40
