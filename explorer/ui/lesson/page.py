"""The first lesson: a row of its steps, the chosen step, and the ways to the step before and behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import streamlit as st

from explorer.experiments.claims.degradation import SWEEP_CLAIM
from explorer.language import N_, _
from explorer.model.field_types import Choice
from explorer.ui.common import glossary
from explorer.ui.common.address import AddressField, PageAddress
from explorer.ui.common.address_bar import show_warnings, state_of_address, write_query
from explorer.ui.common.address_types import Value
from explorer.ui.common.page_links import page_file
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.labs.degradation_question import SWEEP_QUESTION
from explorer.ui.labs.shared import predict, text
from explorer.ui.labs.shared.claims import draw_stored_claim
from explorer.ui.lesson import chain, papers
from explorer.ui.start import training_door
from explorer.ui.start.page import IDEA, moving_picture

TITLE = N_("First lesson")
STEP, STATE, ROW = "step", "lesson", "lesson.steps"
BEFORE, NEXT = N_("Back"), N_("Next")


@dataclass(frozen=True)
class LessonStep:
    """One step. Its text is the section of this name in the lesson's file; `draw` puts on the page what follows it."""

    title: str
    draw: Callable[[], None]


def _draw_worse() -> None:
    predict.draw_question(SWEEP_QUESTION)
    if predict.is_answered(SWEEP_QUESTION):
        draw_stored_claim(SWEEP_CLAIM)
        _link(N_("Train them yourself, at other depths too"), "labs", lab="degradation", part="sweep")


def _draw_sum() -> None:
    moving, beside = st.columns([3, 2], vertical_alignment="center")
    with moving:
        moving_picture("lesson.picture")
    with beside:
        st.markdown(_(IDEA))
    _link(N_("Measure how hard passing on is"), "labs", lab="degradation", part="learn")


def _draw_race() -> None:
    training_door.draw("lesson")


def _draw_damage() -> None:
    _link(N_("Take blocks out"), "labs", lab="lesion", part="damage")


def _draw_on() -> None:
    _link(N_("Lessons of 45 minutes, for a class or alone"), "lessons")
    _link(N_("Build a network and see its shapes and costs"), "", preset="resnet50")
    _link(N_("Measure the explanations, one lab after the other"), "labs", lab="signal")
    _link(N_("Compare two networks at equal cost"), "compare", net=["resnet50", "resnext50_32x4d"])
    papers.draw()
    _draw_glossary()


def _draw_glossary() -> None:
    st.markdown("#### " + _("Terms"))
    st.caption(_("In texts, the first place of a term is underlined with dots; a click opens what is said of it here."))
    lines = (f"- **{term.title}**: {term.definition}" for term in glossary.glossary())
    st.markdown("\n".join(lines), width=text.READABLE_WIDTH)


def _link(label: str, page: str, **query: Any) -> None:
    st.page_link(page_file(page), label=_(label), icon=":material/arrow_forward:", query_params=query)


STEPS: Mapping[str, LessonStep] = MappingProxyType(
    {
        "worse": LessonStep(N_("Is deeper better?"), _draw_worse),
        "sum": LessonStep(N_("Hand on the input"), _draw_sum),
        "chain": LessonStep(N_("A chain of one number"), chain.draw),
        "race": LessonStep(N_("Train four networks"), _draw_race),
        "damage": LessonStep(N_("Take a block out"), _draw_damage),
        "on": LessonStep(N_("Where to go on"), _draw_on),
    }
)
"""By the name in the address and of the section of the text, in the order of the lesson."""
FIRST = next(iter(STEPS))
STEP_FIELD = AddressField(
    STEP,
    N_("Step of the lesson"),
    Value(Choice({name: step.title for name, step in STEPS.items()})),
    FIRST,
    N_("The step of the lesson."),
)
ADDRESS = PageAddress("lesson", (STEP_FIELD, *chain.FIELDS))


@dataclass
class _Lesson:
    """What the address says: the step, and what did not fit. The values of the chain are kept by `chain`."""

    step: str
    warnings: Sequence[str]


def link_to_lessons() -> None:
    """Draws the way to the lessons that lead through the pages."""
    st.page_link(page_file("lessons"), label=_("All lessons"), icon=":material/school:", width="content")


def draw() -> None:
    """Draws the lesson at the step of the address."""
    lesson = state_of_address(STATE, _read)
    show_warnings(lesson.warnings)
    numbers = {name: f"{number} {_(step.title)}" for number, (name, step) in enumerate(STEPS.items(), 1)}
    st.pills(
        _("Steps"),
        list(STEPS),
        default=lesson.step,
        format_func=numbers.__getitem__,
        required=True,
        label_visibility="collapsed",
        **bound(ROW, lesson.step, _take_row),
    )
    predict.set_place(f"{_(TITLE)}: {_(STEPS[lesson.step].title)}")
    st.markdown(f"### {_(STEPS[lesson.step].title)}")
    text.draw_section("lesson", lesson.step)
    STEPS[lesson.step].draw()
    _draw_ways(lesson.step)
    glossary.draw_definitions()
    write_query(ADDRESS.write({STEP: lesson.step, **chain.values()}))


def _read(query: Mapping[str, Sequence[str]]) -> _Lesson:
    read = ADDRESS.read(query)
    chain.take({name: value for name, value in read.values.items() if name != STEP})
    return _Lesson(read.values.get(STEP, FIRST), read.warnings)


def _take_row() -> None:
    _go(st.session_state[ROW])


def _go(step: str) -> None:
    st.session_state[STATE] = _Lesson(step, ())


def _draw_ways(step: str) -> None:
    names = list(STEPS)
    place = names.index(step)
    with st.container(horizontal=True, key="lesson.ways"):
        for label, to, icon in ((BEFORE, place - 1, "arrow_back"), (NEXT, place + 1, "arrow_forward")):
            there = 0 <= to < len(names)
            st.button(
                _(label),
                key=f"lesson.{label.lower()}",
                icon=f":material/{icon}:",
                disabled=not there,
                help=_(STEPS[names[to]].title) if there else None,
                type="primary" if label == NEXT else "secondary",
                on_click=_go,
                args=(names[to] if there else step,),
            )
