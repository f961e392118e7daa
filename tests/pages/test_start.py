"""The start page: its doors lead to results, and the bare address opens it for a browser's first visit only."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments.claims.degradation import SWEEP_CLAIM
from explorer.experiments.claims.measured import measured_outcomes
from explorer.language import told
from explorer.ui.labs.degradation_question import SWEEP_QUESTION
from explorer.ui.labs.shared.predict import SKIPPED
from explorer.ui.start import arrival, page
from explorer.ui.train.setup import DEFAULT_NETWORKS
from explorer.ui.train.setup_panel import COMPARISON
from tests.pages.conftest import Bench

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"


def button(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_every_door_leads_somewhere(bench: Bench) -> None:
    app = bench.open("start")
    assert not app.exception
    assert [each.value for each in app.markdown if each.value.startswith("### ")] == [
        f"### {name}" for name in (page.LEARN, page.BUILD, page.TRAIN)
    ]
    links = {each.proto.label: each.proto for each in app.get("page_link")}
    assert links[page.OPEN_BUILD].query_string == "preset=resnet50"
    assert links[page.OPEN_COMPARE].query_string == "net=resnet50&net=resnext50_32x4d"


@pytest.mark.parametrize(("key", "answer"), [("start.answer.0", 0), ("start.answer.2", 2), ("start.lesson", SKIPPED)])
def test_an_answer_opens_the_lesson_with_its_result(bench: Bench, key: str, answer: int) -> None:
    app = button(bench.open("start"), key)
    assert not app.exception
    shown = any(f"Your answer: {told(SWEEP_QUESTION.options[answer])}" in each.value for each in app.markdown)
    assert shown == (answer != SKIPPED)
    assert any(told(SWEEP_QUESTION.reveal) == each.value for each in app.markdown)
    result = str(measured_outcomes()[SWEEP_CLAIM.name].numbers)
    assert any(result in each.value for each in app.markdown), "the record's result, without a computation"


def test_train_starts_the_default_comparison_once(bench: Bench) -> None:
    app = button(bench.open("start"), "start.train")
    assert not app.exception
    (comparison,) = bench.store.comparisons()
    assert app.session_state[COMPARISON] == comparison.id
    assert len(comparison.runs) == len(DEFAULT_NETWORKS)
    assert bench.launcher.woken == 1
    app.switch_page("../pages/start.py").run()
    button(app, "start.train")
    assert [each.id for each in bench.store.comparisons()] == [comparison.id]
    bench.store.request("cancel", [run.id for run in comparison.runs])
    app.switch_page("../pages/start.py").run()
    button(app, "start.train")
    assert len(bench.store.comparisons()) == 2, "a cancelled one shows no result"


def visit(monkeypatch: pytest.MonkeyPatch, agent: str, **cookies: str) -> None:
    monkeypatch.setattr(
        arrival,
        "st",
        SimpleNamespace(
            context=SimpleNamespace(headers={"User-Agent": agent} if agent else {}, cookies=cookies),
        ),
    )


def is_start(app: AppTest) -> bool:
    return any(each.value == f"## {page.TITLE}" for each in app.markdown)


def test_the_first_visit_to_the_bare_address_shows_the_start_page(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(monkeypatch, CHROME)
    assert is_start(bench.open())
    assert not is_start(bench.open(preset="resnet18"))
    assert not is_start(bench.open("compare"))


@pytest.mark.parametrize(
    ("agent", "cookies"),
    [("", {}), ("Python/3.13 websockets/15.0", {}), (CHROME, {arrival.COOKIE: arrival.SEEN})],
    ids=["no browser", "a program", "a later visit"],
)
def test_others_get_build_at_the_bare_address(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, agent: str, cookies: dict[str, str]
) -> None:
    visit(monkeypatch, agent, **cookies)
    app = bench.open()
    assert not is_start(app)
    assert [each for each in app.get("select_slider") if each.label.startswith("Blocks, stage")]


def test_the_accessibility_statement_opens_at_the_foot(bench: Bench) -> None:
    app = bench.open("start")
    assert not any("WCAG" in each.value for each in app.markdown)
    app = button(app, "start.accessibility")
    assert not app.exception
    assert any("partially conformant" in each.value for each in app.markdown)
