"""Answers, their score and their sheet, and questions on what a result shows."""

from dataclasses import replace
from datetime import date
from math import nan

import pytest

from explorer.experiments.result import Training
from explorer.ui.labs import neighbouring_gradients, starts_questions, two_inputs, weight_decay
from explorer.ui.labs.shared import seen
from explorer.ui.labs.shared.answers import Answers
from explorer.ui.labs.shared.prediction_sheet import TITLE, as_html, entries, score, sheet_html
from explorer.ui.labs.shared.questions import SKIPPED, Answer, Question

FIRST = Question("one", "What **is** it?", ("a < b", "b"), 0, "Since $0.9^{8} = 0.43$.", {"b": "It is not b."})
SECOND = Question("one.seen", "What did you see?", ("c", "d"), 1, "As measured here: d.")
OTHER = Question("two", "And here?", ("e", "f"), 0, "So it is.")


def test_only_given_predictions_count() -> None:
    given = [Answer(FIRST, 1), Answer(SECOND, 1), Answer(OTHER, SKIPPED)]
    found = entries({each.question.name: each for each in given})
    assert score(found) == f"{TITLE}: 0 of 1 right", "neither the second question nor a skipped one"
    assert score(entries({"one": Answer(FIRST, 0), "two": Answer(OTHER, 0)})) == f"{TITLE}: 2 of 2 right"
    assert score([]) == TITLE


def test_the_sheet_has_prediction_what_was_seen_the_right_answer_and_why() -> None:
    found = entries({"one": Answer(FIRST, 1, "Lab 1"), "one.seen": Answer(SECOND, 0)})
    html = sheet_html(found, date(2026, 1, 2))
    for said in ("Lab 1", "What <b>is</b> it?", "b (wrong)", "a &lt; b", "It is not b.", "0.9<sup>8</sup> = 0.43"):
        assert said in html
    for said in ("What did you see?", "<dd>c</dd>", "d As measured here: d.", "2026-01-02", "@media print"):
        assert said in html


def test_no_markup_of_an_answer_reaches_the_sheet() -> None:
    assert as_html("<script>**x**</script>") == "&lt;script&gt;<b>x</b>&lt;/script&gt;"


def test_the_browser_that_answered_longest_ago_is_forgotten() -> None:
    answers = Answers(most=2)
    for owner in ("a", "b", "a", "c"):
        answers.keep(owner, Answer(FIRST, 0))
    assert [bool(answers.of(owner)) for owner in "abc"] == [True, False, True]
    answers.keep("a", Answer(FIRST, 1))
    answers.keep("a", Answer(OTHER, 0))
    assert [(name, each.chosen) for name, each in answers.of("a").items()] == [("one", 1), ("two", 0)]
    answers.forget("a", "one")
    assert list(answers.of("a")) == ["two"]


def test_a_sentence_on_the_right_option_is_refused() -> None:
    with pytest.raises(ValueError, match="one"):
        Question("one", "?", ("a", "b"), 0, "", {"a": "No."})


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({"a": [2.0, 2.2], "b": [1.0, 1.8]}, "a"),
        ({"a": [2.0, 2.2], "b": [1.0, 2.1]}, seen.NOT_CLEAR),
        ({"a": [2.0], "b": [1.9]}, seen.NOT_CLEAR),
        ({"a": [2.0], "b": [nan]}, "b"),
        ({"a": [2.0, nan], "b": [1.0, 1.0]}, "a"),
    ],
)
def test_the_highest_is_named_only_where_it_is_clear(values: dict[str, list[float]], right: str) -> None:
    question = seen.highest("q.seen", "Which?", values)
    assert question is not None
    assert question.options[question.right] == right
    assert set(question.why_not) == set(question.options) - {right}


def test_one_network_alone_is_no_question() -> None:
    assert seen.highest("q.seen", "Which?", {"a": [1.0], "b": []}) is None


def test_the_highest_loss_is_that_of_a_training_that_diverged() -> None:
    ended = Training("a", 0, (), (), 2.0, 50.0, 1.0)
    labelled = [("low", ended), ("low", replace(ended, train_loss=1.9)), ("lost", replace(ended, diverged="NaN."))]
    question = seen.highest_loss("q.seen", labelled)
    assert question is not None
    assert question.options[question.right] == "lost"
    assert seen.highest_loss("q.seen", labelled[:2]) is None


def test_questions_follow_the_request() -> None:
    assert [neighbouring_gradients.question(depth).right for depth in (8, 20, 32, 56)] == [0, 1, 2, 2]
    assert "32 layers" in str(neighbouring_gradients.question(32).text)
    answers = [question.options[question.right] for depth in (8, 50) for question in map_norms(depth)]
    assert answers == [two_inputs.KEPT, two_inputs.ALL_ALIKE, two_inputs.FORGOTTEN, two_inputs.ALL_ALIKE]
    assert "8 layers" in str(weight_decay.question(8).text)
    assert "0.0001 and with 0.03" in str(weight_decay.question(8, (0.03, 0.0001)).text)
    assert "0 and with 0.1" in str(weight_decay.question(8, (0.0001, 0.001)).text)
    assert "20 layers" in str(starts_questions.grid_question(20).text)
    for other in (starts_questions.grid_question(20, "batch"), starts_questions.branch_question(20)):
        assert "Asked of 56 layers" in str(other.text)
    assert "Asked of" not in str(starts_questions.branch_question(56).text)


def map_norms(depth: int) -> list[Question]:
    return [two_inputs.question(norm, depth) for norm in ("batch", "none")]
