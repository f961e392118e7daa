"""Predict, then reveal: the learner gives an answer first, then sees the result and the reason."""

from dataclasses import dataclass

import streamlit as st

ANSWERS = "labs.answers"
SKIPPED = -1


@dataclass(frozen=True)
class Question:
    """A question with its possible answers. `right` is the position of the right one.

    `name` is unique among all labs. `reveal` is Markdown that is shown after the answer.
    """

    name: str
    text: str
    options: tuple[str, ...]
    right: int
    reveal: str


def is_answered(question: Question) -> bool:
    """Whether this visitor has given an answer, or chose to see the result without one."""
    return question.name in _answers()


def _answers() -> dict[str, int]:
    answers: dict[str, int] = st.session_state.setdefault(ANSWERS, {})
    return answers


def draw_question(question: Question) -> None:
    """The question; after an answer, that answer, the right one, and the explanation."""
    with st.container(border=True, key=f"predict.{question.name}"):
        st.markdown(f"**Predict first.** {question.text}")
        if is_answered(question):
            _reveal(question)
            return
        chosen = st.radio(
            question.text,
            range(len(question.options)),
            format_func=question.options.__getitem__,
            index=None,
            key=f"predict.{question.name}.choice",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True):
            st.button(
                "Submit my answer",
                key=f"predict.{question.name}.commit",
                disabled=chosen is None,
                on_click=commit,
                args=(question, chosen),
                icon=":material/check:",
            )
            st.button(
                "Show without answering",
                key=f"predict.{question.name}.skip",
                type="tertiary",
                on_click=commit,
                args=(question, SKIPPED),
            )


def commit(question: Question, chosen: int) -> None:
    """Takes this visitor's answer, by its position, or SKIPPED."""
    _answers()[question.name] = chosen


def _reveal(question: Question) -> None:
    chosen = _answers()[question.name]
    if chosen != SKIPPED:
        mark = ":material/check_circle:" if chosen == question.right else ":material/cancel:"
        st.markdown(f"{mark} Your answer: {question.options[chosen]}")
    if chosen != question.right:
        st.markdown(f":material/lightbulb: **{question.options[question.right]}**")
    st.markdown(question.reveal)
