"""Tables: what is in them, that totals sum, and that every format can be read back."""

import csv
import io
import re
from math import prod
from pathlib import Path

import pytest

from explorer.analysis.network import Analysis, analyse
from explorer.model import assemble, preset
from explorer.outputs.formatting import FLOPS
from explorer.outputs.tables.network_tables import KINDS, make_table, totals_table
from explorer.outputs.tables.table import FORMATS, Ratio, Share, Table, to_csv, to_latex, to_markdown, to_text

GOLDEN = Path(__file__).parent / "golden"
PARAMS = 25_557_032


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse(assemble(preset("resnet50")))


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_line_sums_every_column_it_fills(analysis: Analysis, kind: str):
    table = make_table(analysis, kind, tuple(KINDS[kind].columns))
    assert table.totals is not None
    assert table.totals[0] == "total"
    assert all(column.help for column in KINDS[kind].columns.values() if column.totals), "a count needs its unit"
    summed = [place for place, cell in enumerate(table.totals) if place and cell is not None]
    assert summed
    for place in summed:
        assert table.totals[place] == pytest.approx(sum(row[place] for row in table.rows)), table.keys[place]
    assert dict(zip(table.keys, table.totals, strict=True))["params"] == PARAMS
    assert dict(zip(table.keys, table.totals, strict=True))["macs_share"] == pytest.approx(1)


MANY = (
    *("resnet18", "resnet152", "resnext101_64x4d", "wide_resnet50_2", "keras_resnet50", "keras_signs_resnet50"),
    *("cifar_resnet20", "cifar_plain56", "cifar_preact164", "cifar_wrn28_10", "cifar_resnext29_8x64d"),
)


@pytest.mark.parametrize("name", MANY)
def test_every_table_sums_to_the_same_totals(name: str):
    graph = assemble(preset(name))
    analysis = analyse(graph)
    image = 4 * prod(graph.input_shape)
    expected: dict[str, float] = graph.cost._asdict() | {
        "flops": 2 * graph.cost.macs,
        "params_share": 1.0,
        "macs_share": 1.0,
        "output_bytes": 4 * sum(prod(node.shape) for _, node in graph.nodes()),
        "saved_bytes": analysis.memory.saved_activations - image,
        "blocks": sum(1 for _, placed in graph.placed_blocks() if placed.path),
    }
    for kind, table_kind in KINDS.items():
        table = make_table(analysis, kind, tuple(table_kind.columns))
        assert table.totals is not None
        for place, (key, column) in enumerate(table_kind.columns.items()):
            if column.totals:
                assert table.totals[place] == pytest.approx(expected[key], abs=1e-9), (kind, key)


