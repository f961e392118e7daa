"""A question of a lesson's own, for a visitor who is in no class: it is answered before its explanation is shown."""

import streamlit as st

from explorer.classes.questions import CHOICE, LONGEST_ANSWER, NUMBER
from explorer.language import _
from explorer.lessons.lesson import OwnQuestion
from explorer.ui.labs.shared import predict, text
from explorer.ui.labs.shared.questions import Question

GIVEN = "lesson.given"
"""Key of the answers to questions without a right choice, by the question's name."""


def draw(own: OwnQuestion, name: str, reveal: str) -> None:
    """Draws the question, and behind an answer the explanation."""
    asked = own.asked
    if asked.kind == CHOICE and own.right is not None:
        predict.draw_question(Question(name, asked.text, asked.options, own.right, reveal))
        return
    given: dict[str, str] = st.session_state.setdefault(GIVEN, {})
    with st.container(border=True, key=f"predict.{name}"):
        st.markdown(f"{_(predict.PREDICT)} {asked.text}")
        if name in given:
            st.markdown(_("Your answer: {answer}").format(answer=given[name]))
            st.markdown(reveal, width=text.READABLE_WIDTH)
        else:
            _ask(own, name, given)


def _ask(own: OwnQuestion, name: str, given: dict[str, str]) -> None:
    answer = _answer(own, f"predict.{name}.choice")
    st.button(
        _("Submit my answer"),
        key=f"predict.{name}.commit",
        disabled=not answer,
        on_click=given.__setitem__,
        args=(name, answer),
        icon=":material/check:",
    )


def _answer(own: OwnQuestion, key: str) -> str:
    """What stands in the question's control; empty before anything does."""
    asked = own.asked
    if asked.kind == CHOICE:
        return (
            st.radio(str(asked.text), list(map(str, asked.options)), index=None, key=key, label_visibility="collapsed")
            or ""
        )
    if asked.kind == NUMBER:
        hint = _("A number")
        number = st.number_input(str(asked.text), value=None, key=key, label_visibility="collapsed", placeholder=hint)
        return "" if number is None else f"{number:g}"

    return str(
        st.text_input(
            str(asked.text), key=key, label_visibility="collapsed", max_chars=LONGEST_ANSWER, placeholder=_("One line")
        )
    )
