"""A lab's question that is put to the class: asked by the teacher, voted on beside its experiment; Train's as well.

Until the teacher reveals the answers, students vote and do not see the result; then their vote is their prediction.
"""

from dataclasses import dataclass

import streamlit as st

from explorer.classes.questions import CHOICE, NewQuestion
from explorer.classes.records import ClassState, Seat
from explorer.classes.records import Question as ClassQuestion
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import StoreError
from explorer.language import N_, Text, _, as_sentence
from explorer.ui.classroom import membership, teacher, voting
from explorer.ui.classroom.bars import draw_votes
from explorer.ui.classroom.board import board
from explorer.ui.classroom.changes import change_class, draw_trouble
from explorer.ui.classroom.places import present_place
from explorer.ui.labs.shared.questions import SEEN, SKIPPED, Question

PUT = N_("Put this question to the class")
PUT_HELP = N_("Students vote on their pages; nobody sees an answer before you reveal all.")


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


def vote_of(question: Question) -> int | None:
    """The answer that this visitor's class has given to a question that is revealed: a student's vote.

    For the teacher that is SKIPPED. None while there is no such answer, and where the class was asked of other values.
    """
    found = member()
    asked = _asked(found.state(), question) if found else None
    if found is None or asked is None or not asked.is_revealed:
        return None
    if found.seat is None:
        return SKIPPED
    vote = voting.own_votes(found.seat).get(asked.id)
    return int(vote) if vote is not None and _is_same(asked, question) else None


def draw_vote(question: Question) -> bool:
    """Draws the vote of a student's class on this question; False, and nothing, where no such vote is under way."""
    found = member()
    asked = _asked(found.state(), question) if found else None
    if found is None or found.seat is None or asked is None or asked.is_revealed:
        return False
    _follow(found, question, asked, draws_vote=True)
    return True


def draw_class(question: Question) -> None:
    """Draws, for the teacher, the button that asks the class, or the state of the vote; for all, what was revealed."""
    if (found := member()) is not None:
        _follow(found, question, _asked(found.state(), question), draws_vote=False)


def _follow(found: Member, question: Question, drawn: ClassQuestion | None, *, draws_vote: bool) -> None:
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
            _draw_for_teacher(found.teaching, state, asked, question)
        if asked is not None and asked.is_revealed and not asked.follows:
            draw_votes(state, asked)

    st.fragment(draw, run_every=voting.POLL_SECONDS)()


def _draw_for_teacher(teaching: Teaching, state: ClassState, asked: ClassQuestion | None, question: Question) -> None:
    draw_trouble()
    if asked is None or not _is_same(asked, question):
        st.button(
            _(PUT),
            key=f"class.put.{question.name}",
            icon=":material/groups:",
            help=_(PUT_HELP),
            on_click=change_class,
            args=(teaching, lambda: teaching.ask(_as_new(state, question))),
        )
        return
    if not asked.is_revealed:
        teacher.draw_counts(state, asked)
    if not asked.is_revealed or question.seen is None:
        teacher.draw_controls(teaching, state, asked)


def _as_new(state: ClassState, question: Question) -> NewQuestion:
    """The question as the class is asked it; a second one follows the first one's vote where that is revealed."""
    first = state.named(question.name.removesuffix(SEEN)) if question.name.endswith(SEEN) else None
    follows = first.id if first is not None and first.is_revealed else ""
    text, options = _texts(question)
    return NewQuestion(text, CHOICE, options, question.name, present_place(), follows)


def _asked(state: ClassState | None, question: Question) -> ClassQuestion | None:
    """The class's newest question of this name that is still asked, or was revealed."""
    found = state.named(question.name) if state else None
    return found if found is not None and state and (found.is_revealed or found == state.present) else None


def _is_same(asked: ClassQuestion, question: Question) -> bool:
    """Whether the class was asked the same, of the same values."""
    return (asked.text, asked.options) == _texts(question)


def _texts(question: Question) -> tuple[Text, tuple[Text, ...]]:
    """The question and its options as the class is asked: each of it reads them in their own language."""
    return as_sentence(question.text), tuple(map(as_sentence, question.options))
