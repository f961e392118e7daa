"""A question of a lesson's own: it is answered, or voted on by a class, before its explanation is shown."""

from dataclasses import replace

import streamlit as st

from explorer.classes.questions import CHOICE, LONGEST_ANSWER, NUMBER, NewQuestion
from explorer.language import _
from explorer.lessons.lesson import OwnQuestion
from explorer.ui.common.markdown import escaped
from explorer.ui.labs.shared import class_votes, predict, text
from explorer.ui.labs.shared.questions import Question

GIVEN = "lesson.given"
"""Key of the answers to questions without a right choice, by the question's name."""


def draw(own: OwnQuestion, name: str, reveal: str) -> None:
    """Draws the question, and behind an answer the explanation."""
    asked = replace(own.asked, name=name)
    if asked.kind == CHOICE and own.right is not None:
        predict.draw_question(Question(name, asked.text, asked.options, own.right, reveal))
        return
    given: dict[str, str] = st.session_state.setdefault(GIVEN, {})
    with st.container(border=True, key=f"predict.{name}"):
        if class_votes.draw_vote(asked):
            return
        if name not in given and (vote := class_votes.vote_of(asked)) is not None:
            given[name] = _told_vote(asked, vote)
        st.markdown(f"{_(predict.PREDICT)} {asked.text}")
        if name not in given:
            _ask(asked, given)
        else:
            if given[name] != class_votes.NO_VOTE:
                answer = given[name] if asked.kind == CHOICE else escaped(given[name])
                st.markdown(_("Your answer: {answer}").format(answer=answer))
            st.markdown(reveal, width=text.READABLE_WIDTH)
        class_votes.draw_class(asked)


def _told_vote(asked: NewQuestion, vote: str) -> str:
    return str(asked.options[int(vote)]) if asked.kind == CHOICE and vote != class_votes.NO_VOTE else vote


def _ask(asked: NewQuestion, given: dict[str, str]) -> None:
    answer = _answer(asked, f"predict.{asked.name}.choice")
    st.button(
        _("Submit my answer"),
        key=f"predict.{asked.name}.commit",
        disabled=not answer,
        on_click=given.__setitem__,
        args=(asked.name, answer),
        icon=":material/check:",
    )


def _answer(asked: NewQuestion, key: str) -> str:
    """What stands in the question's control; empty before anything does."""
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
