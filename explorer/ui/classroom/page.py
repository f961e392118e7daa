"""The page Class: for a teacher, for a student, and for who is neither yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from explorer.classes.credentials import read_code, spaced
from explorer.classes.errors import WrongCodeError
from explorer.classes.records import ClassState, Seat
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import StoreError
from explorer.language import N_, _
from explorer.ui.classroom import entrance, membership, student, teacher
from explorer.ui.classroom.board import board
from explorer.ui.classroom.invitation import JOIN, PAGE
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_bar import show_warnings, state_of_address, write_query
from explorer.ui.common.address_types import CheckedText

STATE = "class.address"
INTRODUCTION = N_(
    "A class votes before it sees a result, then sees it, then says what it saw. The teacher opens a class and shows"
    " its code; students join without an account, and nobody sees another's answers."
)


def _is_code(text: str) -> bool:
    try:
        return read_code(text) == text
    except WrongCodeError:
        return False


ADDRESS = PageAddress(
    PAGE,
    (
        AddressField(
            JOIN, N_("Code"), CheckedText(_is_code, N_("the code of a class")), "", N_("The class that the link joins.")
        ),
    ),
)


@dataclass(frozen=True)
class _Link:
    code: str
    warnings: Sequence[str]


def _read(query: Mapping[str, Sequence[str]]) -> _Link:
    read = ADDRESS.read(query)
    return _Link(read.values.get(JOIN, ""), read.warnings)


class Experiment(NamedTuple):
    """What the page shows of what the class does together, beside its votes: to the teacher, and to a student."""

    for_teacher: Callable[[Teaching, ClassState], None]
    for_student: Callable[[Seat], None]


def draw(experiment: Experiment) -> None:
    """Draws the page, and keeps what the browser has to know for its next visit."""
    link = state_of_address(STATE, _read)
    show_warnings(link.warnings)
    try:
        code = _draw_for_visitor(link.code, experiment)
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        code = link.code
    membership.keep_membership()
    write_query(ADDRESS.write({JOIN: code}))


def _draw_for_visitor(linked: str, experiment: Experiment) -> str:
    """Draws the visitor's part; returns the code that belongs into the address."""
    taught, seat = membership.teaching(), membership.seat()
    if taught is not None:
        state = board().state(taught.class_id)
        teacher.draw(taught, experiment.for_teacher)
        return state.room.code if state else ""
    if seat is not None:
        state = board().state(seat.class_id)
        own = state.room.code if state else ""
        if linked in ("", own) or state is None:
            student.draw(seat, experiment.for_student)
            return own
        st.info(
            _("You sit in the class {own}. The link is for the class {other}.").format(
                own=spaced(own), other=spaced(linked)
            )
        )
    st.markdown(_(INTRODUCTION))
    entrance.draw_joining(linked)
    entrance.draw_teaching()
    return linked
