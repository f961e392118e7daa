"""The page Class for its teacher: the invitation, the present question with its counts, and the class itself."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from explorer.classes.csv_export import votes_table
from explorer.classes.questions import NewQuestion
from explorer.classes.records import CLOSED, OPEN, REVEALED, ClassState, Question
from explorer.classes.store.store import KEPT_DAYS
from explorer.classes.store.teaching import MOST_DAYS, Teaching
from explorer.language import N_, _, ngettext
from explorer.ui.classroom import asking, entrance, membership
from explorer.ui.classroom.bars import draw_votes, shown_text
from explorer.ui.classroom.board import board
from explorer.ui.classroom.changes import change_class, draw_trouble
from explorer.ui.classroom.invitation import draw_invitation
from explorer.ui.classroom.places import link_to_place
from explorer.ui.classroom.student import GONE, draw_earlier
from explorer.ui.common.downloads import download_button
from explorer.ui.common.services import from_store

POLL_SECONDS = 2.0
KEY_SHOWN = N_(
    "Your key, shown only now: with it you can go on teaching this class in another browser. This browser keeps it."
    " Give it to nobody, and do not show it on the projector."
)
NOTHING_ASKED = N_(
    "Nothing is asked yet. Write a question below, or open a lab or Train and press *Put this question to the class*"
    " below its prediction."
)
OVER = N_("This class is over: nobody can join or vote. You can export its votes, delete it, or let it go on.")
SAME_AGAIN = N_("Vote again")
SAME_AGAIN_HELP = N_("The same question once more, after what the class has seen; both votes stand beside each other.")


def draw(teacher: Teaching, draw_experiment: Callable[[Teaching, ClassState], None]) -> None:
    """Draws the teacher's page, `draw_experiment` below the questions."""
    state = from_store(lambda: board().state(teacher.class_id))
    if state is None:
        membership.begin_teaching("")
        st.info(_(GONE), icon=":material/info:")
        return
    _draw_new_key()
    if state.room.is_over:
        st.warning(_(OVER), icon=":material/event_busy:")
    invitation, question = st.columns([1, 2], gap="large")
    with invitation:
        draw_invitation(state.room.code)
    with question:
        st.fragment(draw_present, run_every=None if state.room.is_over else POLL_SECONDS)(teacher)
    if not state.room.is_over:
        asking.draw_form(teacher)
    draw_experiment(teacher, state)
    draw_earlier(state)
    _draw_class(teacher, state)


def _draw_new_key() -> None:
    """Draws the key of a class that was just opened, until the teacher has noted it."""
    if key := st.session_state.get(entrance.NEW_KEY, ""):
        with st.container(border=True, key="class.newkey"):
            st.markdown(_(KEY_SHOWN))
            st.code(key, language=None)
            st.button(
                _("I have noted it"),
                key="class.noted",
                on_click=st.session_state.pop,
                args=(entrance.NEW_KEY, None),
                help=_("Removes the key from this page."),
            )


def draw_present(teacher: Teaching) -> None:
    """Draws how many are here, and the present question with what can be done with it."""
    state = from_store(lambda: board().state(teacher.class_id))
    if state is None:
        return
    draw_trouble()
    question = state.present
    draw_counts(state, question)
    if question is None:
        st.info(_(NOTHING_ASKED), icon=":material/help:")
        return
    with st.container(border=True, key="class.question"):
        st.markdown(f"### {shown_text(question, question.text)}")
        if not question.is_revealed:
            st.markdown("\n".join(f"1. {shown_text(question, option)}" for option in question.options))
        else:
            draw_votes(state, question)
        draw_controls(teacher, state, question)
        link_to_place(question)


