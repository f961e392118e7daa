"""Where a question of the class belongs: the page with its experiment, as it was when the teacher asked."""

from urllib.parse import parse_qs, urlencode

import streamlit as st

from explorer.classes.records import Question
from explorer.language import N_, _
from explorer.ui.common.address_bar import current_query
from explorer.ui.common.page_links import page_file
from explorer.ui.common.session import current_page

OPEN = N_("Open the experiment")
PAGES = ("labs", "train", "lesson")


def present_place() -> str:
    """The address of the page that is shown, from its path on."""
    return f"{current_page()}?{urlencode(current_query(), doseq=True)}"


def link_to_place(question: Question) -> None:
    """Draws a link to the question's experiment; nothing for a question without one."""
    page, _mark, query = question.place.partition("?")
    if page in PAGES:
        st.page_link(page_file(page), label=_(OPEN), icon=":material/science:", query_params=parse_qs(query))
