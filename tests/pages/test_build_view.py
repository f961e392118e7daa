"""Build's address brings back how it was looked at: the open tab, colours, columns, settings of a measurement."""

import pytest

from explorer.outputs.tables.network_tables import KINDS
from explorer.ui.build.view_options import ADDRESS, VIEW_GROUPS
from explorer.ui.measuring.panel import SETTINGS
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager
from tests.pages.sent import totals
from tests.pages.test_build import address

__all__ = ["job_manager"]


def test_columns_and_tab_are_in_the_address_and_come_back(bench: Bench) -> None:
    app = bench.open(preset="resnet18")
    app.session_state["left.tables"] = "Blocks"
    app.run()
    app.pills(key="blocks.columns").set_value(["kernel", "field_longest"]).run()
    assert address(app)["tab"] == "Blocks"
    assert address(app)["blocks.columns"] == "kernel.field_longest"
    again = bench.open(**address(app))
    assert not again.exception
    assert not again.warning
    assert tuple(again.dataframe[0].value.columns) == ("path", "kernel", "field_longest")
    assert totals(again)["Parameters"] == "11,689,512"
    again.button(key="blocks.all").click().run()
    assert address(again)["blocks.columns"] == "all"
    assert tuple(bench.open(**address(again)).dataframe[0].value.columns) == tuple(KINDS["blocks"].columns)
    again.button(key="blocks.usual").click().run()
    assert "blocks.columns" not in address(again)


def test_settings_of_a_measurement_come_back(bench: Bench, job_manager: FakeJobManager) -> None:
    app = bench.open(tab="Memory")
    app.selectbox(key="measure.batch").set_value("32").run()
    app.selectbox(key="measure.optimiser").set_value("adam").run()
    assert address(app) == {"tab": "Memory", "batch": "32", "optimiser": "adam"}
    again = bench.open(**address(app))
    assert again.selectbox(key="measure.batch").value == "32"
    assert again.selectbox(key="measure.optimiser").value == "adam"


def test_a_colour_comes_back_and_a_fresh_page_has_a_bare_address(bench: Bench) -> None:
    app = bench.open()
    assert address(app) == {}
    app.selectbox(key="overview.colour").set_value("macs").run()
    assert address(app) == {"colour": "macs"}
    assert bench.open(colour="macs").selectbox(key="overview.colour").value == "macs"


def test_an_identity_block_is_open_at_first_and_another_one_comes_back(bench: Bench) -> None:
    app = bench.open(preset="resnet50")
    assert app.selectbox(key="graph.block").value == "layer1.1"
    assert app.latex
    assert address(app) == {}
    assert bench.open(preset="cifar_plain20").selectbox(key="graph.block").value == "layer1.0"
    app.selectbox(key="graph.block").set_value("layer3.1").run()
    assert address(app) == {"opened": "layer3.1"}
    again = bench.open(preset="resnet50", **address(app))
    assert again.selectbox(key="graph.block").value == "layer3.1"
    assert again.latex
    again.segmented_control(key="graph.level").set_value("stage").run()
    assert address(again) == {"opened": "layer3.1", "graph": "stage"}
    assert bench.open(**address(again)).segmented_control(key="graph.level").value == "stage"
    again.session_state["left.tables"] = "JSON"
    again.run()
    assert address(again) == {"opened": "layer3.1", "graph": "stage", "tab": "JSON"}
    again.session_state["left.tables"] = "Graph"
    again.run()
    again.segmented_control(key="graph.level").set_value("one").run()
    assert again.selectbox(key="graph.block").value == "layer3.1"


def test_every_group_of_views_brings_back_the_view_that_was_open_in_it(bench: Bench) -> None:
    app = bench.open()
    assert app.segmented_control(key="views").value == "Picture"
    app.segmented_control(key="views").set_value("Numbers").run()
    assert address(app) == {"tab": "Stages"}
    app.segmented_control(key="tables").set_value("Layers").run()
    app.segmented_control(key="views").set_value("Take away").run()
    assert address(app) == {"tab": "Code"}
    app.segmented_control(key="views").set_value("Numbers").run()
    assert address(app) == {"tab": "Layers"}
    assert [VIEW_GROUPS[name][0] for name in app.segmented_control(key="views").options] == [
        "Graph",
        "Stages",
        "Proof",
        "File",
        "Code",
    ]


def test_a_badge_opens_what_proves_it(bench: Bench) -> None:
    app = bench.open()
    app.button(key="badge.paper").click().run()
    assert address(app) == {"tab": "Proof"}
    assert app.button(key="badge.paper").help


@pytest.mark.parametrize(
    "query",
    [
        {"opened": "layer9.9"},
        {"opened": "../../etc"},
        {"graph": "everything"},
        {"tab": "Nowhere"},
        {"colour": "<script>"},
        {"groups": "Body.Nowhere"},
        {"blocks.columns": "kernel.nosuch", "tab": "Blocks"},
        {"batch": "-1", "device": "toaster", "tab": "Timing"},
        {"lengths": "metres", "tab": "Paths"},
    ],
)
def test_a_view_that_cannot_be_leaves_the_usual_one_and_is_said(
    bench: Bench, job_manager: FakeJobManager, query: dict[str, str]
) -> None:
    app = bench.open(**query)
    assert not app.exception
    wrong = set(query) - {"tab"} or {"tab"}
    assert len(app.warning) == len(wrong)
    assert all(any(f"`{name}`" in warning.value for warning in app.warning) for name in wrong)
    assert totals(app)["Parameters"] == "25,557,032"
    assert set(address(app)) <= {"tab"}


def test_a_setting_of_a_measurement_begins_as_its_menu_does() -> None:
    defaults = ADDRESS.defaults()
    assert {name: setting.first for name, setting in SETTINGS.items()} == {name: defaults[name] for name in SETTINGS}
