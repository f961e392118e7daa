"""What the pages of a lesson's steps give to print: links, and drawings of their networks."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from explorer.lessons.lesson import Lesson
from explorer.lessons.paper import StepPrint
from explorer.model import assemble
from explorer.outputs.drawing.overview.picture import overview_svg
from explorer.ui.common.networks import network_label, network_spec
from explorer.ui.lessons.opening import open_step
from explorer.ui.lessons.tables import networks_of

MOST_PICTURES = 4
"""Drawings of a step."""


def here() -> str:
    """The address of this server as the browser has it, without a page: `http://localhost:8501`."""
    return urlunsplit(urlsplit(st.context.url or "http://localhost:8501")._replace(path="", query="", fragment=""))


def link_of(lesson: Lesson, number: int, server: str) -> str:
    """The link that opens a step of a lesson."""
    step = open_step(lesson, number)
    return f"{server}/{step.page}?{urlencode(step.own_query)}"


def prints_of(lesson: Lesson, server: str) -> list[StepPrint]:
    """Link and drawings of every step, in order. A step that shows the same networks as one before draws none."""
    drawn: set[str] = set()
    prints = []
    for number, step in enumerate(lesson.steps, 1):
        names = [] if step.page is None else networks_of(step.page, step.query)
        new = [name for name in dict.fromkeys(names) if name not in drawn][:MOST_PICTURES]
        drawn.update(new)
        pictures = [(network_label(name), overview_svg(assemble(network_spec(name)))) for name in new]
        prints.append(StepPrint(link_of(lesson, number, server), pictures))
    return prints
