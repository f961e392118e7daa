"""The language of a visit: the link's, the one chosen in this browser, the browser's own; switch and address."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.language import _, speaking
from explorer.ui.common import visitor_language
from tests.pages.conftest import Bench

PAGES = ("start", "lesson", "build", "compare", "train", "runs", "labs", "figures")


def in_language(app: AppTest) -> str:
    return str(app.session_state[visitor_language.LANGUAGE])


def address(app: AppTest) -> str | None:
    found = app.query_params.get(visitor_language.NAME)
    return found[0] if isinstance(found, list) else found


def test_without_a_choice_the_address_says_nothing(bench: Bench) -> None:
    app = bench.open("figures")
    assert (in_language(app), address(app)) == ("en", None)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_opens_in_its_language_and_keeps_it(bench: Bench, page: str) -> None:
    app = bench.open(page, lang="zh")
    assert not app.exception
    assert not app.warning
    assert in_language(app) == "zh_CN"
    with speaking("zh_CN"):  # A test that runs a page again looks up its menus' values by their labels.
        assert address(app.run()) in {"zh", "zh-CN"}
        assert _("Start") in [link.proto.label for link in app.get("page_link")]


def test_an_unknown_language_is_said_in_one_sentence(bench: Bench) -> None:
    app = bench.open("figures", lang="xx")
    (warning,) = app.warning
    assert "`lang`" in warning.value
    assert "zh-CN" in warning.value
    assert in_language(app) == "en"


def test_the_switch_changes_page_and_address(bench: Bench) -> None:
    app = bench.open("figures")
    app.session_state[visitor_language.LANGUAGE] = "zh_CN"
    app.session_state[visitor_language.CHOSEN] = True
    app.run()
    assert address(app) == "zh-CN"
    with speaking("zh_CN"):
        app.switch_page("../pages/runs.py").run()
    assert (in_language(app), address(app)) == ("zh_CN", "zh-CN")
