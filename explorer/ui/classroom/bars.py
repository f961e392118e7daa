"""The answers of a class as bars, one distribution or two beside each other; a visitor's text stays text."""

from collections.abc import Sequence
from statistics import median

import pandas as pd
import streamlit as st

from explorer.classes.questions import CHOICE, NUMBER
from explorer.classes.records import ClassState, Question, Tally
from explorer.language import N_, Text, _, ngettext
from explorer.ui.common.markdown import escaped

MOST_BARS = 12
FIRST, SECOND = N_("First vote"), N_("Second vote")


def shown_text(question: Question, text: Text) -> str:
    """A question's text, or one of its options, as Markdown: only texts of labs and of Train may use it."""
    return str(text) if question.name else escaped(str(text))


def answer_text(question: Question, answer: str) -> str:
    """An answer as Markdown."""
    if question.kind == CHOICE:
        return shown_text(question, question.options[int(answer)])
    return answer if question.kind == NUMBER else escaped(answer)


def draw_votes(state: ClassState, question: Question) -> None:
    """The answers to a question that is revealed, beside those of the vote before or after it, if there is one."""
    first = state.first_vote(question) or question
    second = state.follower(first)
    shown = [(label, each) for label, each in ((FIRST, first), (SECOND, second)) if each and each.is_revealed]
    for column, (label, each) in zip(st.columns(max(1, len(shown))), shown, strict=False):
        with column:
            if len(shown) > 1:
                st.markdown(f"**{_(label)}.** {shown_text(each, each.text) if each.text != question.text else ''}")
            _draw_one(each, state.tallies[each.id])


def _draw_one(question: Question, tally: Tally) -> None:
    with st.container(key=f"class.bars.{question.id}", gap="small"):
        if not tally.votes:
            st.caption(_("Nobody has answered."))
        elif question.kind == CHOICE:
            _draw_bars(question, tally, list(map(str, range(len(question.options)))))
        elif question.kind == NUMBER:
            _draw_numbers(question, tally)
        else:
            frame = pd.DataFrame(_by_count(tally), columns=[_("Answer"), _("Votes")])
            st.dataframe(frame, hide_index=True, key=f"class.table.{question.id}")
        st.caption(ngettext("{count} vote", "{count} votes", tally.votes).format(count=tally.votes))


def _draw_numbers(question: Question, tally: Tally) -> None:
    values = sorted(float(answer) for answer, count in tally.counts.items() for each in range(count))
    st.markdown(
        _("Median **{median:,g}**, from {least:,g} to {most:,g}").format(
            median=median(values), least=values[0], most=values[-1]
        )
    )
    frequent = [answer for answer, count in _by_count(tally)[:MOST_BARS]]
    _draw_bars(question, tally, sorted(frequent, key=float))
    if left := len(tally.counts) - len(frequent):
        st.caption(
            _("The {drawn} most frequent numbers are drawn; {left} more were given.").format(drawn=MOST_BARS, left=left)
        )


def _draw_bars(question: Question, tally: Tally, answers: Sequence[str]) -> None:
    for answer in answers:
        count, share = tally.counts.get(answer, 0), tally.share(answer)
        st.progress(share, f"**{share:.0%}** ({count}) {answer_text(question, answer)}")


def _by_count(tally: Tally) -> list[tuple[str, int]]:
    return sorted(tally.counts.items(), key=lambda item: (-item[1], item[0]))
