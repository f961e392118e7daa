"""Build's Paths: binomial numbers to the last digit, one path in a plain network, and the way to the lab."""

import json
from math import comb

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.theory import path_layers
from explorer.model import assemble, preset
from explorer.ui.build.paths import PAPER, number, path_table
from explorer.ui.build.view_options import LENGTHS
from tests.pages.conftest import Bench
from tests.texts import numbers


def open_paths(bench: Bench, **query: str) -> AppTest:
    app = bench.open(**query)
    app.session_state["left.tables"] = "Paths"
    app.run()
    assert not app.exception
    return app


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_54_blocks_have_two_to_the_54_paths_and_most_are_half_as_long(bench: Bench) -> None:
    """Veit et al. 2016, Fig. 6 (a): a ResNet-110; over 95 % of its paths pass 19 to 35 blocks."""
    app = open_paths(bench, preset="cifar_resnet110")
    shown = metrics(app)
    assert shown["Paths"] == "1.80 × 10¹⁶"
    assert (shown["Mean length"], shown["The longest"]) == ("27", "54")
    low, high = map(int, shown["95 % of them"].split(" to "))
    assert 19 <= low <= high <= 35
    table = app.dataframe[0].value
    assert list(table["paths"])[:3] == ["1", "54", f"{comb(54, 2):,}"]
    assert len(table) == 55 + 1
    layout = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]
    assert LENGTHS["branches"] in layout["xaxis"]["title"]["text"]


def test_lengths_in_layers_count_projections(bench: Bench) -> None:
    app = open_paths(bench, preset="resnet18")
    app.segmented_control(key="paths.counted").set_value("layers").run()
    assert not app.exception
    assert metrics(app)["The longest"] == "18"
    table = app.dataframe[0].value
    # Blocks of two convolutions, three of them with a projection: 2 + (1 or 2) * 3 + (0 or 2) * 5 layers, all of them.
    expected = path_layers(assemble(preset("resnet18")))
    assert list(table["paths"])[:-1] == [f"{count:,}" for count in expected if count]
    assert table["paths"].iloc[-1] == "256"
    assert min(length for length, count in enumerate(expected) if count) == 2 + 3


def test_the_files_hold_every_digit() -> None:
    counts = tuple(comb(600, k) for k in range(601))
    table = path_table(counts, exact=True)
    assert [row[1] for row in table.rows] == list(counts)
    assert table.totals is not None
    assert table.totals[1] == 2**600
    assert sum(float(str(row[2])) for row in table.rows) == pytest.approx(1)


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "1"), (999_999_999_999_999, "999,999,999,999,999"), (2**54, "1.80 × 10¹⁶"), (10**15, "1.00 × 10¹⁵")],
)
def test_numbers_are_written_as_they_can_be_read(value: int, words: str) -> None:
    assert number(value) == words


def test_numbers_beyond_any_float_are_written_too() -> None:
    assert number(2**1500) == "3.51 × 10⁴⁵¹"
    assert number(9_999 * 10**400) == "1.00 × 10⁴⁰⁴"


def test_a_plain_network_has_one_path(bench: Bench) -> None:
    app = open_paths(bench, preset="cifar_plain20")
    (said,) = (each.value for each in app.main.markdown if PAPER in each.value)
    assert "9" in numbers(said), "blocks"
    assert not app.dataframe
    assert not app.get("plotly_chart")


def test_a_network_that_fails_half_way_shows_the_paths_up_to_there(bench: Bench) -> None:
    app = open_paths(bench, stage_widths="512-256-128-64", shortcut="pad")
    assert metrics(app)["Paths"] == "8"
