"""Handout and slides: whole pages that fetch nothing, with what belongs on each and no markup of the lesson's own."""

import re
from functools import partial
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lessons.lesson import Lesson
from explorer.lessons.paper import StepPrint, handout, slides
from tests.lessons.test_parser import GOOD, PIECES, read

LESSON = read(GOOD).lesson
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PRINTS = [StepPrint(f"http://localhost:8501/x?step={number}", [("A picture", SVG)]) for number in range(3)]
WAYS = {
    "handout": handout,
    "teacher": partial(handout, for_teacher=True),
    "slides": slides,
}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "srcset", "href", "action")]
        assert not any(name.startswith("on") for name, _ in attrs)


def prints_of(lesson: Lesson) -> list[StepPrint]:
    return [StepPrint("http://localhost:8501/") for _ in lesson.steps]


def test_the_handout_has_texts_questions_tables_and_codes_but_no_answers() -> None:
    page = handout(LESSON, PRINTS)
    assert [part in page for part in ("Read <em>this</em>.", "Which one?", "<li>the left</li>", "<td></td>")] == [
        True
    ] * 4
    assert [part in page for part in ("The right one.", "Wait.")] == [False, False]
    assert len(re.findall(r"data:image/svg\+xml;base64,", page)) == 3
    assert page.count("class='code'") == 3


def test_the_teachers_copy_has_explanations_and_notes() -> None:
    page = handout(LESSON, PRINTS, for_teacher=True)
    assert [part in page for part in ("The right one.", "Wait.")] == [True, True]


def test_slides_are_one_for_each_step_and_hide_the_explanation() -> None:
    page = slides(LESSON, PRINTS)
    assert page.count("<section>") == 1 + len(LESSON.steps)
    assert re.search(r"<details><summary>[^<]*</summary><p>The right one.", page)
    assert "Wait." not in page


@pytest.mark.parametrize("way", WAYS)
def test_pages_fetch_nothing(way: str) -> None:
    found = Tags(WAYS[way](LESSON, PRINTS))
    assert all(source.startswith("data:image/svg+xml") for source in found.sources)
    assert found.tags.count("script") == (way == "slides")
    assert "link" not in found.tags


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.just("<img src=x onerror=alert(1)>"), st.text(max_size=20)), max_size=20))
def test_no_markup_of_a_lesson_reaches_the_page(pieces: list[str]) -> None:
    lesson = read(GOOD.replace("Read *this*.", "".join(pieces))).lesson
    for way, make in WAYS.items():
        found = Tags(make(lesson, prints_of(lesson)))
        assert found.tags.count("script") == (way == "slides")
        assert not any(source.casefold().startswith(("javascript:", "vbscript:", "file:")) for source in found.sources)
        assert found.tags.count("img") <= len(lesson.steps) + 1
