"""The Figures page: printed beside exact, links that open, and what happens when torchvision cannot be asked."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.published import published_tables
from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import PublishedWeights
from explorer.model import assemble, preset
from explorer.ui.figures import page
from tests.pages.conftest import Bench

WEIGHTS = PublishedWeights("resnet18", "IMAGENET1K_V1", True, 11689512, 1.814, 44.7, 69.758, 89.078, "", "", (1, 1))


@pytest.fixture(autouse=True)
def _without_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "published_weights", lambda: (WEIGHTS,))


def rows(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def test_table_6_of_he_2015_prints_what_we_count(bench: Bench) -> None:
    app = bench.open("figures")
    assert not app.exception
    found = rows(app).set_index("network")
    assert found.loc["ResNet-56", "exact_params"] == 853_018
    assert found.loc["ResNet-56", "params"] == "0.85M"
    assert found.loc["ResNet-56", "params_verdict"] == "rounds"
    assert found.loc["ResNet-110", "top1"] == "6.43"


def test_the_table_stands_in_the_address_and_a_bad_one_gets_a_sentence(bench: Bench) -> None:
    app = bench.open("figures", table="he2015-3")
    assert app.selectbox(key="table").value == "he2015-3"
    assert "ResNet-34 C" in set(rows(app)["network"])
    app.selectbox(key="table").set_value("resnext-3").run()
    assert app.query_params["table"] in ("resnext-3", ["resnext-3"])
    assert "'he2015-99'" in bench.open("figures", table="he2015-99").warning[0].value


def test_every_remark_stands_in_full_below_its_table(bench: Bench) -> None:
    app = bench.open("figures", table="he2015-6")
    assert "remark" not in rows(app)
    for table in published_tables():
        frame = page.table_frame(table)
        lines = page.remark_lines(frame)
        for row in frame.to_dict("records"):
            said = [line for line in lines if row["network"] in line.split("**")[1]]
            assert not row.get("remark") or any(line.endswith(row["remark"]) for line in said)
    frame = pd.DataFrame({"network": ["a", "b", "c"], "remark": ["as quoted", "", "as quoted"]})
    assert page.remark_lines(frame) == ["- **a, c**: as quoted"]


def test_every_link_names_a_network_that_the_page_counts_exactly() -> None:
    for table in published_tables():
        frame = page.table_frame(table)
        for row in frame.dropna(subset="Build").to_dict("records"):
            name = parse_qs(urlsplit(row["Build"]).query)["preset"][0]
            assert assemble(preset(name)).cost.params == row["exact_params"]
            assert parse_qs(urlsplit(row["Train"]).query)["net"] == [name]


def test_a_silent_torchvision_leaves_the_tables_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ChildError("The check ended with exit code 1.")

    def silent() -> None:
        raise error

    monkeypatch.setattr(page, "published_weights", silent)
    app = bench.open("figures")
    assert not app.exception
    assert str(error) in app.error[0].value
    assert len(rows(app)) > 5


def test_detection_is_printed_as_average_precision(bench: Bench) -> None:
    found = rows(bench.open("figures", table="resnext-8")).set_index("network")
    assert list(found.loc["ResNeXt-101 (32x4d)", ["ap50", "ap"]]) == ["51.9", "30.0"]
    assert "top1" not in found
    assert "ap" not in rows(bench.open("figures", table="resnext-3"))


def test_weights_are_marked_by_the_recipe_that_trained_them() -> None:
    """ResNeXt-101 64x4d has only V1, but was trained with the recipe of the others' V2."""
    links = {
        "https://github.com/pytorch/vision/tree/main/references/classification#resnet": page.FIRST_RECIPE,
        "https://github.com/pytorch/vision/pull/912#issue-445437439": page.FIRST_RECIPE,
        "https://github.com/pytorch/vision/issues/3995#new-recipe": page.NEW_RECIPE,
        "https://github.com/pytorch/vision/pull/5935": page.NEW_RECIPE,
    }
    frame = page.weights_frame([replace(WEIGHTS, recipe=link) for link in links])
    assert list(frame["trained"]) == list(links.values())