def draw_counts(state: ClassState, question: Question | None) -> None:
    """Draws how many are in the class, how many have answered, and at which steps of a lesson they are."""
    here = ngettext("{count} student", "{count} students", state.seats).format(count=state.seats)
    if question is not None:
        votes = state.votes.get(question.id, 0)
        here += " · " + _("{votes} of {seats} have answered").format(votes=votes, seats=state.seats)
    st.markdown(f"#### {here}")
    if state.steps:
        steps = sorted(state.steps.items(), key=lambda item: (len(item[0]), item[0]))
        counts = ", ".join(f"{step}: {count}" for step, count in steps)
        st.caption(_("Students at each step: {counts}").format(counts=counts))


def draw_controls(teacher: Teaching, state: ClassState, question: Question) -> None:
    """Draws the buttons that close, open, reveal, and ask again."""
    if state.room.is_over and question.is_revealed:
        return
    with st.container(horizontal=True):
        if question.is_open:
            _phase_button(
                teacher, question, CLOSED, _("Close the vote"), "lock", _("Nobody can vote or change a vote.")
            )
        if question.phase == CLOSED and not state.room.is_over:
            _phase_button(teacher, question, OPEN, _("Open the vote again"), "lock_open", _("Votes are taken again."))
        if not question.is_revealed:
            help = _("Closes the vote and shows everybody how the class has answered.")
            _phase_button(teacher, question, REVEALED, _("Reveal"), "visibility", help, "primary")
        elif not question.follows and state.follower(question) is None:
            again = NewQuestion(
                question.text, question.kind, question.options, question.name, question.place, question.id
            )
            st.button(
                _(SAME_AGAIN),
                key=f"class.again.{question.id}",
                icon=":material/replay:",
                help=_(SAME_AGAIN_HELP),
                on_click=change_class,
                args=(teacher, lambda: teacher.ask(again)),
            )


def _phase_button(
    teacher: Teaching, question: Question, phase: str, label: str, icon: str, help: str, look: str = "secondary"
) -> None:
    st.button(
        label,
        key=f"class.{phase}.{question.id}",
        icon=f":material/{icon}:",
        type="primary" if look == "primary" else "secondary",
        help=help,
        on_click=change_class,
        args=(teacher, lambda: teacher.set_phase(question.id, phase)),
    )


def _draw_class(teacher: Teaching, state: ClassState) -> None:
    """Draws what can be done with the whole class."""
    with st.expander(_("This class"), icon=":material/settings:"):
        st.caption(_(ENDS).format(time=_day(state.room.expires), days=KEPT_DAYS))
        with st.container(horizontal=True):
            download_button(
                _("Votes as CSV"),
                lambda: votes_table(teacher.votes()).to_csv(index=False),
                f"class-{state.room.code}.csv",
                "class.csv",
                help=_("Every vote with its question. Seats are numbers that name nobody."),
            )
            _class_button(_("One more day"), "class.extend", teacher.extend, teacher, _(EXTEND).format(days=MOST_DAYS))
            if not state.room.is_over:
                _class_button(
                    _("End the class"), "class.end", teacher.end, teacher, _("Nobody can join or vote any more.")
                )
            st.button(
                _("Stop teaching here"),
                key="class.forget",
                on_click=membership.begin_teaching,
                args=("",),
                help=_("This browser forgets the key; the class goes on. You need the key to come back."),
            )
        sure = st.checkbox(
            _("Delete, which cannot be undone"), key="class.sure", help=_("Makes the two buttons below work.")
        )
        with st.container(horizontal=True):
            _class_button(
                _("Delete all questions and votes"), "class.delete_votes", teacher.delete_votes, teacher, "", not sure
            )
            _class_button(_("Delete the class"), "class.delete", teacher.delete, teacher, "", not sure)


ENDS = N_("Ends by itself on {time} (UTC). Votes are kept for {days} days after that, unless you delete them.")
EXTEND = N_("The class goes on until a day from now, at most {days} days after it was opened.")


def _class_button(
    label: str, key: str, change: Callable[[], object], teacher: Teaching, help: str, disabled: bool = False
) -> None:
    st.button(label, key=key, on_click=change_class, args=(teacher, change), help=help or None, disabled=disabled)


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
