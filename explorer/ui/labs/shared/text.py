"""The prose of the laboratories: Markdown files with sections, each opened by a line `<!-- name -->`."""

import re
from functools import lru_cache

import streamlit as st

from explorer.ui.common.paths import asset

LANGUAGE = "en"
READABLE_WIDTH = 900
"""Pixels; longer lines are hard to follow."""
HEAD = re.compile(r"^<!-- ([a-z_]+) -->$", re.MULTILINE)


@lru_cache(maxsize=64)
def sections(lab: str) -> dict[str, str]:
    """A laboratory's sections by name."""
    _, *pieces = HEAD.split(asset(f"text/{LANGUAGE}/labs/{lab}.md"))
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def section(lab: str, name: str) -> str:
    """One section's Markdown. Raises KeyError where the file has none of that name."""
    return sections(lab)[name]


def draw_section(lab: str, name: str) -> None:
    """Writes a section on the page."""
    st.markdown(sections(lab)[name], width=READABLE_WIDTH)
