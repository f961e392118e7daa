"""The step of a lesson that a visitor is at: what it says of the page's address, and which controls it locks.

A lock is a property of an address field: what a control with this field shows is the step's value, whatever the address
bar says, and the control cannot be moved. `remembered_widgets.bound` and the labs' `Controls` ask here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from explorer.language import N_, _
from explorer.lessons.lesson import MOST_STEPS, NAME
from explorer.model.field_types import Whole
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_types import CheckedText, Value
from explorer.ui.common.session import current_page

LESSON, STEP = "lesson", "step"
LONGEST_NAME = 40
"""Characters of a link's text in a message."""
LIST = "lessons"
"""The path of the page with the list of lessons, which also shows the steps that have no page of their own."""
NAMED = CheckedText(lambda text: NAME.fullmatch(text) is not None, "a lesson's name")
EVERYWHERE = PageAddress(
    "",
    (
        AddressField(LESSON, N_("Lesson"), NAMED, "", N_("The lesson whose step is shown above the page.")),
        AddressField(
            STEP, N_("Step of the lesson"), Value(Whole(1, MOST_STEPS)), 1, N_("Its step; it has a page of its own.")
        ),
    ),
)
"""What the address of every page may say beside the page's own names."""
LESSONS = PageAddress(LIST, ())
AT, VISIT = "lesson.at", "lesson.visit"
"""Keys of the step, and of how many steps this session has come to."""
TROUBLE = "lesson.trouble"
"""Key of a sentence on a link to a lesson that did not fit."""
LOCKED = N_("Locked in this step of the lesson.")


@dataclass(frozen=True)
class OpenStep:
    """A step of a lesson that is open: its number begins at 1."""

    lesson: str
    number: int
    page: str
    query: Mapping[str, tuple[str, ...]]
    """What it says of its page's address."""
    locked: frozenset[str]
    """The names of the address whose controls are locked."""

    @property
    def own_query(self) -> dict[str, str]:
        """The query that opens the step."""
        return {LESSON: self.lesson, STEP: str(self.number)}

    def followed(self, bar: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """The query that the page follows: the step's, and the address bar's for what the step leaves open."""
        free = {name: list(texts) for name, texts in bar.items() if name not in (*self.locked, LESSON, STEP)}
        return {name: list(texts) for name, texts in self.query.items()} | free


def at() -> OpenStep | None:
    """The step that the visitor is at, whether its page is shown or another; None outside a lesson."""
    return cast(OpenStep | None, st.session_state.get(AT))


def here() -> OpenStep | None:
    """The step, where the page that is shown is its page."""
    step = at()
    return step if step is not None and step.page == current_page() else None


def is_in_lesson() -> bool:
    """Whether a lesson is open, or a link to one did not fit."""
    return at() is not None or TROUBLE in st.session_state


def come_to(step: OpenStep | None) -> None:
    """Stores the step that the visitor has come to; None where the lesson is left."""
    st.session_state[AT] = step
    st.session_state[VISIT] = st.session_state.get(VISIT, 0) + 1


def place(page: str) -> int | None:
    """What tells the present visit of this page's step from another; None where the page is in no step."""
    step = at()
    return st.session_state[VISIT] if step is not None and step.page == page else None


def query_of_page(bar: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The query that the page that is shown follows, from that of the address bar."""
    step = here()
    if step is not None:
        return step.followed(bar)
    return {name: texts for name, texts in bar.items() if LESSON not in bar or name not in (LESSON, STEP)}


def own_query() -> dict[str, str]:
    """What the address bar says of the lesson."""
    step = here()
    return {} if step is None else step.own_query


def is_locked(*names: str) -> bool:
    """Whether the step locks one of these names of the page's address."""
    step = here()
    return step is not None and not step.locked.isdisjoint(names)


def is_opened(name: str) -> bool:
    """Whether the step locks controls, and not the one of this name."""
    step = here()
    return step is not None and bool(step.locked) and name not in step.locked


def lock(*names: str, help: str | None = None) -> dict[str, Any]:
    """The `help` of a control that sets these names, and whether it is `disabled`; a locked one says why first."""
    if not is_locked(*names):
        return {} if help is None else {"help": help}
    return {"disabled": True, "help": _(LOCKED) if help is None else f"**{_(LOCKED)}** {help}"}
