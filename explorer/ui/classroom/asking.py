"""The form for a question of the teacher's own."""

import streamlit as st

from explorer.classes.questions import CHOICE, LONGEST_QUESTION, MOST_OPTIONS, NUMBER, TEXT, NewQuestion
from explorer.classes.store.teaching import Teaching
from explorer.language import N_, _
from explorer.ui.classroom.changes import TROUBLE, change_class

QUESTION, OPTIONS = "class.ask.text", "class.ask.options"
LABELS = {CHOICE: N_("Choices"), NUMBER: N_("A number"), TEXT: N_("One line of text")}


def draw_form(teacher: Teaching) -> None:
    """Draws the form; its question replaces the present one."""
    with st.expander(_("Ask a question of your own"), icon=":material/add_comment:", expanded=True):
        kind = st.segmented_control(
            _("Answers"),
            list(LABELS),
            default=CHOICE,
            format_func=lambda kind: _(LABELS[kind]),
            required=True,
            key="class.ask.kind",
            help=_("What the class answers with."),
        )
        bounds = _("At most {longest:,} characters.").format(longest=LONGEST_QUESTION)
        lines = _("One a line, 2 to {most} of them.").format(most=MOST_OPTIONS)
        with st.form("class.ask", border=False):
            st.text_area(
                _("Question"),
                key=QUESTION,
                height=80,
                help=bounds,
            )
            if kind == CHOICE:
                st.text_area(
                    _("Choices"),
                    key=OPTIONS,
                    height=120,
                    help=lines,
                )
            st.form_submit_button(
                _("Ask the class"),
                type="primary",
                help=_("Opens the vote, and closes the one before it."),
                on_click=_ask,
                args=(teacher, kind),
            )


def _ask(teacher: Teaching, kind: str) -> None:
    lines = st.session_state.get(OPTIONS, "").splitlines() if kind == CHOICE else []
    options = tuple(line.strip() for line in lines if line.strip())
    change_class(teacher, lambda: teacher.ask(NewQuestion(st.session_state[QUESTION].strip(), kind, options)))
    if TROUBLE not in st.session_state:
        st.session_state[QUESTION] = st.session_state[OPTIONS] = ""
