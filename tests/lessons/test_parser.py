"""Lessons from Markdown: what is written is read, each fault has its line, and nothing makes the parser fail."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lessons.lesson import ALL, MOST_STEPS, OWN, PAGE, Fault, ReadLesson
from explorer.lessons.parser import MOST_CHARACTERS, UNTITLED, read_lesson
from tests.lessons.tables import TwoPages

GOOD = """\
# Depth

For beginners.

| minutes | page | what to do | open controls | question |
| ---: | --- | --- | --- | --- |
| 5 | | Think. | | own |
| 10 | `/plain?depth=20&depth=3` | Look. | depth, `width` | |
| 3 | /asking | Predict. | all | page |

## First

Read *this*.

### Question

Which one?

- [ ] the left
- [x] the right

### Reveal

The right one.

### A heading of its own

stays.

## Second

Look at the picture.

### On paper

| a | b |
| --- | --- |
| | |

### For the teacher

Wait.

## Third
"""


def read(text: str) -> ReadLesson:
    return read_lesson("mine", text, TwoPages())


def changed(before: str, after: str) -> ReadLesson:
    assert GOOD.count(before) == 1
    return read(GOOD.replace(before, after))


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_lesson_is_what_is_written() -> None:
    lesson, faults = read(GOOD).lesson, read(GOOD).faults
    assert faults == ()
    assert (lesson.name, lesson.title, lesson.introduction, lesson.minutes) == ("mine", "Depth", "For beginners.", 18)
    first, second, third = lesson.steps
    assert (first.title, first.page, first.task, first.minutes, first.question) == ("First", None, "Think.", 5, OWN)
    assert first.text == "Read *this*."
    assert first.reveal == "The right one.\n\n### A heading of its own\n\nstays."
    assert first.own is not None
    assert (first.own.asked.text, first.own.asked.options, first.own.right) == (
        "Which one?",
        ("the left", "the right"),
        1,
    )
    assert (second.page, second.query, second.controls) == ("plain", {"depth": ("20", "3")}, ("depth", "width"))
    assert (second.paper, second.notes) == ("| a | b |\n| --- | --- |\n| | |", "Wait.")
    assert (third.page, third.controls, third.question, third.text) == ("asking", (ALL,), PAGE, "")


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("/plain?depth=20", "/nowhere?depth=20", 8, "page: there is no page '/nowhere' for a step"),
        ("depth=20&depth=3", "depth=x", 8, "page: depth does not fit"),
        ("depth=20&depth=3", "other=1", 8, "page: other does not fit"),
        ("depth, `width`", "depth height", 8, "open controls: this page has no control 'height'"),
        ("| all | page |", "| all | sweep |", 9, "question: unknown question 'sweep'"),
        ("| depth, `width` | |", "| depth, `width` | page |", 8, "question: this page asks no question"),
        ("| depth, `width` | |", "| depth, `width` | own |", 8, "question: the step's section has no part"),
        ("| 10 |", "| soon |", 8, "minutes: 'soon' is not a whole number"),
        ("| 10 |", "| ٣ |", 8, "minutes: '٣' is not a whole number"),
        ("open controls |", "open | ", 5, "unknown column 'open'"),
        ("## Third", "Third", 9, "this row has no section"),
        ("## Third", "## Third\n\n## Fourth", 46, "this section has no row"),
        ("# Depth", "Depth", 1, "the title is missing"),
        ("- [ ] the left\n- [x] the right", "nothing", 17, "this question is not used"),
        ("- [ ] the left\n- [x] the right", "- [x] the left\n- [x] the right", 17, "Only one choice can be marked"),
        ("- [ ] the left\n- [x] the right", "- same\n- same", 17, "Every choice must be different"),
        ("- [ ] the left\n- [x] the right", "Answer: a poem", 17, "“Answer:” is followed by"),
        ("Look at the picture.", "Look:\n\n![it](http://example.org/a.png)", 34, "pictures are not shown"),
    ],
)
def test_a_fault_has_its_line_and_the_rest_works(before: str, after: str, line: int, message: str) -> None:
    found = changed(before, after)
    assert [(fault.line, message in str(fault.message)) for fault in found.faults] == [(line, True)]
    assert len(found.lesson.steps) == (2 if "no section" in message else 3)


def test_what_does_not_fit_is_left_out_and_the_rest_of_the_step_stays() -> None:
    step = changed("depth=20&depth=3", "depth=x&width=7").lesson.steps[1]
    assert step.query == {"width": ("7",)}
    step = changed("/plain?depth=20", "/nowhere?depth=20").lesson.steps[1]
    assert (step.page, step.query, step.text) == (None, {}, "Look at the picture.")
    assert changed("depth, `width`", "depth height").lesson.steps[1].controls == ("depth",)
    assert changed("/asking", "http://example.org/asking?depth=1").lesson.steps[2].page == "asking"


@pytest.mark.parametrize(("answer", "kind"), [("a number", "number"), ("One line", "text")])
def test_a_question_may_take_a_number_or_a_line(answer: str, kind: str) -> None:
    own = changed("- [ ] the left\n- [x] the right", f"Answer: {answer}").lesson.steps[0].own
    assert own is not None
    assert (own.asked.kind, own.asked.text, own.right) == (kind, "Which one?", None)


def test_a_file_without_a_table_is_a_sentence() -> None:
    for text in ("", "# Only a title", "| a |\n| - |\n| b |"):
        found = read(text)
        assert found.lesson.steps == ()
        assert found.faults


def test_length_and_number_of_steps_are_bounded() -> None:
    row, section = "| /plain | Look. |\n", "## Step\n\n"
    many = read(f"# Long\n\n| page | what to do |\n| --- | --- |\n{row * 90}\n{section * 90}")
    assert len(many.lesson.steps) == MOST_STEPS
    assert [fault.line for fault in many.faults][:1] == [5 + MOST_STEPS]
    assert len(many.faults) <= 101
    long = read(GOOD + "x" * MOST_CHARACTERS)
    assert [fault.line for fault in long.faults] == [GOOD.count("\n") + 1]
    assert len(long.lesson.steps) == 3


PIECES = st.sampled_from(
    [
        *GOOD.splitlines(keepends=True),
        *(
            "<script>alert(1)</script>\n",
            "[x](javascript:alert(1))\n",
            "![x](http://e.org/x)\n",
            "```\n",
            "~~~\n",
            "> ",
        ),
        *(
            "    ",
            "- ",
            "1. ",
            "***",
            "`",
            "|",
            "\\|",
            "&lt;",
            "<!--",
            "-->",
            "$$",
            "\r",
            "\0",
            "\u202e",
            "#\t",
            "==\n",
        ),
        *("| `/plain?depth=%00&%ff=%` |\n", "| //[ | x |\n", "### Question\n", "Answer: a number\n", "![", "[a]: b\n"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=60).map("".join))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    found = read(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(isinstance(fault, Fault) and 1 <= fault.line <= lines for fault in found.faults)
    assert found.lesson.title
    for step in found.lesson.steps:
        assert step.page in (None, "plain", "asking")
        assert set(step.controls) <= {"depth", "width", ALL}
        assert "![" not in step.text + step.reveal + step.paper + step.notes
        assert (step.own is None) == (step.question != OWN) or step.question == PAGE


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD.splitlines()) - 1), st.text(max_size=40))
def test_a_broken_line_leaves_a_lesson(number: int, replaced: str) -> None:
    lines = GOOD.splitlines()
    lines[number] = replaced
    found = read("\n".join(lines))
    assert found.lesson.title in ("Depth", UNTITLED) or number == 0
    assert len(found.lesson.steps) <= 4


@pytest.mark.parametrize("piece", ["[", "> ", "- ", "*a_ ", "|", "`", "![a](", "<", "a\n|-|-|-\n"])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    begun = time.process_time()
    read(GOOD + piece * (MOST_CHARACTERS // len(piece)))
    assert time.process_time() - begun < 2


def test_every_message_shows_at_most_a_part_of_the_file() -> None:
    found = changed("depth, `width`", "w" * 5_000)
    assert [len(fault.sentence) < 200 for fault in found.faults] == [True]
    assert re.match(r"Line 8: ", found.faults[0].sentence)
