"""The page Class for a student: the question of the class, the own vote, what was revealed."""

from collections.abc import Callable

import streamlit as st

from explorer.classes.credentials import spaced
from explorer.classes.records import ClassState, Seat
from explorer.language import N_, _
from explorer.ui.classroom import membership, voting
from explorer.ui.classroom.bars import draw_votes, shown_text
from explorer.ui.classroom.board import board
from explorer.ui.classroom.places import link_to_place
from explorer.ui.common.markdown import escaped
from explorer.ui.common.services import from_store

NOTHING_ASKED = N_("You are in. Your teacher has not asked anything yet; the question appears here by itself.")
OVER = N_("This class is over. What was revealed can still be seen here.")
NAMED = N_("You sit here as {name}.")
GONE = N_("This class was deleted.")


def draw(seat: Seat, draw_experiment: Callable[[Seat], None]) -> None:
    """Draws the class of a seat, `draw_experiment` below its question; it follows the class every few seconds."""
    voting.look_again_on_arrival()
    # One fragment for both: a hundred browsers ask every few seconds, and each asks once.
    st.fragment(_draw, run_every=voting.POLL_SECONDS)(seat, draw_experiment)
    st.button(
        _("Leave this class"),
        key="class.leave",
        type="tertiary",
        on_click=membership.take_seat,
        args=("",),
        help=_(COME_BACK),
    )


COME_BACK = N_("Your answers stay counted. With the code you come back to your seat.")


def _draw(seat: Seat, draw_experiment: Callable[[Seat], None]) -> None:
    state = from_store(lambda: board().state(seat.class_id))
    if state is None:
        st.info(_(GONE), icon=":material/info:")
        return
    _draw_questions(seat, state)
    if not state.room.is_over:
        draw_experiment(seat)


def _draw_questions(seat: Seat, state: ClassState) -> None:
    here = _("Class {code}.").format(code=spaced(state.room.code))
    st.caption(f"{here} {_(NAMED).format(name=escaped(seat.nickname))}" if seat.nickname else here)
    if state.room.is_over:
        st.info(_(OVER), icon=":material/info:")
    if (question := state.present) is None:
        st.info(_(NOTHING_ASKED), icon=":material/hourglass_empty:")
        return
    with st.container(border=True, key="class.question"):
        voting.draw_question(state, question, seat)
        link_to_place(question)
    draw_earlier(state)


def draw_earlier(state: ClassState) -> None:
    """What was revealed of earlier questions, the newest first, folded."""
    present = state.present
    shown = [each for each in state.questions if each.is_revealed and not each.follows and each != present]
    if present is not None and present.follows:
        shown = [each for each in shown if each.id != present.follows]
    if not shown:
        return
    with st.expander(_("Earlier questions"), icon=":material/history:"):
        for question in reversed(shown):
            st.markdown(f"**{question.position}.** {shown_text(question, question.text)}")
            draw_votes(state, question)
