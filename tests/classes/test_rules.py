"""Codes, answers and their bounds, the limit on guesses, and cells that no spreadsheet takes for formulas."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.classes.credentials import ALPHABET, CODE_LENGTH, new_code, new_secret, read_code, spaced
from explorer.classes.csv_export import votes_table
from explorer.classes.errors import ClassError, TooManyGuessesError
from explorer.classes.guesses import MOST_BY_SERVER, MOST_BY_VISITOR, SECONDS, Guesses
from explorer.classes.questions import (
    CHOICE,
    KINDS,
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    NUMBER,
    TEXT,
    NewQuestion,
    nickname,
)
from explorer.classes.records import OPEN, Question, Vote


def test_a_code_is_read_however_it_is_typed() -> None:
    for code in {new_code() for _ in range(200)}:
        assert len(code) == CODE_LENGTH
        assert set(code) <= set(ALPHABET)
        assert {read_code(text) for text in (code, code.lower(), spaced(code), f" {code[:3]}-{code[3:]} ")} == {code}


def test_no_two_characters_of_a_code_are_mistaken_for_one_another() -> None:
    assert not set("AEIOU") & set(ALPHABET), "no words"
    for alike in ("O0QD", "I1LT", "5S", "2Z", "8B", "UV", "6G", "MN"):
        assert len(set(alike) & set(ALPHABET)) <= 1, alike


def sentence_or(function: Callable[..., str], *arguments: object) -> str:
    """What the function returns, or the sentence of the ClassError that it raises."""
    try:
        return function(*arguments)
    except ClassError as error:
        return str(error)


@given(st.text())
def test_any_text_is_a_code_or_a_sentence(text: str) -> None:
    assert len(sentence_or(read_code, text)) == CODE_LENGTH or sentence_or(read_code, text).endswith(".")


@given(st.sampled_from([*KINDS]), st.text())
def test_any_answer_is_kept_short_in_one_line_or_a_sentence(kind: str, text: str) -> None:
    kept = sentence_or(KINDS[kind], text, ("a", "b"))
    assert 0 < len(kept) <= LONGEST_ANSWER
    assert "\n" not in kept


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (CHOICE, "1", "1"),
        (NUMBER, " 0,5 ", "0.5"),
        (NUMBER, "-1e3", "-1000"),
        (TEXT, " <b>=1+1</b>\n\tso ", "<b>=1+1</b> so"),
        (TEXT, "残差连接", "残差连接"),
    ],
)
def test_answers_are_kept_as_they_are_meant(kind: str, text: str, kept: str) -> None:
    assert KINDS[kind](text, ("a", "b")) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [(CHOICE, "2"), (CHOICE, "-1"), (CHOICE, ""), (NUMBER, "nan"), (NUMBER, "1e400"), (NUMBER, "many"), (TEXT, " ")]
    + [(kind, "x" * 10_000) for kind in KINDS],
)
def test_what_is_no_answer_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ClassError):
        KINDS[kind](text, ("a", "b"))


@pytest.mark.parametrize(
    "values",
    [
        {"text": " "},
        {"text": "x" * (LONGEST_QUESTION + 1), "kind": TEXT},
        {"text": "?", "kind": "drawing"},
        {"text": "?", "options": ("one",)},
        {"text": "?", "options": ("one", "one")},
        {"text": "?", "options": ("one", " ")},
        {"text": "?", "options": ("one", "x" * 10_000)},
        {"text": "?", "options": tuple(map(str, range(11)))},
    ],
)
def test_what_is_no_question_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ClassError):
        NewQuestion(**values)  # type: ignore[arg-type]


def test_a_nickname_is_one_short_line() -> None:
    assert nickname(" An\nna\u202e ") == "An na"
    with pytest.raises(ClassError):
        nickname("x" * 10_000)


def test_guessing_is_slowed_down_for_a_visitor_and_for_the_server() -> None:
    now = 0.0
    guesses = Guesses(lambda: now)
    for _ in range(MOST_BY_VISITOR):
        guesses.check("mallory")
        guesses.note_wrong("mallory")
    with pytest.raises(TooManyGuessesError, match=f"{SECONDS:.0f} seconds"):
        guesses.check("mallory")
    guesses.check("alice")
    now = SECONDS
    guesses.check("mallory")
    for number in range(MOST_BY_SERVER):
        guesses.check(f"a new name {number}")
        guesses.note_wrong(f"a new name {number}")
    with pytest.raises(TooManyGuessesError):
        guesses.check("another new name")


def test_secrets_are_long_and_all_different() -> None:
    found = {new_secret() for _ in range(1000)}
    assert len(found) == 1000
    assert min(map(len, found)) >= 32


def vote(answer: str, kind: str = TEXT, text: str = "?", options: tuple[str, ...] = ()) -> Vote:
    return Vote(Question("q", "c", 1, "", "", kind, text, options, "", OPEN), 1, answer)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_cell_of_a_file_is_a_formula(start: str) -> None:
    hostile = f"{start}HYPERLINK(1)"
    votes = [vote(hostile), vote("0", CHOICE, hostile, (hostile, "b")), vote("-1.5", NUMBER)]
    table = votes_table(votes)
    cells = [*table["text"], *table["answer"]]
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "@", "＝", "-H"))] == []
    assert cells[-1] == "-1.5", "a number stays one"
