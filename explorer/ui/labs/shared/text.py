"""The texts of the labs and of the lesson: Markdown files whose sections each begin with a line `<!-- name -->`."""

import re
from functools import lru_cache

import streamlit as st

from explorer.ui.common.glossary import with_terms
from explorer.ui.common.paths import asset

LANGUAGE = "en"
READABLE_WIDTH = 900
"""Pixels; longer lines are hard to follow."""
HEAD = re.compile(r"^<!-- ([a-z_]+) -->$", re.MULTILINE)


@lru_cache(maxsize=64)
def sections(lab: str) -> dict[str, str]:
    """A lab's sections as Markdown, by name."""
    _, *pieces = HEAD.split(asset(f"text/{LANGUAGE}/labs/{lab}.md"))
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def section(lab: str, name: str) -> str:
    """One section as Markdown. Raises KeyError if the file has no section with this name."""
    return sections(lab)[name]


def draw_section(lab: str, name: str) -> None:
    """Puts a section on the page; its terms open where they stand."""
    st.markdown(with_terms(sections(lab)[name]), width=READABLE_WIDTH)
