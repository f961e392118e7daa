"""The first lesson: every step has its text, answers stay behind predictions, the address keeps step and chain."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.theory import Chain
from explorer.experiments.claims.degradation import SWEEP_CLAIM
from explorer.experiments.claims.measured import measured_outcomes
from explorer.ui.common.glossary import with_terms
from explorer.ui.labs.degradation_question import SWEEP_QUESTION
from explorer.ui.labs.shared import text
from explorer.ui.lesson import chain
from explorer.ui.lesson.page import STEPS
from explorer.ui.train.setup import DEFAULT_NETWORKS
from tests.pages.conftest import Bench


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in app.markdown)


def section(step: str) -> str:
    return with_terms(text.section("lesson", step))


def skip(app: AppTest, question: str) -> AppTest:
    return app.button(key=f"predict.{question}.skip").click().run()


@pytest.mark.parametrize("step", STEPS)
def test_every_step_shows_its_text_and_the_ways_on(bench: Bench, step: str) -> None:
    app = bench.open("lesson", step=step)
    assert not app.exception
    assert section(step) in words(app)
    names = list(STEPS)
    assert app.button(key="lesson.back").disabled == (step == names[0])
    assert app.button(key="lesson.next").disabled == (step == names[-1])
    for key in ("lesson.next", "lesson.back"):
        if not app.button(key=key).disabled:
            app.button(key=key).click().run()
    assert section(step if step != names[-1] else names[-2]) in words(app)


def test_the_stored_result_stays_behind_the_prediction(bench: Bench) -> None:
    app = bench.open("lesson")
    result = str(measured_outcomes()[SWEEP_CLAIM.name].numbers)
    assert result not in words(app)
    assert not any(given in words(app) for given in SWEEP_QUESTION.gives_away)
    assert result in words(skip(app, "sweep"))


def test_the_chain_stays_behind_the_prediction_and_follows_its_sliders(bench: Bench) -> None:
    app = bench.open("lesson", step="chain")
    assert not app.slider
    skip(app, "lesson.chain")
    assert chain.step_sentence(Chain(20, 0.5), Chain(20, 0.5, 1.0), 40) in words(app)
    app.slider(key="lesson.weight").set_value(0.1).run()
    app.slider(key="lesson.length").set_value(10).run()
    assert chain.step_sentence(Chain(10, 0.1), Chain(10, 0.1, 1.0), 20) in words(app)
    assert {name: app.query_params[name] for name in ("step", "weight", "length")} == {
        "step": "chain",
        "weight": "0.1",
        "length": "10",
    }


def test_the_chain_goes_step_by_step_forwards_and_back(bench: Bench) -> None:
    app = skip(bench.open("lesson", step="chain", length="2"), "lesson.chain")
    plain, residual = Chain(2, 0.5), Chain(2, 0.5, 1.0)
    app.button(key="lesson.chain.start").click().run()
    assert "Both chains begin with 1." in words(app)
    assert app.button(key="lesson.chain.back").disabled
    for at in (1, 2, 3, 4):
        app.button(key="lesson.chain.step").click().run()
        assert chain.step_sentence(plain, residual, at) in words(app)
    assert app.button(key="lesson.chain.step").disabled
    app.button(key="lesson.chain.back").click().run()
    assert chain.step_sentence(plain, residual, 3) in words(app)


def test_a_link_opens_a_step_and_values_that_do_not_fit_are_named(bench: Bench) -> None:
    app = bench.open("lesson", step="chain", weight="7", factor="0")
    (warning,) = app.warning
    assert "`weight`" in warning.value
    skip(app, "lesson.chain")
    assert app.slider(key="lesson.factor").value == 0
    assert app.slider(key="lesson.weight").value == 0.5


def test_the_race_starts_from_the_lesson(bench: Bench) -> None:
    app = bench.open("lesson", step="race")
    app.button(key="lesson.train").click().run()
    assert not app.exception
    (comparison,) = bench.store.comparisons()
    assert len(comparison.runs) == len(DEFAULT_NETWORKS)
