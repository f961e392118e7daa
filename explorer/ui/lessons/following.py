"""A class at one step of a lesson: its teacher's step is stored, and students who follow are brought to it."""

from dataclasses import dataclass

import streamlit as st

from explorer.classes.records import Seat
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import StoreError
from explorer.language import N_, _
from explorer.lessons.lesson import Lesson
from explorer.ui.classroom.board import class_store
from explorer.ui.classroom.invitation import PAGE
from explorer.ui.common import lesson_step
from explorer.ui.common.page_links import page_file
from explorer.ui.common.remembered_widgets import recalled
from explorer.ui.common.session import current_page
from explorer.ui.labs.shared.class_votes import Member, member
from explorer.ui.lessons import opening
from explorer.ui.shared_runs import presence

LEADS, FOLLOWS = "lesson.leads", "lesson.follows"
"""Keys of the teacher's and of the student's switch."""
STORED, BROUGHT = "lesson.stored", "lesson.brought"
"""Keys of the step that was stored last for this visitor, and of the teacher's step that a student was brought to."""
POLL_SECONDS = 4.0
LEAD = N_("The class comes along")
LEAD_HELP = N_("Students who follow you are shown the step that you are at. Each can switch to walking freely.")
FOLLOW = N_("Follow the teacher: step {number} of “{title}”")
FOLLOW_HELP = N_("Brings you to each new step of your teacher. Switch it off to walk freely.")
VOTE = N_("Your class has an open question: answer it")


@dataclass(frozen=True)
class Led:
    """What a student's pages follow: the step of the class, if it has one, and the question that is open."""

    lesson: Lesson | None
    number: int
    question: str
    """Its id, empty where none is open."""

    @property
    def step(self) -> tuple[str, int] | None:
        """The name of the lesson and the number of the step."""
        return None if self.lesson is None else (self.lesson.name, self.number)


def draw() -> None:
    """Draws the switch of a class's teacher or student, stores where that visitor is, and brings a student along."""
    found = member()
    try:
        if found is not None and found.teaching is not None:
            _lead(found.teaching)
        elif found is not None and found.seat is not None:
            _follow(found, found.seat)
    except StoreError:
        return  # The page of the class says that the database cannot be reached.


def _present_step() -> tuple[str, int] | None:
    step = lesson_step.at()
    return None if step is None else (step.lesson, step.number)


def _moves_to(step: tuple[str, int] | None, class_id: str) -> bool:
    """Notes the step that this visitor is at in this class; returns whether it was another before."""
    before = st.session_state.get(STORED, (class_id, None))
    st.session_state[STORED] = (class_id, step)
    return bool(before != (class_id, step))


def _lead(teaching: Teaching) -> None:
    """Stores the teacher's step for the class while the switch is on."""
    step = _present_step()
    if step is not None and not st.toggle(_(LEAD), **recalled(LEADS, True, help=_(LEAD_HELP))):
        step = None
    if _moves_to(step, teaching.class_id):
        teaching.set_step(*(("", "") if step is None else (step[0], str(step[1]))))


def _follow(found: Member, seat: Seat) -> None:
    """Stores the student's step, and looks every few seconds for another one of the teacher."""
    presence.note_here(seat)
    step = _present_step()
    if _moves_to(step, seat.class_id):
        class_store().note_step(seat, "" if step is None else str(step[1]))
    led = _led(found)
    if led.question and current_page() != PAGE:
        st.page_link(page_file(PAGE), label=_(VOTE), icon=":material/how_to_vote:")
    if led.lesson is not None:
        _bring(led, led.lesson, step)

    def look() -> None:
        presence.note_here(seat)
        if _led(found) != led:
            # Only a run of the whole page can open another one.
            st.rerun()

    st.fragment(look, run_every=POLL_SECONDS)()


def _bring(led: Led, lesson: Lesson, present: tuple[str, int] | None) -> None:
    """Opens the teacher's step once, unless the student walks freely."""
    label = _(FOLLOW).format(title=lesson.title, number=led.number)
    if not st.toggle(label, **recalled(FOLLOWS, True, help=_(FOLLOW_HELP))):
        st.session_state.pop(BROUGHT, None)
    elif st.session_state.get(BROUGHT) != led.step:
        st.session_state[BROUGHT] = led.step
        if led.step != present:
            opening.go(lesson, led.number)


def _led(found: Member) -> Led:
    state = found.state()
    if state is None:
        return Led(None, 0, "")
    question = state.present
    asked = question.id if question is not None and question.is_open else ""
    read = opening.lesson_of(state.room.lesson) if state.room.lesson else None
    if read is None or state.room.step not in map(str, range(1, len(read.lesson.steps) + 1)):
        return Led(None, 0, asked)
    return Led(read.lesson, int(state.room.step), asked)
