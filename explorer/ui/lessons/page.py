"""The page with the list of lessons; in a step without a page of its own it shows the step alone."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.jobs.errors import StoreError
from explorer.language import N_, _, ngettext
from explorer.lessons.lesson import Fault, Lesson
from explorer.lessons.library import LessonFileError, decoded, keep_lesson, lesson_files
from explorer.lessons.paper import StepPrint, handout, slides
from explorer.ui.common import lesson_step
from explorer.ui.common.address_bar import current_query, show_warnings, write_query
from explorer.ui.common.downloads import download_button
from explorer.ui.common.markdown import escaped
from explorer.ui.common.texts import text_of
from explorer.ui.labs.shared import text
from explorer.ui.lessons import opening
from explorer.ui.lessons.prints import here, link_of, prints_of

TITLE = N_("Lessons")
INTRODUCTION = N_(
    "A lesson leads through the pages step by step, with a prediction before each result. In each step only the"
    " controls that it needs are open."
)
DROP_HELP = N_(
    "A Markdown file of at most 160 KB. It gets a link that opens it on this server; only people with the link can see"
    " it. Lessons that were dropped long ago make room for new ones."
)
DROPPED, PROBLEM, UPLOADS = "lessons.dropped", "lessons.problem", "lessons.uploads"
"""Keys of the names of the lessons that this session has dropped, of a sentence on the last file, of their number."""
MOST_FAULTS = 20
"""Faults of a file that are listed."""


def draw() -> None:
    """Draws the list, or nothing where the bar shows a step that has only a text."""
    if lesson_step.here() is None:
        st.markdown(f"## {_(TITLE)}")
        show_warnings(lesson_step.LESSONS.read(current_query()).warnings)
        st.markdown(_(INTRODUCTION), width=text.READABLE_WIDTH)
        own = st.session_state.get(DROPPED, [])
        for name in dict.fromkeys([*reversed(own), *lesson_files(opening.shipped())]):
            _draw_lesson(name)
        _draw_own()
    write_query({})


def _draw_lesson(name: str) -> None:
    found = opening.lesson_of(name)
    if found is None:
        return
    lesson = found.lesson
    with st.container(border=True, key=f"lessons.{name}"):
        st.markdown(f"### {lesson.title}")
        minutes = ngettext("{count} minute", "{count} minutes", lesson.minutes).format(count=lesson.minutes)
        steps = ngettext("{count} step", "{count} steps", len(lesson.steps)).format(count=len(lesson.steps))
        st.caption(f"{minutes} · {steps}")
        if lesson.introduction:
            st.markdown(lesson.introduction, width=text.READABLE_WIDTH)
        _draw_faults(found.faults)
        if lesson.steps:
            _draw_actions(lesson)


def _draw_faults(faults: Sequence[Fault]) -> None:
    if not faults:
        return
    lines = [f"- {escaped(fault.sentence)}" for fault in faults[:MOST_FAULTS]]
    rest = len(faults) - len(lines)
    more = _("and {count} more").format(count=rest)
    intro = _("What does not fit in this lesson's file is left out; the rest works:")
    st.warning("\n".join([intro, "", *lines, *([f"- {more}"] if rest else [])]), icon=":material/rule:")


def _draw_actions(lesson: Lesson) -> None:
    key, server = f"lessons.{lesson.name}", here()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Start"), key=f"{key}.start", type="primary", icon=":material/play_arrow:"):
            opening.go(lesson, 1)
        teachers = partial(handout, for_teacher=True)
        for name, label, about, make in (
            ("handout", _("Handout"), _("To print: texts, drawings, tables to fill in, QR codes."), handout),
            ("teacher", _("Teacher's copy"), _("The handout with explanations and notes."), teachers),
            ("slides", _("Slides"), _("One page for the browser; arrow keys turn the slides."), slides),
        ):
            download_button(
                label,
                partial(_made, make, lesson, server),
                f"{lesson.name}-{name}.html",
                f"{key}.{name}",
                help=about,
                icon=":material/download:",
            )
        with st.popover(_("Link"), icon=":material/link:", key=f"{key}.link"):
            st.caption(_("Opens this lesson, in any browser that reaches this server."))
            st.code(link_of(lesson, 1, server), language=None, wrap_lines=True)


def _made(make: Callable[[Lesson, Sequence[StepPrint]], str], lesson: Lesson, server: str) -> str:
    return make(lesson, prints_of(lesson, server))


def _draw_own() -> None:
    st.markdown(f"### {_('A lesson of your own')}")
    key = f"lessons.file.{st.session_state.get(UPLOADS, 0)}"
    file = st.file_uploader(_("A lesson's file"), ["md", "txt"], key=key, max_upload_size=1, help=_(DROP_HELP))
    if file is not None:
        _take(file.getvalue())
        st.rerun()
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem, icon=":material/error:")
    template = _("A file to start from, with every part that a lesson can have.")
    download_button(
        _("Download a template"),
        lambda: text_of("lesson_template"),
        "my-lesson.md",
        "lessons.template",
        help=template,
        icon=":material/download:",
    )


def _take(content: bytes) -> None:
    """Keeps a dropped file; a sentence is kept where it cannot be one."""
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
    try:
        name = keep_lesson(decoded(content))
    except (LessonFileError, StoreError, OSError) as error:
        st.session_state[PROBLEM] = str(error)
    else:
        before = [each for each in st.session_state.get(DROPPED, []) if each != name]
        st.session_state[DROPPED] = [*before, name]
