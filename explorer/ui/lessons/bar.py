"""The bar of a lesson above the page: the step's text, its question, and the ways to the steps before and behind."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.language import N_, _, counted
from explorer.lessons.lesson import OWN, PAGE, Lesson, Step
from explorer.ui.common import lesson_step
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.lesson_step import TROUBLE, OpenStep
from explorer.ui.labs.shared import predict, text
from explorer.ui.lessons import opening, own_questions

BEFORE, NEXT = N_("Back"), N_("Next")
LEAVE, RESET, RETURN = N_("Leave the lesson"), N_("Reset the controls"), N_("Back to the step")
AWAY = N_("This page is not part of step {number} of the lesson “{title}”.")
PLACE = N_("{title} · step {number} of {count}")
FURTHER, NO_FURTHER = N_("Step {number}: {title}"), N_("There is no further step.")
AFTER = N_("The explanation appears here after your prediction.")


@contextmanager
def around_page() -> Iterator[None]:
    """Draws the bar above the page that is run inside, and the explanation once the page's question is answered."""
    if trouble := st.session_state.pop(TROUBLE, None):
        show_warnings([trouble])
    at = lesson_step.at()
    found = opening.lesson_of(at.lesson) if at is not None else None
    if at is None or found is None:
        yield
        return
    if lesson_step.here() is None:
        _draw_away(found.lesson, at)
        yield
        return
    st.session_state.pop(predict.ASKED, None)
    step = found.lesson.steps[at.number - 1]
    with st.container(border=True, key="lesson.bar"):
        _draw_step(found.lesson, step, at)
        explanation = st.container()
        _draw_ways(found.lesson, at)
    yield
    if step.reveal and step.question != OWN:
        with explanation:
            _draw_reveal(step)


def _draw_step(lesson: Lesson, step: Step, at: OpenStep) -> None:
    place = _(PLACE).format(title=lesson.title, number=at.number, count=len(lesson.steps))
    minutes = counted("{count} minute", "{count} minutes", count=step.minutes)
    st.caption(f"{place} · {minutes}" if step.minutes else place)
    st.markdown(f"### {step.title}")
    if step.task:
        st.markdown(f"**{step.task}**")
    if step.text:
        st.markdown(step.text, width=text.READABLE_WIDTH)
    if step.question == OWN and step.own is not None:
        predict.set_place(f"{lesson.title}, step {at.number}")
        own_questions.draw(step.own, f"lesson.{lesson.name}.{at.number}", step.reveal)


def _draw_reveal(step: Step) -> None:
    """The explanation; of a page's question it stays behind the prediction."""
    name = st.session_state.get(predict.ASKED)
    if step.question != PAGE or (name is not None and predict.is_answered_by_name(name)):
        st.markdown(step.reveal, width=text.READABLE_WIDTH)
    else:
        st.caption(_(AFTER))


def _draw_ways(lesson: Lesson, at: OpenStep) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="lesson.bar.ways"):
        for label, to, icon in ((BEFORE, at.number - 1, "arrow_back"), (NEXT, at.number + 1, "arrow_forward")):
            there = 1 <= to <= len(lesson.steps)
            pressed = st.button(
                _(label),
                key=f"lesson.bar.{label.lower()}",
                icon=f":material/{icon}:",
                disabled=not there,
                type="primary" if label == NEXT else "secondary",
                help=_further(lesson, to) if there else _(NO_FURTHER),
            )
            if pressed and there:
                opening.go(lesson, to)
        reset = _("Sets all controls of the page to what the step says.")
        if st.button(_(RESET), key="lesson.bar.reset", icon=":material/restart_alt:", type="tertiary", help=reset):
            opening.go(lesson, at.number)
        _leave_button()


def _further(lesson: Lesson, number: int) -> str:
    return _(FURTHER).format(number=number, title=lesson.steps[number - 1].title)


def _draw_away(lesson: Lesson, at: OpenStep) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="lesson.bar"):
        st.markdown(_(AWAY).format(number=at.number, title=lesson.title), width="stretch")
        back = _further(lesson, at.number)
        if st.button(_(RETURN), key="lesson.bar.return", icon=":material/arrow_back:", help=back):
            opening.go(lesson, at.number)
        _leave_button()


def _leave_button() -> None:
    st.button(
        _(LEAVE),
        key="lesson.bar.leave",
        icon=":material/close:",
        type="tertiary",
        on_click=opening.leave,
        help=_("The page stays as it is, with all its controls open."),
    )