@pytest.mark.parametrize("name", MANY)
def test_fields_and_strides_of_stages_and_blocks_are_those_of_their_last_layers(name: str):
    graph = assemble(preset(name))
    analysis = analyse(graph)
    table = make_table(analysis, "blocks", ("path", "stride", "field_shortest", "field_longest"))
    before = 1
    for (_, placed), row in zip(graph.placed_blocks(), table.rows, strict=True):
        field = analysis.receptive[placed.node_path(placed.block.nodes[-1])]
        assert row[2:] == (field.shortest, field.longest)
        # A global pool ends the map: there is no stride to tell.
        assert row[1] == (field.step // before if field.step else None), row[0]
        before = field.step or before
    stages = make_table(analysis, "stages", ("name", "field_longest"))
    assert dict(stages.rows)[graph.stages[-2].name] == analysis.receptive_field.longest  # type: ignore[arg-type]


def test_published_receptive_fields_stand_in_the_table(analysis: Analysis):
    """Araujo et al. 2019 (Distill): 427 for a ResNet-50 with the stride on the 3x3; here also the shortest way's."""
    rows = {row[0]: row[1:] for row in make_table(analysis, "blocks", ("path", "field_shortest", "field_longest")).rows}
    assert rows["layer4.2"] == (11, 427)
    assert rows["stem"] == (11, 11)


def test_kernels_strides_and_groups_of_blocks():
    table = make_table(
        analyse(assemble(preset("resnext50_32x4d"))), "blocks", ("path", "kernel", "stride", "groups", "stage")
    )
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["layer1.0"] == ("1-3-1", 1, 32, "layer1")
    assert rows["layer2.0"] == ("1-3-1", 2, 32, "layer2")
    assert rows["stem"] == ("7-3", 4, 1, "stem")
    assert rows["head"] == (None, None, None, "head")


def test_a_first_column_that_sums_has_its_sum(analysis: Analysis):
    assert make_table(analysis, "stages", ("params", "macs")).totals == (PARAMS, 4_089_184_256)


def test_there_is_a_row_for_every_stage_block_and_layer(analysis: Analysis):
    assert {kind: len(make_table(analysis, kind).rows) for kind in KINDS} == {"stages": 6, "blocks": 18, "layers": 175}


def test_columns_come_as_asked_for(analysis: Analysis):
    table = make_table(analysis, "layers", ("path", "macs", "groups"))
    assert table.keys == ("path", "macs", "groups")
    assert table.rows[0] == ("conv1", 118_013_952, 1)


def test_an_unknown_column_is_an_error(analysis: Analysis):
    with pytest.raises(KeyError):
        make_table(analysis, "stages", ("nosuch",))


def test_totals_table_holds_both_macs_and_flops(analysis: Analysis):
    rows = dict(totals_table(analysis).rows)
    assert rows[FLOPS] == 2 * rows["MACs"] == 8_178_368_512
    assert rows["parameters"] == PARAMS
    assert not any("FLOPs" in label and "MACs" not in label for label in rows)


def test_golden_text_of_the_stages():
    table = make_table(analyse(assemble(preset("cifar_resnet20"))), "stages")
    golden = (GOLDEN / "cifar_resnet20-stages.txt").read_text(encoding="utf-8")
    assert to_text(table) == golden
    # A golden file can be wrong from the start: its own numbers must add up, and to the constant.
    rows = [
        re.split(r"  +", line.strip()) for line in golden.splitlines() if line.startswith(("stem", "layer", "head"))
    ]
    totals = re.split(r"  +", next(line for line in golden.splitlines() if line.startswith("total")))
    assert [sum(int(row[place].replace(",", "")) for row in rows) for place in (4, 5, 6, 8)] == [
        int(totals[place].replace(",", "")) for place in (2, 3, 4, 6)
    ]
    assert totals[2] == "269,722"


def test_csv_holds_plain_numbers(analysis: Analysis):
    rows = list(csv.DictReader(io.StringIO(to_csv(make_table(analysis, "layers")))))
    assert len(rows) == 175
    assert sum(int(row["params"]) for row in rows) == PARAMS
    assert rows[0]["output_shape"] == "64x112x112"
    assert sum(float(row["macs_share"]) for row in rows) == pytest.approx(1)


def test_markdown_has_as_many_cells_in_every_line(analysis: Analysis):
    lines = to_markdown(make_table(analysis, "blocks")).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 2 + 18 + 1
    assert "---:" in lines[1]
    assert lines[-1].startswith("| **total** |")


def test_markdown_and_latex_escape_what_they_must():
    table = Table("t", ("a",), ("50 % & x_1",), (("a|b",), ("{<}",)))
    assert "a\\|b" in to_markdown(table)
    assert "50 \\% \\& x\\_1 \\\\" in to_latex(table)
    assert "\\{$<$\\} \\\\" in to_latex(table)


def test_latex_aligns_numbers_to_the_right(analysis: Analysis):
    text = to_latex(make_table(analysis, "stages", ("name", "params", "output_shape")))
    assert text.startswith("\\begin{tabular}{lrl}\n\\toprule\n")
    assert "25,557,032" in text
    assert r"64 $\times$ 56 $\times$ 56" in text


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_table_can_be_written(name: str):
    assert FORMATS[name](Table("empty", ("a", "b"), ("a", "b"), ()))


def test_shares_and_ratios_are_worded():
    text = to_text(Table("t", ("a", "b"), ("a", "b"), ((Share(0.5), Ratio(1.346)),)))
    assert text.splitlines()[-1] == "50.0 %  × 1.35"
