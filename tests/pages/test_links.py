"""A link of a newer version, cut short or altered: on every page one sentence, and the usual network."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.model import preset
from explorer.model.link import to_link
from explorer.ui.compare.page import SETUP
from explorer.ui.compare.setup import DEFAULT_COMPARED
from explorer.ui.train.setup import DEFAULT_NETWORKS
from tests.pages.conftest import Bench
from tests.pages.sent import totals

GOOD = to_link(replace(preset("resnet18"), stage_blocks=(3, 4, 6, 13)))
BROKEN = {
    "newer": ("2" + GOOD[1:], "version 2"),
    "cut short": (GOOD[:-4], "cut short or altered"),
    "altered": (GOOD.replace("13", "14"), "cut short or altered"),
}
broken = pytest.mark.parametrize(("link", "words"), BROKEN.values(), ids=BROKEN)


def said(app: AppTest, words: str) -> list[str]:
    """What the page says of the link, each sentence once."""
    assert not app.exception
    shown = [each.value for each in [*app.warning, *app.error]]
    assert all("link" in text for text in shown), shown
    assert all(words in text for text in shown), shown
    return shown


@broken
def test_build(bench: Bench, link: str, words: str) -> None:
    app = bench.open(net=link)
    assert len(said(app, words)) == 1
    assert totals(app)["Parameters"] == "25,557,032"


@broken
def test_compare(bench: Bench, link: str, words: str) -> None:
    app = bench.open("compare", net=link)
    assert len(said(app, words)) == 1
    assert tuple(app.session_state[SETUP].named_networks) == DEFAULT_COMPARED
    assert app.dataframe[0].value["field"].tolist() == ["cardinality", "base_width"]


@broken
def test_train(bench: Bench, link: str, words: str) -> None:
    app = bench.open("train", net=link)
    assert len(said(app, words)) == 1
    assert tuple(app.multiselect(key="networks").value) == DEFAULT_NETWORKS


@broken
def test_labs(bench: Bench, link: str, words: str) -> None:
    app = bench.open("labs", lab="signal", net=link)
    assert len(said(app, words)) == 1
    assert not any("resnet18" in text.value.lower() for text in app.caption)


def test_what_is_whole_of_a_link_stands(bench: Bench) -> None:
    app = bench.open("compare", net=["resnet34", BROKEN["altered"][0], GOOD])
    assert len(said(app, "altered")) == 1
    assert app.session_state[SETUP].named_networks == ["resnet34", GOOD]
