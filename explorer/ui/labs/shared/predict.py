"""Predict, see, say what was seen: the learner answers first, then sees the result and the reason, then reports."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.language import N_, _, told
from explorer.ui.labs.shared import answers, class_votes, text
from explorer.ui.labs.shared.questions import SKIPPED, Answer, Question, asked

__all__ = [
    "SKIPPED",
    "Question",
    "all_is_drawn",
    "commit",
    "draw_question",
    "draw_section",
    "draw_seen",
    "is_answered",
    "is_answered_by_name",
    "set_place",
]

PREDICT, REPORT = N_("**Predict first.**"), N_("**Say what you see.**")
PLACE, CHANGED, ASKED = "predict.place", "predict.changed", "predict.asked"
"""Keys of the title of the page that asks, of an answer that the sheet on the page does not hold yet, and of the name
of the question that was drawn last."""


def is_answered(question: Question) -> bool:
    """Whether this visitor has given an answer, or chose to see the result without one."""
    return is_answered_by_name(question.name)


def is_answered_by_name(name: str) -> bool:
    """Whether this visitor has answered the question of this name, or chose to see the result without an answer."""
    return name in answers.own_answers()


def set_place(title: str) -> None:
    """Names the page whose questions are answered from now on, for the sheet of all answers."""
    st.session_state[PLACE] = title


def draw_question(question: Question) -> None:
    """The question; after an answer, that answer, the right one, and the explanation.

    An answer stands when other values change the question; it is shown with the question as it was asked. While a class
    votes on the question, its students vote instead.
    """
    st.session_state[ASKED] = question.name
    with st.container(border=True, key=f"predict.{question.name}"):
        if class_votes.draw_vote(question.for_class()):
            return
        _take_vote(question, commit)
        _draw_answer(question)
        class_votes.draw_class(question.for_class(), is_followed=question.seen is not None)


def _take_vote(question: Question, take: Callable[[Question, int], None]) -> None:
    """Makes a student's vote in the class the answer, once it is revealed; a teacher then sees the result as well."""
    if not is_answered(question) and (vote := class_votes.vote_of(question.for_class())) is not None:
        take(question, SKIPPED if vote == class_votes.NO_VOTE else int(vote))


def _draw_answer(question: Question) -> None:
    kept = answers.own_answers().get(question.name)
    if kept is None:
        _ask(question, PREDICT, commit)
    else:
        st.markdown(f"{_(PREDICT)} {told(kept.question.text)}")
        _reveal(kept)
        if not kept.question.is_same(question):
            st.caption(_("The question was asked of other values."))
            st.button(
                _("Predict for the values chosen now"),
                key=f"predict.{question.name}.again",
                type="tertiary",
                icon=":material/replay:",
                on_click=answers.forget,
                args=(question.name,),
            )


def draw_seen(question: Question, result: Any) -> None:
    """The second question, on what the result shows; nothing before the first is answered, or without a second.

    Another result that has another answer asks it anew.
    """
    second = question.seen(result) if question.seen is not None and is_answered(question) else None
    if second is None:
        return
    if st.session_state.pop(CHANGED, False):
        # A panel that refreshes itself does not draw the sheet, which stands outside.
        st.rerun()
    with st.container(border=True, key=f"predict.{second.name}"):
        if class_votes.draw_vote(second.for_class()):
            return
        _take_vote(second, _commit_report)
        kept = answers.own_answers().get(second.name)
        if kept is None or not kept.question.is_same(second):
            _ask(second, REPORT, _commit_report)
        else:
            st.markdown(f"{_(REPORT)} {told(second.text)}")
            _reveal(kept)
        class_votes.draw_class(second.for_class())


def draw_section(question: Question, lab: str, name: str) -> None:
    """Puts a section of a lab's text on the page once the question is answered."""
    if is_answered(question):
        text.draw_section(lab, name)


def _ask(question: Question, opening: str, take: Callable[[Question, int], None]) -> None:
    st.markdown(f"{_(opening)} {told(question.text)}")
    chosen = st.radio(
        told(question.text),
        range(len(question.options)),
        format_func=lambda position: told(question.options[position]),
        index=None,
        key=f"predict.{question.name}.choice",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True):
        st.button(
            _("Submit my answer"),
            key=f"predict.{question.name}.commit",
            disabled=chosen is None,
            on_click=take,
            args=(question, chosen),
            icon=":material/check:",
        )
        st.button(
            _("Show without answering"),
            key=f"predict.{question.name}.skip",
            type="tertiary",
            on_click=take,
            args=(question, SKIPPED),
        )


def commit(question: Question, chosen: int) -> None:
    """Takes this visitor's answer, by its position, or SKIPPED."""
    answers.keep(Answer(asked(question), chosen, st.session_state.get(PLACE, "")))


def _commit_report(question: Question, chosen: int) -> None:
    commit(question, chosen)
    st.session_state[CHANGED] = True


def all_is_drawn() -> None:
    """To be called where the score and the sheet are drawn: they count every answer so far."""
    st.session_state.pop(CHANGED, None)


def _reveal(answer: Answer) -> None:
    question = answer.question
    if answer.is_given:
        mark = ":material/check_circle:" if answer.is_right else ":material/cancel:"
        st.markdown(mark + " " + _("Your answer: {answer}").format(answer=answer.text))
    if answer.why_not:
        st.markdown(answer.why_not)
    if not answer.is_right:
        st.markdown(f":material/lightbulb: **{told(question.options[question.right])}**")
    st.markdown(told(question.reveal))
