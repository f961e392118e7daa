"""A student's vote on the open question: on the page Class, and beside the experiment that it is about."""

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.classes.questions import CHOICE, LONGEST_ANSWER, TEXT
from explorer.classes.records import ClassState, Question, Seat
from explorer.jobs.errors import StoreError
from explorer.language import N_, _
from explorer.ui.classroom.bars import answer_text, draw_votes, shown_text
from explorer.ui.classroom.board import class_store
from explorer.ui.common.session import has_arrived

OWN, TROUBLE = "class.own", "class.vote.trouble"
"""Keys of this seat's answers by question, and of the message of a vote that was not taken."""
POLL_SECONDS = 3.0
"""Between two looks at the class: a hundred browsers ask 33 times a second."""
STORED = N_("Your vote is stored. You can change it until the vote is closed.")
WAITING = N_("The vote is closed. Wait for your teacher to reveal the answers.")
NOT_ANSWERED = N_("You have not answered this question.")


def own_votes(seat: Seat) -> dict[str, str]:
    """This seat's answers by the question's id; known from the first look on. Raises StoreError."""
    kept = st.session_state.get(OWN)
    if kept is None or kept[0] != seat.id:
        st.session_state[OWN] = kept = (seat.id, class_store().votes(seat))
    votes: dict[str, str] = kept[1]
    return votes


def look_again_on_arrival() -> None:
    """Has this seat's answers read anew where the visitor has just come: another tab may have changed them."""
    if has_arrived():
        st.session_state.pop(OWN, None)


def draw_question(state: ClassState, question: Question, seat: Seat) -> None:
    """The question, and what this seat can do or see now: vote, wait, or look at the answers."""
    own = own_votes(seat).get(question.id)
    st.markdown(f"### {shown_text(question, question.text)}")
    if trouble := st.session_state.pop(TROUBLE, ""):
        st.error(trouble, icon=":material/error:")
    if question.is_open and not state.room.is_over:
        draw = _draw_choices if question.kind == CHOICE else _draw_box
        draw(question, seat, own)
        if own is not None:
            st.success(_(STORED), icon=":material/check_circle:")
        return
    st.markdown(
        _(NOT_ANSWERED) if own is None else _("Your vote: **{answer}**").format(answer=answer_text(question, own))
    )
    if question.is_revealed:
        draw_votes(state, question)
    else:
        st.info(_(WAITING), icon=":material/hourglass_top:")


def _draw_choices(question: Question, seat: Seat, own: str | None) -> None:
    for place, option in enumerate(question.options):
        chosen = own == str(place)
        st.button(
            shown_text(question, option),
            key=f"class.vote.{question.id}.{place}",
            type="primary" if chosen else "secondary",
            icon=":material/check:" if chosen else None,
            width="stretch",
            wrap=True,
            on_click=_vote,
            args=(seat, question, str(place)),
        )


def _draw_box(question: Question, seat: Seat, own: str | None) -> None:
    key = f"class.answer.{question.id}"
    line = _("One line of at most {longest} characters.").format(longest=LONGEST_ANSWER)
    what = line if question.kind == TEXT else _("A number, such as 0.5.")
    with st.form(f"class.form.{question.id}", border=False):
        st.text_input(_("Your answer"), value=own or "", key=key, help=what)
        st.form_submit_button(_("Vote"), type="primary", on_click=lambda: _vote(seat, question, st.session_state[key]))


def _vote(seat: Seat, question: Question, answer: str) -> None:
    try:
        own_votes(seat)[question.id] = class_store().vote(seat, question.id, answer)
    except (ClassError, StoreError) as error:
        st.session_state[TROUBLE] = str(error)
