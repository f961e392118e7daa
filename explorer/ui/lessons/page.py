"""The page with the list of lessons; in a step without a page of its own it shows the step alone."""

import streamlit as st

from explorer.language import N_, _
from explorer.lessons.lesson import Lesson
from explorer.lessons.library import lesson_files
from explorer.outputs.formatting import plural
from explorer.ui.common import lesson_step
from explorer.ui.common.address_bar import current_query, show_warnings, write_query
from explorer.ui.labs.shared import text
from explorer.ui.lessons import opening

TITLE = N_("Lessons")
INTRODUCTION = N_("A lesson leads through the pages step by step, with a prediction before each result.")


def draw() -> None:
    """Draws the list, or nothing where the bar shows a step that has only a text."""
    if lesson_step.here() is None:
        st.markdown(f"## {_(TITLE)}")
        show_warnings(lesson_step.LESSONS.read(current_query()).warnings)
        st.markdown(_(INTRODUCTION))
        for name in lesson_files(opening.shipped()):
            found = opening.lesson_of(name)
            if found is not None and found.lesson.steps:
                _draw_lesson(found.lesson)
    write_query({})


def _draw_lesson(lesson: Lesson) -> None:
    with st.container(border=True, key=f"lessons.{lesson.name}"):
        st.markdown(f"### {lesson.title}")
        st.caption(f"{plural(lesson.minutes, 'minute')} · {plural(len(lesson.steps), 'step')}")
        if lesson.introduction:
            st.markdown(lesson.introduction, width=text.READABLE_WIDTH)
        with st.container(horizontal=True):
            if st.button(_("Start"), key=f"lessons.{lesson.name}.start", type="primary", icon=":material/play_arrow:"):
                opening.go(lesson, 1)
