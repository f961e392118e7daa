"""Opens lessons and their steps: from the address, and by the buttons of the bar."""

from pathlib import Path
from typing import NoReturn

import streamlit as st

from explorer.language import N_, _
from explorer.language.catalogues import SOURCE
from explorer.language.present import kept_by_language, present
from explorer.lessons.lesson import ALL, Lesson, ReadLesson
from explorer.lessons.library import lesson_text
from explorer.lessons.parser import read_lesson
from explorer.ui.common import lesson_step, texts
from explorer.ui.common.address_bar import query_of_bar
from explorer.ui.common.lesson_step import LESSON, LIST, STEP, TROUBLE, OpenStep
from explorer.ui.common.page_links import open_page
from explorer.ui.common.session import went_back
from explorer.ui.lessons.tables import AppTables, locked_names

FOLLOWED = "lesson.followed"
"""Key of the lesson and step of the address that were followed last."""
UNKNOWN = N_(
    "The link's lesson “{name}” is not on this server: it may have been dropped on another one, or removed. The page"
    " *Lessons* has those that are here; a lesson's file can be dropped there again."
)
NO_STEP = N_("The link's step “{step}” is none of the {count} steps of this lesson; step {used} is shown.")
NO_STEPS = N_("The lesson “{name}” has no step that can be shown.")


def shipped() -> list[Path]:
    """The folders of the lessons that ship, those in the present language first."""
    return [texts.FOLDER / language / "lessons" for language in dict.fromkeys((present(), SOURCE))]


@kept_by_language(maxsize=64)
def _read(name: str, text: str) -> ReadLesson:
    return read_lesson(name, text, AppTables())


def lesson_of(name: str) -> ReadLesson | None:
    """The lesson with this name, and the faults of its file; None where this server has none."""
    text = lesson_text(name, shipped())
    return None if text is None else _read(name, text)


def follow_address(page: str) -> None:
    """Opens the step that the address of this page names, where it is another than before.

    On a step back to an address without a lesson the lesson is left.
    """
    bar = query_of_bar(page)
    named = (bar[LESSON][-1], bar.get(STEP, [""])[-1]) if LESSON in bar else None
    before, st.session_state[FOLLOWED] = st.session_state.get(FOLLOWED), named
    if named == before and not went_back():
        return
    if named is None:
        if went_back():
            lesson_step.come_to(None)
        return
    found = lesson_of(named[0])
    if found is None or not found.lesson.steps:
        lesson_step.come_to(None)
        sentence = UNKNOWN if found is None else NO_STEPS
        st.session_state[TROUBLE] = _(sentence).format(name=named[0][: lesson_step.LONGEST_NAME])
        return
    step = open_step(found.lesson, _number(named[1], len(found.lesson.steps)))
    lesson_step.come_to(step)
    if step.page != page:
        go(found.lesson, step.number)


def _number(text: str, count: int) -> int:
    """The number of the step that a link names, from 1; a sentence is kept where it is none."""
    read = lesson_step.EVERYWHERE.read({STEP: [text]} if text else {})
    number = read.values.get(STEP, 1)
    used = min(number, count)
    if read.warnings or used != number:
        st.session_state[TROUBLE] = _(NO_STEP).format(step=text[: lesson_step.LONGEST_NAME], count=count, used=used)
    return int(used)


def open_step(lesson: Lesson, number: int) -> OpenStep:
    """The step of a lesson with this number, from 1."""
    step = lesson.steps[number - 1]
    if step.page is None:
        return OpenStep(lesson.name, number, LIST, {}, frozenset())
    locked = frozenset() if ALL in step.controls else locked_names(step.page, step.query, step.controls)
    return OpenStep(lesson.name, number, step.page, step.query, locked)


def go(lesson: Lesson, number: int) -> NoReturn:
    """Opens a step with its page, as the lesson describes it."""
    step = open_step(lesson, number)
    lesson_step.come_to(step)
    st.session_state[FOLLOWED] = (lesson.name, str(number))
    open_page(step.page, step.own_query)


def leave() -> None:
    """Leaves the lesson; the page stays as it is."""
    lesson_step.come_to(None)
