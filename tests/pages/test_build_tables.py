"""Build's tables: sums, columns of one's choice, and files that hold what is shown."""

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.network import analyse
from explorer.model import assemble, preset
from explorer.outputs.tables.network_tables import KINDS, make_table
from explorer.outputs.tables.table import to_csv
from tests.pages.conftest import Bench

VIEWS = {"stages": "Stages", "blocks": "Blocks", "layers": "Layers"}


def open_table(bench: Bench, kind: str, **query: str) -> AppTest:
    app = bench.open(**query)
    app.session_state["left.tables"] = VIEWS[kind]
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_can_be_shown_and_what_sums_has_its_sum(bench: Bench, kind: str) -> None:
    app = open_table(bench, kind, preset="resnet18")
    assert tuple(app.dataframe[0].value.columns) == KINDS[kind].on_page
    app.button(key=f"{kind}.all").click().run()
    table = app.dataframe[0].value
    assert tuple(table.columns) == tuple(KINDS[kind].columns)
    for name, column in KINDS[kind].columns.items():
        if column.totals:
            assert table[name].iloc[:-1].sum() == pytest.approx(table[name].iloc[-1]), name
    assert table["params"].iloc[-1] == 11_689_512
    assert table["macs_share"].iloc[-1] == pytest.approx(1)
    assert table["saved_bytes"].iloc[-1] == analyse(assemble(preset("resnet18"))).memory.saved_activations - 4 * 150_528
    app.button(key=f"{kind}.usual").click().run()
    assert tuple(app.dataframe[0].value.columns) == KINDS[kind].on_page


def test_a_chosen_column_shows_and_stays_for_another_network_and_after_another_tab(bench: Bench) -> None:
    app = open_table(bench, "blocks", preset="resnet18")
    app.pills(key="blocks.columns").set_value(["field_longest", "kernel"]).run()
    table = app.dataframe[0].value
    assert tuple(table.columns) == ("path", "kernel", "field_longest"), "in the table's order"
    assert table.loc[table["path"] == "layer4.1", "field_longest"].item() == 435
    assert table.loc[table["path"] == "layer1.0", "kernel"].item() == "3-3"
    app.session_state["left.tables"] = "JSON"
    app.run()
    app.session_state["left.tables"] = "Blocks"
    app.selectbox(key="preset").set_value("resnet50").run()
    assert tuple(app.dataframe[0].value.columns) == ("path", "kernel", "field_longest")
    assert app.dataframe[0].value["kernel"].iloc[1] == "1-3-1"


def test_nothing_chosen_leaves_the_names_of_the_rows(bench: Bench) -> None:
    app = open_table(bench, "stages")
    app.pills(key="stages.columns").set_value([]).run()
    assert not app.exception
    assert list(app.dataframe[0].value["name"]) == ["stem", "layer1", "layer2", "layer3", "layer4", "head", "total"]


def test_a_network_that_fails_half_way_has_tables_up_to_there(bench: Bench) -> None:
    app = open_table(bench, "blocks", stage_widths="512-256-128-64", shortcut="pad")
    app.button(key="blocks.all").click().run()
    assert not app.exception
    assert app.dataframe[0].value["path"].iloc[-2] == "layer1.2"


def test_the_csv_is_the_table() -> None:
    table = make_table(analyse(assemble(preset("resnet18"))), "blocks", ("path", "kernel", "saved_bytes"))
    read = list(csv.DictReader(io.StringIO(to_csv(table))))
    assert [row["kernel"] for row in read][1:9] == ["3-3"] * 8
    assert sum(int(row["saved_bytes"]) for row in read) == table.totals[-1]  # type: ignore[index]
