"""A page's question that is put to the class: asked by the teacher, voted on beside its experiment; a lesson's as well.

Until the teacher reveals the answers, students vote and do not see the result; then their vote is their prediction.
"""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.classes.questions import NewQuestion
from explorer.classes.records import ClassState, Seat
from explorer.classes.records import Question as ClassQuestion
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import StoreError
from explorer.language import N_, _
from explorer.ui.classroom import membership, teacher, voting
from explorer.ui.classroom.bars import draw_votes
from explorer.ui.classroom.board import board
from explorer.ui.classroom.changes import change_class, draw_trouble
from explorer.ui.classroom.places import present_place
from explorer.ui.labs.shared.questions import SEEN

PUT = N_("Put this question to the class")
PUT_HELP = N_("Students vote on their pages; nobody sees an answer before you reveal all.")
NO_VOTE = ""
"""What a teacher has answered."""


@dataclass(frozen=True)
class Member:
    """This visitor in a class that is not over: its teacher, or a student with a seat."""

    class_id: str
    teaching: Teaching | None
    seat: Seat | None

    def state(self) -> ClassState | None:
        """The class as it is now; None where it is over or cannot be read."""
        try:
            found = board().state(self.class_id)
        except StoreError:
            return None
        return None if found is None or found.room.is_over else found


def member() -> Member | None:
    """What this visitor is in a class; None for everybody else."""
    try:
        teaching, seat = membership.teaching(), membership.seat()
    except StoreError:
        return None
    own = teaching or seat
    found = Member(own.class_id, teaching, None if teaching else seat) if own else None
    return found if found and found.state() else None


def vote_of(question: NewQuestion) -> str | None:
    """This visitor's vote on a question that is revealed, as it is stored: a choice by its position.

    It is NO_VOTE for a teacher. None while there is no such vote, and where the class was asked of other values.
    """
    found = member()
    asked = _asked(found.state(), question) if found else None
    if found is None or asked is None or not asked.is_revealed:
        return None
    if found.seat is None:
        return NO_VOTE
    return voting.own_votes(found.seat).get(asked.id) if _is_same(asked, question) else None


def draw_vote(question: NewQuestion) -> bool:
    """Draws the vote of a student's class on this question; False, and nothing, where no such vote is under way."""
    found = member()
    asked = _asked(found.state(), question) if found else None
    if found is None or found.seat is None or asked is None or asked.is_revealed:
        return False
    _follow(found, question, asked, draws_vote=True)
    return True


def draw_class(question: NewQuestion, *, is_followed: bool = False) -> None:
    """Draws, for the teacher, the button that asks the class, or the state of the vote; for all, what was revealed.

    `is_followed`: the page itself asks a second question behind the experiment, so the teacher is offered no other one.
    """
    if (found := member()) is not None:
        asked = _asked(found.state(), question)
        _follow(found, question, asked, draws_vote=False, is_followed=is_followed)


def _follow(
    found: Member, question: NewQuestion, drawn: ClassQuestion | None, *, draws_vote: bool, is_followed: bool = False
) -> None:
    def draw() -> None:
        state = found.state()
        asked = _asked(state, question)
        if state is None or asked != drawn:
            # The page shows or hides its result with the phase of the question.
            st.rerun()
        if asked is not None and found.seat is not None and draws_vote:
            voting.draw_question(state, asked, found.seat)
            return
        if found.teaching is not None:
            _draw_for_teacher(found.teaching, state, asked, question, is_followed)
        if asked is not None and asked.is_revealed and not asked.follows:
            draw_votes(state, asked)

    st.fragment(draw, run_every=voting.POLL_SECONDS)()


def _draw_for_teacher(
    teaching: Teaching, state: ClassState, asked: ClassQuestion | None, question: NewQuestion, is_followed: bool
) -> None:
    draw_trouble()
    if asked is None or not _is_same(asked, question):
        st.button(
            _(PUT),
            key=f"class.put.{question.name}",
            icon=":material/groups:",
            help=_(PUT_HELP),
            on_click=change_class,
            args=(teaching, lambda: teaching.ask(_placed(state, question))),
        )
        return
    if not asked.is_revealed:
        teacher.draw_counts(state, asked)
    if not asked.is_revealed or not is_followed:
        teacher.draw_controls(teaching, state, asked)


def _placed(state: ClassState, question: NewQuestion) -> NewQuestion:
    """The question with its place; a second one follows the first one's vote where that is revealed."""
    first = state.named(question.name.removesuffix(SEEN)) if question.name.endswith(SEEN) else None
    follows = first.id if first is not None and first.is_revealed else ""
    return replace(question, place=present_place(), follows=follows)


def _asked(state: ClassState | None, question: NewQuestion) -> ClassQuestion | None:
    """The class's newest question of this name that is still asked, or was revealed."""
    found = state.named(question.name) if state else None
    return found if found is not None and state and (found.is_revealed or found == state.present) else None


def _is_same(asked: ClassQuestion, question: NewQuestion) -> bool:
    """Whether the class was asked the same, of the same values."""
    return (asked.text, asked.options) == (question.text, question.options)
