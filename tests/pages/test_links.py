"""A link of a newer version, cut short or altered: on every page one sentence, and the usual network."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.model import preset
from explorer.model.controls import CONTROLS
from explorer.model.field_types import Text
from explorer.model.link import to_link
from explorer.ui.addresses import ADDRESSES
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_types import Value
from explorer.ui.compare.page import SETUP
from explorer.ui.compare.setup import DEFAULT_COMPARED
from explorer.ui.labs.registry import LABS, part_address
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


BAD = "no such value"
TABLES = {page or "build": address for page, address in ADDRESSES.items() if page != "labs"}


def bad_query(address: PageAddress) -> dict[str, str | list[str]]:
    """A value that does not fit, for every field; a text that is too long for those that take any text."""
    texts = {field.name: field.type.kind.longest for field in address.fields if _takes_any_text(field)}
    return {field.name: "x" * (texts[field.name] + 1) if field.name in texts else BAD for field in address.fields}


def _takes_any_text(field: AddressField) -> bool:
    return isinstance(field.type, Value) and isinstance(field.type.kind, Text)


@pytest.mark.parametrize("page", TABLES)
def test_every_field_with_a_bad_value_is_one_sentence_and_the_page_works(bench: Bench, page: str) -> None:
    query = bad_query(TABLES[page])
    app = bench.open(page, **query, nosuch="1")
    assert not app.exception
    shown = [each.value for each in app.warning]
    controls = {name for name in query if name in CONTROLS} if page == "build" else set()
    for field in TABLES[page].fields:
        if field.name not in controls:
            assert sum(text.count(f"(`{field.name}`)") for text in shown) == 1, field.name
    assert sum("'nosuch'" in text for text in shown) == 1
    beside = [each.value for each in app.error if "link's value" in each.value]
    assert len(beside) == len(controls)
    assert app.main.children


@pytest.mark.parametrize(("lab", "part"), [(lab.name, part.name) for lab in LABS.values() for part in lab.parts])
def test_every_field_of_a_lab_with_a_bad_value_is_one_sentence(bench: Bench, lab: str, part: str) -> None:
    address = part_address(LABS[lab], LABS[lab].part(part))
    app = bench.open("labs", **bad_query(address) | {"lab": lab, "part": part}, nosuch="1")
    assert not app.exception
    names = [field.name for field in address.fields if field.name not in ("lab", "part")]
    assert [sum(f"(`{name}`)" in each.value for each in app.warning) for name in names] == [1] * len(names)
    assert sum("'nosuch'" in each.value for each in app.warning) == 1


def test_an_unknown_lab_or_part_is_one_sentence(bench: Bench) -> None:
    for query, name in (({"lab": BAD}, "lab"), ({"lab": "signal", "part": BAD}, "part")):
        (sentence,) = [each.value for each in bench.open("labs", **query).warning]
        assert f"(`{name}`)" in sentence


def test_a_block_that_the_network_does_not_have_is_one_sentence_and_one_in_a_row_of_equals_opens(bench: Bench) -> None:
    (sentence,) = [each.value for each in bench.open(opened="layer9.1").warning]
    assert "(`opened`)" in sentence
    app = bench.open(opened="layer3.4")
    assert not app.warning
    assert app.selectbox(key="graph.block").value == "layer3.1"
